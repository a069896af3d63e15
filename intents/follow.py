"""What a message adds to the conversation before it: a fragment, a correction, a question about what was just said. Pure.

Only where a need is known, and never against an emergency: what the words of the message itself show goes first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from intents.decide import Decision
from intents.knowledge import Knowledge
from intents.read import Reading
from intents.understanding import Action, Context, Scored
from intents.whose import KIN

SHORT, SHORT_WORDS = 16, 8
"""At most this many Chinese characters, or words of English, make a fragment."""
BARE, BARE_WORDS = 6, 3
"""So few hold a place, a zone or a code and nothing else."""
CARRIED = 0.5
_SURELY = 0.5
"""Above this score something is none of our business, whatever else stands in it."""
_WAY = frozenset(
    {"care.refused", "care.ambulance", "care.entry", "care.designated", "contact.hotline", "policy.rules", "transport.closed_loop"}
)
"""Topics about the way to a need, not about the need itself."""
_NOTHING = frozenset({"other", "smalltalk", "out_of_scope"})
_BODY = frozenset({"care.general", "care.fever", "care.newborn", "care.maternity", "care.emergency", "care.ambulance", "other"})
"""Topics that a sign of the same emergency is taken for, when it stands alone."""
_ASKS = frozenset({"asks_on", "phone", "cost", "fee", "cancel", "keep"})
_QUESTION = re.compile(r"[?？]|吗|呢|哪|怎么|多少|几点|能不能|可不可以|^(?:where|what|which|how|when|can|could|do|does|is|are|should)\b")
_PERSON = re.compile(r"人工|真人|客服|值班|工作人员|\b(?:person|human|operator|somebody|someone)\b")
_PRIVATE = re.compile(r"删|刪|信息|隐私|资料|数据|存|\b(?:delete|erase|data|privacy|keep|kept|store)")
_ALSO_ME = re.compile(r"我自己|我也|\b(?:myself|me too|i also)\b")
"""Somebody else has something too."""
_ADDS = ("city", "district", "zone", "code", "test")
_HANZI = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Followed:
    """The decision in its context. ``carried``: its topics are those of before."""

    decision: Decision
    carried: bool = False


def short(reading: Reading, characters: int = SHORT, words: int = SHORT_WORDS) -> bool:
    """Whether a message is a fragment."""
    plain = reading.text.plain
    return len(plain) <= characters if _HANZI.search(plain) else len(plain.split()) <= words


def follow(decision: Decision, reading: Reading, context: Context, knowledge: Knowledge) -> Followed:
    """Read a message in the light of the need before it."""
    before = [topic for topic in context.topics if topic in knowledge.topics]
    unsure = decision.action == "decline" and decision.topics[0].score < _SURELY
    if unsure and (reading.distress or (not before and "detail" in reading.marks)):
        # A bare address is the beginning of something, and a sign of illness is never none of our business.
        return Followed(replace(decision, action="clarify", topics=()))
    marks, brief = reading.marks, short(reading)
    if "denies" in marks and decision.action != "emergency":
        # What somebody has not got is no need; it is told of the one before, or what it is about is asked.
        return (
            Followed(_carry(decision, reading, before), carried=True)
            if before
            else Followed(replace(decision, action="clarify", topics=()))
        )
    if "called" in marks and decision.action != "emergency":
        return Followed(replace(decision, action="smalltalk", topics=(Scored("smalltalk", CARRIED),), incident=True))
    if not before or decision.action == "emergency" or reading.text.empty:
        return Followed(decision)
    if "keep" in marks and "service.privacy" in before:
        return Followed(_answer(decision, ["service.privacy"]))
    if "cancel" in marks:
        return Followed(_answer(decision, ["service.status"]))
    if "settled" in marks and brief:
        return Followed(replace(decision, action="smalltalk", topics=(Scored("smalltalk", CARRIED),)))
    if "cant_phone" in marks and "care.emergency" in before:
        return Followed(replace(decision, action="emergency", topics=(Scored("care.emergency", CARRIED),), incident=True), carried=True)
    if "care.emergency" in before and decision.incident and decision.topics and decision.topics[0].id == "care.ambulance":
        # The emergency of before, and now 120 does not come: no mere request.
        topics = (Scored("care.emergency", CARRIED), decision.topics[0])
        return Followed(replace(decision, action="emergency", topics=topics), carried=True)
    if "care.emergency" in before and brief and _still_danger(decision, reading):
        return Followed(replace(decision, action="emergency", topics=(Scored("care.emergency", CARRIED),), incident=True), carried=True)
    if "phone" in marks:
        return Followed(_answer(decision, ["contact.hotline", *(topic for topic in before if topic != "contact.hotline")]))
    if "cost" in marks and any(topic.startswith("medicine.") for topic in before):
        return Followed(_answer(decision, ["medicine.delivery"]))
    own = [topic.id for topic in decision.topics]
    if "gone" in marks and brief and any(topic.startswith("medicine.") for topic in before):
        first = next(topic for topic in before if topic.startswith("medicine."))
        return Followed(replace(decision, action="handoff", topics=(Scored(first, CARRIED),), incident=True), carried=True)
    named = any(reading.slots.get(name) for name in _ADDS)
    if (("again" in marks and brief) or (named and short(reading, BARE, BARE_WORDS))) and set(own) <= _WAY | _NOTHING:
        return Followed(_carry(decision, reading, before), carried=True)
    if _adds(decision, reading, brief=brief):
        return Followed(_carry(decision, reading, before), carried=True)
    if brief and decision.action in {"answer", "handoff"} and set(own) <= _WAY and "cost" not in marks:
        needs = [topic for topic in before if topic not in _WAY and topic.startswith(("care.", "medicine.")) and topic != "care.emergency"]
        joined = replace(decision, topics=(*decision.topics, *(Scored(topic, CARRIED) for topic in needs[:1])))
        return Followed(joined, carried=named and own[0] in before)
    return Followed(decision)


def _still_danger(decision: Decision, reading: Reading) -> bool:
    """Whether a fragment just after an emergency tells more of it: the body, or nothing that the topics know, and no question."""
    marks = reading.marks
    asks = bool(marks & _ASKS) or _QUESTION.search(reading.text.plain) is not None
    talks = any(name.startswith("talk_") for name in reading.concepts)
    if asks or talks or "correction" in marks or _ALSO_ME.search(reading.text.plain) is not None:
        return False
    if decision.action == "decline":
        return True
    main = decision.topics[0].id if decision.topics else "other"
    if main == "service.human":
        return _PERSON.search(reading.text.plain) is None
    if main == "service.privacy":
        return _PRIVATE.search(reading.text.plain) is None
    # What somebody else lacks is a need of its own.
    mine = main in {"medicine.chronic", "transport.closed_loop"} and decision.incident and KIN.search(reading.text.plain) is None
    return main in _BODY or mine


def _adds(decision: Decision, reading: Reading, *, brief: bool) -> bool:
    """Whether the message only adds to the need before it."""
    marks, slots = reading.marks, reading.slots
    someone = slots.get("patient", "self") != "self"
    place = someone or any(slots.get(name) for name in _ADDS) or "other_city" in reading.concepts or "other_place" in marks
    if "correction" in marks and any(slots.get(name) for name in (*_ADDS, "patient")):
        return True
    if not brief:
        return place and "detail" in marks and decision.action == "clarify"
    says = place or bool(marks & {"detail", "again", "asks_on", "other_place"})
    if decision.action in {"smalltalk", "decline"}:
        return says and not any(name.startswith("talk_") and name != "talk_hello" for name in reading.concepts)
    return decision.action == "clarify"


def _carry(decision: Decision, reading: Reading, before: list[str]) -> Decision:
    """The need of before, with what the message names beside it."""
    order = sorted(before, key=lambda topic: topic in _WAY) if reading.slots.get("zone") else before
    named = [topic for topic in decision.topics if topic.score >= 0.3 and topic.id not in before and topic.id not in _NOTHING]
    kept = [order[0], *(topic for topic in order[1:2] if topic != "contact.hotline")]
    topics = (*(Scored(topic, CARRIED) for topic in kept), *named)
    if order[0] == "care.emergency":
        return replace(decision, action="emergency", topics=topics, incident=True)
    action: Action = "handoff" if order[0] in {"service.human", "other"} or "again" in reading.marks else "answer"
    return replace(decision, action=action, topics=topics)


def _answer(decision: Decision, topics: list[str]) -> Decision:
    return replace(decision, action="answer", topics=tuple(Scored(topic, CARRIED) for topic in topics[:3]))
