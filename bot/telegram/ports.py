"""What the Telegram edge needs of the rest of the service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.model import Incoming, Message


class Desk(Protocol):
    """The hotline as this edge uses it; every method blocks and belongs in a worker thread."""

    def accept(self, incoming: Incoming) -> int:
        """Commit the raw row; its id in the inbox."""
        ...

    def accept_all(self, incomings: Sequence[Incoming]) -> Sequence[int]:
        """Commit several raw rows, all or none; their ids."""
        ...

    def overhears(self, incoming: Incoming) -> bool:
        """Whether what a group said, and not to us, shows a need that is for us to act on. Nothing of it is kept."""
        ...

    def process(self, address: str) -> int:
        """Answer all open rows of one chat; how many."""
        ...

    def history(self, address: str, after: int = 0) -> Sequence[Message]:
        """The lines of one chat with an id above ``after``, oldest first."""
        ...
