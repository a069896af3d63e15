"""Reading what the staff write and press, which rights it takes, and what the desk's refusals are in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from bot.desk import Busy, Changed, Refused
from bot.rights import Action
from bot.staff import Outcome
from bot.telegram.staff_words import say
from intents.desk_texts import shipped

RIGHTS: Mapping[str, Action] = {
    "queue": "queue.view",
    "duty": "queue.view",
    "cast": "broadcast.view",
    "case": "case.view",
    "take": "case.take",
    "release": "case.take",
    "answer": "case.answer",
    "note": "case.note",
    "solve": "case.close",
    "back": "case.close",
    "raise": "case.priority",
    **dict.fromkeys(get_args(Outcome), "case.close"),
}
"""What each command and button takes."""


def why(error: Refused, case: int, lang: str) -> str:
    """What the desk refuses, in words."""
    if isinstance(error, Busy):
        return say("busy", lang, who=error.who, number=case)
    if isinstance(error, Changed):
        return say("changed", lang, number=case, told=", ".join(f"{row.kind} {row.detail.get('by', '')}".strip() for row in error.rows))
    known = shipped()["en" if lang == "en" else "zh"].get(f"wrong.{error.why}", "") or str(error)
    for name, value in error.values.items():
        known = known.replace("{" + name + "}", str(value))
    return say("refused", lang, why=known)


def command(text: str) -> tuple[str, str]:
    """A command's name and what stands behind it."""
    head, *rest = text[1:].split(None, 1)
    return head.partition("@")[0].lower(), rest[0].strip() if rest else ""


def part(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A part of an update; empty where there is none."""
    found = raw.get(name)
    return found if isinstance(found, Mapping) else {}


def whole(raw: Mapping[str, Any], name: str) -> int:
    """A whole number of an update; 0 where there is none."""
    found = raw.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) else 0
