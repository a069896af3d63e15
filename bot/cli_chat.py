"""``hotline chat``: a conversation in the terminal, through the same way in as every other channel."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from typing import Literal

from bot.cli_ask import show
from bot.clock import Clock
from bot.errors import StoreError
from bot.hotline import Hotline
from bot.model import Button, Incoming, Reply, Turn
from bot.safe import storable
from bot.shape import buttons_of

Say = Callable[[str], None]
Kind = Literal["text", "button", "photo", "voice", "document", "location", "contact", "other"]


class Chat:
    """One conversation at a time. ``hotline`` must call :meth:`watch` after each turn."""

    def __init__(self, clock: Clock, city: str = "", lang: Literal["", "zh", "en"] = "") -> None:
        self._clock, self._city, self._lang = clock, city, lang
        self._numbers = itertools.count(1)
        self.restart()

    def restart(self) -> None:
        """Begin a new conversation, of somebody else."""
        self._chat = uuid.uuid4().hex
        self._after = 0
        self.buttons: list[Button] = []
        self.turns: list[tuple[Turn, int]] = []
        """What the last message came to, with the case's number: mostly one turn."""

    @property
    def address(self) -> str:
        """The chat's key in the store."""
        return f"terminal:{self._chat}"

    def watch(self, incoming: Incoming, turn: Turn, case: int) -> None:
        """Remember what a message of this conversation came to."""
        if incoming.address == self.address:
            self.turns.append((turn, case))

    def send(self, hotline: Hotline, text: str, kind: Kind = "text", raw: str = "") -> tuple[tuple[Reply, ...], Turn | None, int]:
        """Say something; the replies, the turn and the case's number. Raises :class:`StoreError`."""
        self.turns.clear()
        number, now = str(next(self._numbers)), self._clock.now()
        incoming = Incoming("terminal", self._chat, number, storable(text), now, self._lang, self._city, kind, storable(raw))
        hotline.accept(incoming)
        hotline.process(incoming.address)
        replies = self.heard(hotline)
        turn, case = self.turns[-1] if self.turns else (None, 0)
        return replies, turn, case

    def heard(self, hotline: Hotline) -> tuple[Reply, ...]:
        """What the bot has said since it was asked for last; its buttons take the place of those before."""
        lines = hotline.history(self.address, self._after)
        replies = tuple(Reply(line.text, line.buttons) for line in lines if line.author == "bot")
        self._after = max((line.id for line in lines), default=self._after)
        if replies:
            self.buttons = buttons_of(replies)
        return replies

    def press(self, label: str) -> str | None:
        """The words behind a button of the last reply, by its label; None where there is none."""
        return next((button.text for button in self.buttons if button.label == label), None)


def talk(chat: Chat, hotline: Hotline, ask: Callable[[], str | None], say: Say, failed: str) -> None:
    """Talk until ``ask`` gives None. A number picks a button; ``failed`` is said where the database fails."""
    while (text := ask()) is not None:
        if not text.strip():
            continue
        number = int(text) if text.strip().isascii() and text.strip().isdigit() and len(text.strip()) < 3 else 0
        try:
            if 1 <= number <= len(chat.buttons):
                replies, _, _ = chat.send(hotline, chat.buttons[number - 1].text, "button")
            else:
                replies, _, _ = chat.send(hotline, text)
        except StoreError:
            say(failed)
            continue
        say(f"\n{show(replies)}\n")
