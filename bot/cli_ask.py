"""``hotline ask``: stateless answers, without a database."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Callable
from typing import BinaryIO

from bot.clock import Clock
from bot.errors import BadLine
from bot.lines import Question, ascii_line, error_of, parse, question, raw_lines
from bot.model import Reply
from bot.ports import Speaks, Understands
from bot.safe import printable
from bot.settings import Settings
from bot.shape import asked, buttons_of, everything
from intents.understanding import Context, Understanding

Say = Callable[[str], None]


class Asker:
    """Answers questions one by one."""

    def __init__(self, engine: Understands, replies: Speaks, settings: Settings, clock: Clock) -> None:
        self._engine, self._replies, self._settings, self._clock = engine, replies, settings, clock

    def answer(self, asked: Question) -> tuple[Understanding, tuple[Reply, ...]]:
        """What is understood of a question, in the language it asks for, and the reply."""
        now: dt.datetime = self._clock.now()
        context = Context(
            city=asked.city or self._settings.city,
            district=asked.district,
            zone=asked.zone,
            patient=asked.patient,
            topics=asked.topics,
            date=self._settings.day(now),
            live=self._settings.live,
        )
        understanding = self._engine.understand(asked.text, context)
        if asked.lang and asked.lang != understanding.lang:
            understanding = dataclasses.replace(understanding, lang=asked.lang, traditional=False)
        return understanding, self._replies.compose(understanding, case_number=None, now=now)

    def text(self, asked: Question, say: Say) -> None:
        """The reply as a resident would see it."""
        _, replies = self.answer(asked)
        say(show(replies))

    def json(self, asked: Question, say: Say) -> None:
        """Everything that was understood."""
        say(json.dumps(everything(*self.answer(asked)), ensure_ascii=False, indent=2))

    def lines(self, stream: BinaryIO, say: Say) -> None:
        """A line for each line, in order; a bad one does not end it."""
        for line in raw_lines(stream):
            try:
                say(ascii_line(self._line(line)))
            except BadLine as error:
                say(ascii_line(error_of(error)))

    def _line(self, line: bytes | None) -> dict[str, object]:
        one = question(parse(line))
        try:
            return asked(one.id, *self.answer(one))
        except Exception as error:  # one line must not end the rest; its text may hold the resident's words
            raise BadLine("failed", f"the message could not be answered ({type(error).__name__})", one.id) from None


def show(replies: tuple[Reply, ...]) -> str:
    """Replies and their buttons in a terminal; the buttons are numbered through."""
    blocks = [printable(reply.text) for reply in replies]
    buttons = [f"[{number}] {printable(button.label)}" for number, button in enumerate(buttons_of(replies), 1)]
    return "\n\n".join([*blocks, "\n".join(buttons)] if buttons else blocks)
