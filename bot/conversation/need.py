"""What a message about a need comes to: the answer, the case, and what is remembered of it. The last in the line of handlers."""

from __future__ import annotations

import dataclasses
import datetime as dt

from bot.conversation.ladders import ask_later
from bot.conversation.refused import refused
from bot.conversation.talk import Talk
from bot.model import CASE, LIST, CaseDraft, Reply, Turn
from bot.priority import priority_of
from bot.replies import Replies
from bot.state import THIS, State
from intents.understanding import Understanding

MOST_NEEDS = 4
"""So many topics are remembered while a need comes in pieces."""
UNREADABLE = frozenset({"photo", "voice", "document", "location", "contact", "other"})
_TALK = frozenset({"smalltalk", "out_of_scope"})
_ANYTHING = frozenset({"other", "care.emergency", "service.human"})
"""Topics that two cases share without being about the same."""


def unreadable(talk: Talk) -> Turn | None:
    """What has no words: it is said that it cannot be read, and an open case learns of it."""
    state, got, kind = talk.state, talk.got, talk.incoming.kind
    if kind not in UNREADABLE or talk.text:
        return None
    key = f"ask.{kind}" if talk.replies.has(f"ask.{kind}") else "ask.words"
    # Of an album each picture comes by itself: the second is not asked about in the same words.
    again = key in state.puzzled
    asked = dataclasses.replace(got, action="clarify", topics=(), ask="words")
    # Whoever works on the open case must find the picture with it.
    draft = CaseDraft("P3", f"resident:{kind}", (), state.city, state.district) if talk.case else None
    said = talk.offer("unseen.again", "button.person") if again else (Reply(talk.replies.say(key, got.lang)),)
    puzzled = tuple(dict.fromkeys((*state.puzzled, key)))
    return Turn(said, dataclasses.replace(state, puzzled=puzzled, updated_at=talk.now), draft, understanding=asked)


def need(talk: Talk) -> Turn:
    """Answer, and open a case or add to it where a person must act."""
    got, kind = talk.got, talk.incoming.kind
    draft = _case(talk)
    said = _own_words(got, talk.replies)
    if said is None:
        added = bool(talk.case or (draft and draft.reopens)) and got.action != "emergency"
        number = CASE if draft else None
        said = talk.replies.compose(got, case_number=number, now=talk.now, added=added, taken=talk.taken, phones=talk.known.phones)
    if kind in UNREADABLE and talk.replies.has(f"ask.{kind}"):
        said = (*said, *talk.replies.plain(got, "unseen.attachment"))
    state = next_state(talk.state, got, talk.now)
    if draft is not None:
        state = dataclasses.replace(state, refused=refused(talk, draft.reopens))
    return Turn(said, state, draft, got.unpublished, got, ask_later(talk, draft))


def _own_words(got: Understanding, replies: Replies) -> tuple[Reply, ...] | None:
    """What is said about the conversation itself: a deletion taken back, a request cancelled that never was one."""
    if got.action != "answer":
        return None
    if "keep" in got.marks and got.main == "service.privacy":
        return replies.plain(got, "service.privacy.kept")
    if got.main == "service.status" and "cancel" in got.marks:
        return replies.plain(got, "service.cancel.none")
    return None


def _case(talk: Talk) -> CaseDraft | None:
    """A case for what a person must act on; what is added to an open one reaches it too."""
    got = talk.got
    acts = got.action in {"emergency", "handoff"}
    if not acts and not (talk.case and got.carried):
        return None
    level, reason = priority_of(got)
    if not acts:
        reason = "resident:added"
    topics = tuple(topic.id for topic in got.topics if topic.id not in {*_TALK, "service.status"}) or (("other",) if acts else ())
    city, district = str(got.slots.get("city", "")), str(got.slots.get("district", ""))
    reopens = _closed_before(talk, topics)
    return CaseDraft(level, reason, topics, city, district, LIST.join(refused(talk, reopens)), reopens=reopens)


def _closed_before(talk: Talk, topics: tuple[str, ...]) -> int:
    """The closed case that is about the same, while it can be opened again."""
    found = talk.known.case
    until = found.reopens_until() if found is not None else None
    if found is None or until is None or talk.now > until:
        return 0
    return found.number if set(found.topics) & set(topics) - _ANYTHING else 0


def next_state(state: State, got: Understanding, now: dt.datetime) -> State:
    """What is remembered of a message about a need."""
    slots = got.slots
    before = state.needs(now)
    own = tuple(topic.id for topic in got.topics if topic.id not in _TALK)
    if got.main.startswith("service.") and got.main != "service.human":
        own = before or own
        own = ("service.privacy", *before) if got.main == "service.privacy" else own
    linked = got.carried or got.main == "contact.hotline"
    joined = (*before, *own) if "phone" in got.marks else (*own, *before)
    needs = tuple(dict.fromkeys(joined))[:MOST_NEEDS] if linked else own or before
    return dataclasses.replace(
        state,
        city=str(slots.get("city", "")),
        district=str(slots.get("district", "")),
        zone=str(slots.get("zone", "")),
        patient=str(slots.get("patient", "")),
        topics=needs,
        traditional=got.traditional,
        spoke=got.lang,
        elsewhere="city" in got.unpublished,
        asked=got.ask,
        # Only the next message can be a pick of what is offered now.
        options=got.options,
        unclear=THIS if got.options else 0,
        updated_at=now,
    )
