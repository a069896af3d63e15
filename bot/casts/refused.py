"""What cannot be done with a broadcast, in words for the staff."""

from __future__ import annotations

from bot.errors import HotlineError


class CastRefused(HotlineError):
    """It cannot be done. ``why``: the key of the same below ``wrong.`` in ``data/desk``."""

    def __init__(self, text: str, why: str, **values: str | int) -> None:
        super().__init__(text)
        self.why, self.values = why, values
