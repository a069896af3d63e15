"""What only several messages together show: 怀孕38周 and, a moment later, 出血了. Pure.

Danger alone is read this way: one miss is worse than ten false alarms. A topic may change from one message to the next.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from intents.decide import Decision
from intents.triage import Hit
from intents.whose import KIN

_FRAIL = {"newborn": ("新生儿", "newborn baby"), "pregnant": ("孕妇", "pregnant woman")}
"""Patients of whom a sign means danger that in others may not, in words that the red flags know."""
_CLINIC = re.compile(r"发热门诊|發熱門診|\bfever clinics?\b", re.IGNORECASE)
_HANZI = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Shown:
    """What words show: an emergency or none, and all red flags."""

    decision: Decision
    hits: tuple[Hit, ...]


NOTHING = Shown(Decision("clarify", (), (), False), ())


def _plain(words: str) -> str:
    """The words without a place's name that sounds like a sign."""
    return _CLINIC.sub(lambda found: "门诊" if found[0][0] == "发" else "clinic", words)


def names_somebody(words: str) -> bool:
    """Whether words are about one of the family, a neighbour or a friend."""
    return KIN.search(words.casefold()) is not None


def together(said: tuple[str, ...], patient: str, text: str, read: Callable[[str], Shown]) -> Shown:
    """What a message shows only together with those before it, oldest first: an emergency, or flags that none of them shows alone.

    ``patient`` is whom the conversation is about, who may have been named long before. ``read`` decides on words alone. Of those
    before, only what may be about the same patient counts: who names somebody now leaves out what named somebody else.
    """
    chinese, other = _HANZI.search(text) is not None, names_somebody(text)
    before = tuple(words for words in said if not (other and names_somebody(words)))
    if patient in _FRAIL and not other:
        before = (_FRAIL[patient][not chinese], *before)
    if not before:
        return NOTHING
    text, before = _plain(text), tuple(map(_plain, before))
    marks = ("，", "") if chinese else (", ", " ")
    shown = [read(mark.join((*before, text))) for mark in marks]
    if not any(found.hits for found in shown):
        return NOTHING
    known = read(marks[0].join(before))
    for found in shown:
        if found.decision.action == "emergency" and set(found.decision.alarms) - set(known.decision.alarms):
            return found
    seen = {hit.flag.id for hit in known.hits}
    return Shown(NOTHING.decision, tuple(hit for hit in shown[0].hits if hit.stands and not hit.alarms and hit.flag.id not in seen))
