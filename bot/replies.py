"""The sentences of ``data/replies`` and what a resident is told: texts chosen, filled in and put in order."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from bot.compose import NOTHING, Composer
from bot.model import Button, Reply
from bot.phones import Standings
from bot.texts import Texts
from intents.knowledge import Knowledge
from intents.understanding import Understanding


class Replies(Texts):
    """Says things in two languages; traditional characters where the resident writes them. Thread-safe."""

    def __init__(self, knowledge: Knowledge) -> None:
        super().__init__(knowledge)
        self._composer = Composer(self)

    @cached_property
    def _traditional(self) -> Any:
        import opencc

        return opencc.OpenCC("s2t")

    def traditional(self, replies: Iterable[Reply]) -> tuple[Reply, ...]:
        """The same replies in traditional characters."""
        convert = self._traditional.convert
        return tuple(
            dataclasses.replace(
                reply, text=convert(reply.text), buttons=tuple(Button(convert(button.label), button.text) for button in reply.buttons)
            )
            for reply in replies
        )

    def compose(
        self,
        understanding: Understanding,
        *,
        case_number: int | str | None,
        now: dt.datetime,
        added: bool = False,
        taken: bool = False,
        phones: Standings = NOTHING,
    ) -> tuple[Reply, ...]:
        """What a resident is told about a message; without a case number nothing is said of a case.

        ``added``: the case was open before. ``taken``: a person works on it. ``phones``: how numbers stand that something is said against.
        """
        del now  # the date of the answer is the understanding's own
        reply = self._composer.compose(understanding, case_number, added=added, taken=taken, phones=phones)
        return self._written(understanding, (reply,))

    def plain(self, understanding: Understanding, key: str, **values: Any) -> tuple[Reply, ...]:
        """One sentence as a reply of its own, in the resident's characters."""
        return self._written(understanding, (Reply(self.say(key, understanding.lang, **values)),))

    def _written(self, understanding: Understanding, replies: tuple[Reply, ...]) -> tuple[Reply, ...]:
        return self.traditional(replies) if understanding.traditional and understanding.lang == "zh" else replies
