"""``hotline chat --jsonl``: a conversation for machines. Every line in gives exactly one line out, whatever it holds."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from bot.cli_chat import Chat, Kind
from bot.clock import MovedClock
from bot.errors import BadLine
from bot.hotline import Hotline
from bot.lines import ascii_line, error_of, parse, raw_lines
from bot.model import Button, Reply, Turn
from bot.shape import understood
from bot.state import State
from bot.store.store import Store

Say = Callable[[str], None]
NOTHING: dict[str, Any] = {"action": "none", "topics": [], "slots": {}, "replies": [], "buttons": [], "case": None, "events": []}
WRITE = (
    'write {"user": "…"}, {"button": "label"}, {"location": [lat, lon]}, {"contact": "number"}, {"photo": true, "caption": "…"}, '
    '{"voice": true}, {"advance": seconds} or {"new": true}'
)
MOST = 10 * 366 * 24 * 3600.0
"""Seconds of one ``advance``."""
_KEPT = ("city", "district", "zone", "patient")
"""The slots that a conversation remembers."""
_ROUNDS = 1_000
"""So many moments come in one ``advance``: one that set itself anew at once would never end."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a line says, as a channel would hand it over."""

    text: str
    kind: Kind = "text"
    raw: str = ""


class Lines:
    """Plays lines against one service; ``chat`` must watch it, and all three must share ``clock`` and ``store``."""

    def __init__(self, chat: Chat, hotline: Hotline, store: Store, clock: MovedClock, cities: Mapping[str, Any]) -> None:
        self._chat, self._hotline, self._store, self._clock, self._cities = chat, hotline, store, clock, cities
        self._forget()

    def _forget(self) -> None:
        self._before = State()
        self._seen: dict[int, int] = {}

    def run(self, stream: BinaryIO, say: Say) -> None:
        """Answer line by line until the stream ends."""
        for line in raw_lines(stream, blanks=True):
            try:
                say(ascii_line(self._answer(parse(line))))
            except BadLine as error:
                say(ascii_line(NOTHING | error_of(error)))

    def _answer(self, value: Mapping[str, Any]) -> dict[str, Any]:
        if value.get("new"):
            self._chat.restart()
            self._forget()
            return NOTHING | {"new": True}
        seconds = _seconds(value["advance"]) if "advance" in value else None
        said = _said(self._chat, value) if seconds is None else None
        try:
            replies = self._chat.send(self._hotline, said.text, said.kind, said.raw)[0] if said else self._advance(seconds or 0.0)
            return self._shape(replies, bool(said and said.text.strip()))
        except Exception as error:  # one line must not end the rest; its text may hold the resident's words
            raise BadLine("failed", f"the line could not be answered ({type(error).__name__})") from None

    def _advance(self, seconds: float) -> tuple[Reply, ...]:
        """Let time pass; what was set for this resident on the way comes at its moment."""
        self._chat.turns.clear()
        address = self._chat.address
        left = seconds
        for _ in range(_ROUNDS):
            moment = self._store.next_moment(address)
            wait = (moment - self._clock.now()).total_seconds() if moment else math.inf
            if wait > left:
                break
            left -= max(0.0, wait)
            self._clock.advance(max(0.0, wait))
            for due in self._store.come_due(self._clock.now(), address):
                self._hotline.process(due)
        self._clock.advance(left)
        return self._chat.heard(self._hotline)

    def _shape(self, replies: tuple[Reply, ...], words: bool) -> dict[str, Any]:
        """The line that answers. Without ``words`` nobody has told anything."""
        turns = [turn for turn, _ in self._chat.turns]
        last = turns[-1] if turns else None
        got = last.understanding if last else None
        shape = understood(got) if got else dict(NOTHING)
        state = self._store.conversation(self._chat.address)[0]
        slots = _slots(self._before, state, shape["slots"] if words else {})
        self._before = state
        # One that is there already may be written otherwise, in traditional characters.
        there = {words for button in self._chat.buttons for words in (button.label, button.text)}
        self._chat.buttons += [button for button in self._districts(last) if button.text not in there]
        case, events = self._case_and_events()
        return shape | {
            "slots": slots,
            "replies": [reply.text for reply in replies],
            "buttons": [{"label": button.label} for button in (self._chat.buttons if replies else ())],
            "case": case,
            "events": events,
        }

    def _districts(self, turn: Turn | None) -> Iterable[Button]:
        """Every district as a button, where the question is which: a machine has no other way to know them."""
        if (
            turn is None
            or turn.understanding is None
            or not any(asked.endswith("district") for asked in (turn.understanding.ask, turn.state.asked))
        ):
            return
        city = turn.state.city or turn.understanding.context.city
        for name, held in self._cities.items():
            if city in ("", name):
                for district in held.districts.values():
                    words = district.name.in_(turn.understanding.lang)
                    yield Button(words, words)

    def _case_and_events(self) -> tuple[dict[str, Any] | None, list[str]]:
        """The chat's open case, and the kinds of what was written since the line before."""
        newest = self._store.case_of(self._chat.address)
        numbers = {number for _, number in self._chat.turns if number} | ({newest.number} if newest else set())
        events: list[str] = []
        for number in sorted(numbers):
            links = [link for link in self._store.trail(number) if link.seq > self._seen.get(number, 0)]
            events += [link.kind for link in links]
            self._seen[number] = max((link.seq for link in links), default=self._seen.get(number, 0))
        events += [_snake(type(effect).__name__) for turn, _ in self._chat.turns for effect in turn.effects]
        cases = (self._store.case(number) for number in sorted(numbers, reverse=True))
        opened = next((case for case in cases if case is not None and case.status == "open"), None)
        if opened is None:
            return None, events
        shown = {"number": opened.number, "status": opened.status, "priority": opened.priority, "reason": opened.reason}
        return shown | {"topics": list(opened.topics)}, events


