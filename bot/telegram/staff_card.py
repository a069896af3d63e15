"""A case's card in the staff's group: its words, its buttons, and the seal on each button. Pure."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_args

from bot.account import Account
from bot.clock import CITY_TIME
from bot.model import Case
from bot.staff import Outcome
from bot.telegram.staff_words import say

WORDS = 300
"""Characters of the resident's words that stand on a card."""
_MAC = 12
_DATA = re.compile(r"staff:([a-z_]{1,12}):([0-9]{1,12}):([0-9]{1,9}):([0-9a-f]{12})")
Names = Callable[[str, str, str], str]
"""The name of a city, a district or a topic: kind, id (``city/district`` for a district), language."""


def plain(_kind: str, name: str, _lang: str) -> str:
    """Ids as they are."""
    return name


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button of ours."""

    do: str
    """``take``, ``release``, ``answer``, ``solve``, ``raise``, ``back``, or an outcome."""
    number: int
    version: int


class Seal:
    """Marks our buttons, so that nobody else can make one. The chat counts: a button works in the group that it was made for only."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def data(self, chat: int, do: str, number: int, version: int) -> str:
        """A button's data, 64 bytes at most."""
        return f"staff:{do}:{number}:{version}:{self._mac(chat, do, number, version)}"

    def read(self, chat: int, data: str) -> Pressed | None:
        """What a button stands for; None for one that we did not make."""
        found = _DATA.fullmatch(data)
        if found is None:
            return None
        do, number, version = found[1], int(found[2]), int(found[3])
        return Pressed(do, number, version) if hmac.compare_digest(found[4], self._mac(chat, do, number, version)) else None

    def _mac(self, chat: int, do: str, number: int, version: int) -> str:
        return hmac.new(self._secret, f"{chat}:{do}:{number}:{version}".encode(), hashlib.sha256).hexdigest()[:_MAC]


def cut(text: str, most: int = WORDS) -> str:
    """The words, cut where they are long."""
    text = text.strip()
    return text if len(text) <= most else text[: most - 1] + "…"


def text_of(case: Case, now: dt.datetime, lang: str, names: Names) -> str:
    """The card's words."""
    holder = case.held_by(now)
    state = say("card.closed", lang) if case.status != "open" else say("card.held", lang, who=holder) if holder else say("card.free", lang)
    # A time and not a span: a card that nothing changes is not shown anew, and would lie after a minute.
    since = case.opened_at.astimezone(CITY_TIME).strftime("%m-%d %H:%M")
    district = f"{case.city}/{case.district}" if case.district else ""
    place = " ".join(part for part in (names("city", case.city, lang), names("district", district, lang), cut(case.site, 40)) if part)
    topics = say("join", lang).join(names("topic", topic, lang) for topic in case.topics)
    rows = [
        say("card.title", lang, number=case.number, priority=case.priority, means=say(f"priority.{case.priority}", lang)),
        state + " · " + say("card.since", lang, at=since),
        *([say("card.place", lang, place=place)] if place else []),
        *([say("card.topic", lang, topic=topics)] if topics else []),
        *([say("card.hospital", lang, hospital=cut(case.hospital, 100))] if case.hospital else []),
        *([say("card.asked", lang, asked=cut("; ".join(f"{name}: {value}" for name, value in case.facts)))] if case.facts else []),
        *([say("card.words", lang, words=cut(case.words))] if case.words else []),
        "",
        say("card.how", lang),
    ]
    return "\n".join(rows).strip()


def title_of(case: Case, lang: str, names: Names) -> str:
    """What a topic is called: no words of the resident."""
    topic = names("topic", case.topics[0], lang) if case.topics else ""
    return f"#{case.number} {case.priority} {topic}".strip()[:128]


def buttons_of(case: Case, version: int, chat: int, now: dt.datetime, lang: str, seal: Seal, *, outcomes: bool = False) -> dict[str, Any]:
    """The keyboard below a card; with ``outcomes`` what a case may be solved with."""

    def button(do: str) -> dict[str, str]:
        return {"text": say(f"button.{do}", lang), "callback_data": seal.data(chat, do, case.number, version)}

    if case.status != "open":
        return {"inline_keyboard": []}
    if outcomes:
        names = [button(name) for name in get_args(Outcome)]
        return {"inline_keyboard": [names[:3], names[3:], [button("back")]]}
    first = button("release" if case.held_by(now) else "take")
    last = [button("solve"), *([button("raise")] if case.priority != "P0" else [])]
    return {"inline_keyboard": [[first, button("answer")], last]}


def alarm_of(case: Case, on_duty: list[Account], lang: str) -> tuple[str, list[dict[str, Any]]]:
    """An alarm's words, and who is called by it: those on duty, by their Telegram number and by no name."""
    text = say("alarm", lang, number=case.number, priority=case.priority, means=say(f"priority.{case.priority}", lang))
    marks: list[dict[str, Any]] = []
    for account in on_duty:
        if account.telegram:
            text += " "
            user = {"id": account.telegram, "is_bot": False, "first_name": "-"}
            marks.append({"type": "text_mention", "offset": _units(text), "length": 2, "user": user})
            text += "👤"
    return text, marks


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
