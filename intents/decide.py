"""What to do with a message: emergency, answer, clarify, hand off, small talk or decline; and its topics.

Words decide that there is danger; the learned probabilities only confirm or clear what words show. Where the topic is not
clear the decision fails towards a person, never towards a guessed answer. The bars are chosen on the corpus of ``data/topics``
by cross-validation, not on the sets that measure quality, though their figures were in view (see ``tests/measure.py``).
"""

from __future__ import annotations

from dataclasses import dataclass

from intents.knowledge import Flag
from intents.matcher import Prediction
from intents.read import Reading
from intents.understanding import Action, Scored

STANDS = 0.2
"""A sign that stands is cleared only below this probability of an emergency."""
LASTING = 0.04
"""The same for a sign that counts though it is over, such as a fit or a swallowed battery: calm words about it are usual."""
DOUBTED = 0.2
"""A sign that is supposed, past, over or asked about needs this much."""
DISTRESS = 0.25
"""A weak sign alone needs this much."""
SEVERE = 0.6
"""From here on a sign that by itself is for a duty line counts as well; without any sign a person must read the message."""
HANDOFF = 0.32
DECLINE = 0.35
CONFIDENT = 0.38
"""Below this score of the best topic the bot asks or hands off instead of answering."""
LEANING = 0.3
"""Where the topic is not sure, or is none of the list, a call for a person that is nearly over the bar is enough: a question
back costs somebody in trouble a turn."""
ALSO = 0.36
MAX_TOPICS = 3
FEW = 12
"""Characters of a message that says what has happened and nothing else."""
NO_NEED = frozenset({"smalltalk", "out_of_scope"})
PERSON = frozenset({"service.human"})


@dataclass(frozen=True, slots=True)
class Decision:
    """Action, topics (main first) and the flags that alarm."""

    action: Action
    topics: tuple[Scored, ...]
    alarms: tuple[Flag, ...]
    incident: bool


def alarming(reading: Reading, emergency: float, flags: dict[str, Flag]) -> tuple[Flag, ...]:
    """The flags that make an emergency, most pressing first; empty when there is none."""
    alarms = [hit for hit in reading.hits if hit.alarms]
    standing = [hit.flag for hit in alarms if hit.stands]
    lasting = [flag for flag in standing if not flag.over_clears]
    if standing and emergency >= (LASTING if lasting else STANDS):
        return tuple(standing)
    doubted = [hit.flag for hit in alarms]
    if doubted and emergency >= DOUBTED:
        return tuple(doubted)
    if emergency >= DISTRESS:
        lower = [hit.flag for hit in reading.hits if hit.flag.level != "duty_line" or emergency >= SEVERE]
        weak = [flags[name] for name in reading.distress if name in flags]
        if lower or weak:
            return tuple((lower + weak)[:1])
    return ()


def decide(reading: Reading, prediction: Prediction, flags: dict[str, Flag]) -> Decision:
    """Choose action and topics for a read message."""
    heads = prediction.heads
    alarms = alarming(reading, heads["emergency"], flags)
    ranked = prediction.ranked()
    incident = heads["incident"] >= 0.5
    if alarms:
        return Decision("emergency", _topics(ranked, prediction, first="care.emergency"), alarms, True)
    calm = [(name, score) for name, score in ranked if name != "care.emergency"]
    best, score = calm[0]
    if not reading.text.empty and max(prediction.main["out_of_scope"], heads["decline"]) >= DECLINE and best == "out_of_scope":
        return Decision("decline", (Scored("out_of_scope", score),), (), False)
    if best == "smalltalk":
        return Decision("smalltalk", (Scored("smalltalk", score),), (), False)
    needs = [(name, value) for name, value in calm if name not in NO_NEED]
    topics = _topics(needs, prediction)
    main, score = needs[0]
    handoff = heads["handoff"]
    if main in PERSON or handoff >= HANDOFF or heads["emergency"] >= SEVERE:
        return Decision("handoff", topics, (), incident)
    if score < CONFIDENT or reading.text.empty:
        action: Action = "handoff" if handoff >= LEANING and not reading.text.empty else "clarify"
        return Decision(action, topics, (), incident)
    if main == "other":
        return Decision("handoff" if handoff >= LEANING else "clarify", topics, (), incident)
    # Whose medicine is gone, or will be before the day is over, needs somebody who gets it, not only the rule.
    gone = main == "medicine.chronic" and incident and "medicine_gone" in reading.concepts
    # So does whoever says in a few words that they were turned away.
    away = main == "care.refused" and incident and len(reading.text.plain) <= FEW
    return Decision("handoff" if gone or away else "answer", topics, (), incident)


def _topics(ranked: list[tuple[str, float]], prediction: Prediction, first: str = "") -> tuple[Scored, ...]:
    main = first or ranked[0][0]
    chosen = [Scored(main, prediction.main[main])]
    rest = sorted(((n, prediction.also[n]) for n, _ in ranked if n != main and n not in NO_NEED), key=lambda item: -item[1])
    chosen += [Scored(name, score) for name, score in rest if score >= ALSO][: MAX_TOPICS - 1]
    return tuple(chosen)