def _slots(before: State, after: State, told: Mapping[str, Any]) -> dict[str, Any]:
    """The slots in force: what the conversation remembers now, and what was told just now and is not remembered."""
    kept = {name: getattr(after, name) for name in _KEPT if getattr(after, name)}
    # What it has forgotten with this turn may still stand in what was understood before that.
    fresh = {name: value for name, value in told.items() if name not in _KEPT or value != getattr(before, name)}
    return fresh | kept


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST:
        raise BadLine("bad_line", f"advance must be a number of seconds from 0 to {MOST:.0f}")
    return float(value)


def _said(chat: Chat, value: Mapping[str, Any]) -> Said:
    """What a line says; what is no text may stand in ``user`` too: ``{"user": {"photo": true}}``."""
    if (button := value.get("button")) is not None:
        words = chat.press(button) if isinstance(button, str) else None
        if words is None:
            raise BadLine("unknown_button", "the last reply has no such button")
        return Said(words, "button")
    user = value.get("user", value)
    if isinstance(user, str):
        return Said(user)
    if not isinstance(user, Mapping):
        raise BadLine("bad_line", WRITE)
    words = user.get("caption") or user.get("text") or ""
    if not isinstance(words, str):
        raise BadLine("bad_line", WRITE)
    # As Telegram's body holds it, so that whoever reads one reads the other.
    if (place := user.get("location")) is not None:
        return Said(words, "location", _raw(location=_place(place)))
    if (number := user.get("contact")) is not None:
        if isinstance(number, bool) or not isinstance(number, str | int) or not str(number).strip():
            raise BadLine("bad_line", "contact must be a number")
        return Said(words, "contact", _raw(contact={"phone_number": str(number)}))
    kinds: tuple[Kind, ...] = ("photo", "voice", "document", "other")
    kind = next((kind for kind in kinds if user.get(kind)), None)
    if kind is None and not words:
        raise BadLine("bad_line", WRITE)
    return Said(words, kind or "text")


def _place(value: Any) -> dict[str, float]:
    """``true`` is a place that nobody knows."""
    if value is True:
        return {}
    numbers = value if isinstance(value, list) and len(value) == 2 else ()
    if not numbers or not all(isinstance(number, int | float) and not isinstance(number, bool) for number in numbers):
        raise BadLine("bad_line", "location must be [latitude, longitude]")
    if not (abs(numbers[0]) <= 90 and abs(numbers[1]) <= 180):
        raise BadLine("bad_line", "location must be [latitude, longitude] in degrees")
    return {"latitude": float(numbers[0]), "longitude": float(numbers[1])}


def _raw(**content: Any) -> str:
    return json.dumps({"message": content}, ensure_ascii=False)
