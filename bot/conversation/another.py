"""A need of somebody else while a case is open: kept as an entry of its own, so that neither is lost in the other's words.

A chat has one open case: its number is what the resident knows, and status, closing and the staff's answers go by it. So each further
person stands in that case apart; a second case of the same chat would have to be asked "which one?" at each of these.
"""

from __future__ import annotations

import dataclasses
import re

from bot.conversation.answers import SKIPPED, relative
from bot.conversation.talk import Talk
from bot.model import CASE, CaseDraft, Turn
from bot.priority import more_urgent, priority_of

ALSO = "also."
"""The facts that are such entries, by number."""
MOST = 9
LONGEST = 200
"""Characters of an entry; all of it stands in the conversation."""
_PERSONS = {
    "mother": r"妈|母亲|娘|\b(?:mother|mum|mom)\b",
    "father": r"爸|父亲|爹|\b(?:father|dad)\b",
    "grandmother": r"奶奶|姥姥|外婆|\b(?:grandmother|grandma)\b",
    "grandfather": r"爷爷|姥爷|外公|\b(?:grandfather|grandpa)\b",
    "husband": r"老公|丈夫|\bhusband\b",
    "wife": r"老婆|妻子|媳妇|\bwife\b",
    "child": r"孩子|儿子|女儿|娃|宝宝|\b(?:child|son|daughter|baby)\b",
    "sibling": r"哥|姐|弟|妹|\b(?:brother|sister)\b",
    "neighbour": r"邻居|对门|楼上|楼下|隔壁|\bneighbou?r\b",
}
_WHO = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _PERSONS.items()}
_ALSO = re.compile(r"也|另外|还有|以及|同时|\b(?:also|too|another|as well)\b", re.IGNORECASE)
_TALK = frozenset({"smalltalk", "out_of_scope", "service.status", "service.privacy", "service.reminder", "other"})


def apart(talk: Talk, turn: Turn) -> Turn:
    """The turn with what it tells of another person kept apart."""
    found, text = talk.known.case, talk.text
    if found is None or not talk.case or not text or talk.got.action not in {"answer", "handoff", "emergency"}:
        return turn
    entries = [value for name, value in found.facts if name.startswith(ALSO)]
    about = _persons(" ".join([found.words, dict(found.facts).get("who", "")]))
    new = _persons(text) - about - _persons(" ".join(entries))
    if not new or not (about or _ALSO.search(text)) or len(entries) >= MOST:
        return turn
    topics = tuple(topic.id for topic in talk.got.topics if topic.id not in _TALK)
    draft = turn.case
    if draft is None and not topics:
        return turn
    replies = turn.replies
    if draft is None:
        # The answer alone would tell nobody that there are two of them.
        draft = CaseDraft(priority_of(talk.got)[0], "resident:another", topics)
        replies = (*replies, *talk.say("another.noted", case=CASE))
    urgent = draft.priority != found.priority and more_urgent(draft.priority, found.priority) == draft.priority
    # The most urgent need is what the case is about; the other one stands below it.
    entry = found.words if urgent else text
    facts = {**dict(draft.facts), f"{ALSO}{len(entries) + 1}": entry[:LONGEST]} if entry else dict(draft.facts)
    if urgent:
        facts["who"] = relative(text) or SKIPPED
    case = dataclasses.replace(draft, telling=urgent, facts=tuple(facts.items()))
    case = case if urgent else dataclasses.replace(case, city="", district="")
    before = talk.state
    # Where somebody else is, is not where the patient of the case is.
    state = turn.state if urgent else dataclasses.replace(turn.state, city=before.city, district=before.district, patient=before.patient)
    return dataclasses.replace(turn, replies=replies, case=case, state=state)


def _persons(text: str) -> set[str]:
    return {name for name, pattern in _WHO.items() if pattern.search(text)}
