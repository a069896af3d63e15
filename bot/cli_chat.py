"""``hotline chat``: a conversation in the terminal, through the same way in as every other channel."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any, BinaryIO, Literal, get_args

from bot.cli_ask import show
from bot.clock import Clock
from bot.errors import BadLine, StoreError
from bot.hotline import Hotline
from bot.lines import ascii_line, error_of, parse, raw_lines
from bot.model import Button, Incoming, Reply, Turn
from bot.safe import storable
from bot.shape import buttons_of, understood

Say = Callable[[str], None]
Kind = Literal["text", "button", "photo", "voice", "document", "location", "contact", "other"]
NOTHING: dict[str, Any] = {"action": "none", "topics": [], "slots": {}, "replies": [], "buttons": []}


class Chat:
    """One conversation at a time. ``hotline`` must call :meth:`watch` after each turn."""

    def __init__(self, clock: Clock, city: str = "", lang: Literal["", "zh", "en"] = "") -> None:
        self._clock, self._city, self._lang = clock, city, lang
        self._numbers = itertools.count(1)
        self._turn: tuple[Turn, int] | None = None
        self.buttons: list[Button] = []
        self.restart()

    def restart(self) -> None:
        """Begin a new conversation."""
        self._chat = uuid.uuid4().hex
        self._after = 0
        self.buttons = []

    def watch(self, _: Incoming, turn: Turn, case: int) -> None:
        """Remember what a message came to."""
        self._turn = turn, case

    def send(self, hotline: Hotline, text: str, kind: Kind = "text") -> tuple[tuple[Reply, ...], Turn | None, int]:
        """Say something; the replies, the turn and the case's number. Raises :class:`StoreError`."""
        self._turn = None
        number, now = str(next(self._numbers)), self._clock.now()
        incoming = Incoming("terminal", self._chat, number, storable(text), now, self._lang, self._city, kind)
        hotline.accept(incoming)
        hotline.process(incoming.address)
        lines = hotline.history(incoming.address, self._after)
        replies = tuple(Reply(line.text, line.buttons) for line in lines if line.author == "bot")
        self._after = max((line.id for line in lines), default=self._after)
        self.buttons = buttons_of(replies)
        turn, case = self._turn or (None, 0)
        return replies, turn, case

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


def talk_lines(chat: Chat, hotline: Hotline, stream: BinaryIO, say: Say) -> None:
    """A JSON line for each JSON line: ``{"new": true}``, ``{"user": "…"}``, ``{"button": "label"}``, ``{"photo": true}``.

    What is no text may stand in ``user`` too: ``{"user": {"photo": true}}``.
    """
    for line in raw_lines(stream):
        try:
            say(ascii_line(_line(chat, hotline, line)))
        except BadLine as error:
            say(ascii_line(NOTHING | error_of(error)))


def _line(chat: Chat, hotline: Hotline, line: bytes | None) -> dict[str, Any]:
    value = parse(line)
    if value.get("new"):
        chat.restart()
        return NOTHING | {"new": True}
    text, kind = _said(chat, value)
    try:
        replies, turn, case = chat.send(hotline, text, kind)
    except Exception as error:  # one line must not end the rest; its text may hold the resident's words
        raise BadLine("failed", f"the message could not be answered ({type(error).__name__})") from None
    shape = understood(turn.understanding) if turn and turn.understanding else dict(NOTHING)
    return shape | {"replies": [reply.text for reply in replies], "buttons": _labels(chat.buttons), "case": case or None}


def _said(chat: Chat, value: Mapping[str, Any]) -> tuple[str, Kind]:
    button, user = value.get("button"), value.get("user", value)
    if button is not None:
        words = chat.press(button) if isinstance(button, str) else None
        if words is None:
            raise BadLine("unknown_button", "the last reply has no such button")
        return words, "button"
    if isinstance(user, str):
        return user, "text"
    if isinstance(user, Mapping):
        kinds: tuple[Kind, ...] = get_args(Kind)
        kind: Kind = next((kind for kind in kinds if kind not in ("text", "button") and user.get(kind)), "text")
        text = user.get("text") or user.get("caption") or ""
        if isinstance(text, str) and (kind != "text" or text):
            return text, kind
    raise BadLine("bad_line", 'write {"new": true}, {"user": "…"}, {"user": {"photo": true}} or {"button": "label"}')


def _labels(buttons: Iterable[Button]) -> list[dict[str, str]]:
    return [{"label": button.label} for button in buttons]
