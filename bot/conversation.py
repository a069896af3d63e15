"""What a message comes to: replies, the case, the next state. Pure; nothing is written here (issue 4 lets it grow)."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from typing import Literal

from bot.model import CaseDraft, Incoming, Reply, State, Turn
from bot.priority import priority_of
from bot.replies import Replies
from intents.understanding import Scored, Understanding

CASE = "{case}"
"""Stands for the case's number, which is known only inside the transaction."""
SHORT = 16
"""So few characters need not show whether they are traditional ones: those of before count."""
MOST_NEEDS = 4
"""So many topics are remembered while a need comes in pieces."""
_COMMANDS = {"/start": "start", "/help": "help"}
_SMALLTALK = (Scored("smalltalk", 1.0),)
_UNREADABLE = frozenset({"photo", "voice", "document", "location", "contact", "other"})
_TALK = frozenset({"smalltalk", "out_of_scope"})
_WORDS = re.compile(r"[^\W\d_]")


def decide(state: State, incoming: Incoming, understanding: Understanding, replies: Replies, now: dt.datetime) -> Turn:
    """Decide on one message."""
    lang = _language(state, incoming, understanding)
    text = incoming.text.strip()
    traditional = understanding.traditional or (state.traditional and len(text) <= SHORT)
    got = dataclasses.replace(understanding, lang=lang, traditional=traditional and lang == "zh")
    if state.elsewhere and not got.slots.get("city") and "city" not in got.unpublished:
        got = dataclasses.replace(got, unpublished=(*got.unpublished, "city"))
    command = text.split(maxsplit=1)[0].split("@")[0].lower() if text.startswith("/") else ""
    if command in _COMMANDS and got.action != "emergency":
        return _command(command, state, incoming, got, replies, now)
    if incoming.kind in _UNREADABLE and not text:
        key = f"ask.{incoming.kind}" if replies.has(f"ask.{incoming.kind}") else "ask.words"
        asked = dataclasses.replace(got, action="clarify", topics=(), ask="words")
        # Whoever works on the open case must find the picture with it.
        draft = CaseDraft("P3", f"resident:{incoming.kind}", (), state.city, state.district) if state.case else None
        return Turn((Reply(replies.say(key, lang)),), dataclasses.replace(state, updated_at=now), draft, understanding=asked)
    draft = _case(state, got)
    said = _own_words(state, got, replies)
    if said is None:
        added = bool(state.case) and got.action != "emergency"
        said = replies.compose(got, case_number=CASE if draft else None, now=now, added=added)
    if incoming.kind in _UNREADABLE and replies.has(f"ask.{incoming.kind}"):
        said = (*said, *replies.plain(got, "unseen.attachment"))
    return Turn(said, _next_state(state, got, now), draft, got.unpublished, got)


def _language(state: State, incoming: Incoming, understanding: Understanding) -> Literal["zh", "en"]:
    """The language chosen; else the message's own, where it has words; else that of before."""
    chosen = incoming.lang or state.lang
    own = bool(_WORDS.search(incoming.text)) and not incoming.text.strip().startswith("/")
    return chosen or (understanding.lang if own else state.spoke or "zh")


def _command(command: str, state: State, incoming: Incoming, got: Understanding, replies: Replies, now: dt.datetime) -> Turn:
    """What a command says; in both languages to somebody of whom none is known. The need of before is kept."""
    known = incoming.lang or state.lang or state.spoke
    values = {"date": got.context.date.isoformat()}
    texts = tuple(Reply(replies.say(_COMMANDS[command], lang, **values)) for lang in ([got.lang] if known else ["zh", "en"]))
    talked = dataclasses.replace(got, action="smalltalk", topics=_SMALLTALK)
    return Turn(texts, dataclasses.replace(state, updated_at=now), understanding=talked)


def _own_words(state: State, got: Understanding, replies: Replies) -> tuple[Reply, ...] | None:
    """What is said about the conversation itself: a cancelled request, a deletion taken back, how the request stands."""
    if got.ask == "settled" and state.case:
        return replies.plain(got, "service.settled", case=CASE)
    if got.action != "answer":
        return None
    if "keep" in got.marks and got.main == "service.privacy":
        return replies.plain(got, "service.privacy.kept")
    if got.main == "service.status" and "cancel" in got.marks:
        return replies.plain(got, "service.cancel.case" if state.case else "service.cancel.none", case=CASE)
    if got.main == "service.status" and state.case:
        return replies.plain(got, "service.status.open", case=CASE)
    return None


def _case(state: State, got: Understanding) -> CaseDraft | None:
    """A case for what a person must act on; what is added to an open one reaches it too."""
    acts = got.action in {"emergency", "handoff"}
    said = "cancelled" if "cancel" in got.marks and got.main == "service.status" else "settled" if got.ask == "settled" else ""
    if not acts and not (state.case and (got.carried or said)):
        return None
    level, reason = priority_of(got)
    if not acts:
        reason = f"resident:{said or 'added'}"
    topics = tuple(topic.id for topic in got.topics if topic.id not in {*_TALK, "service.status"}) or (("other",) if acts else ())
    return CaseDraft(level, reason, topics, str(got.slots.get("city", "")), str(got.slots.get("district", "")))


def _next_state(state: State, got: Understanding, now: dt.datetime) -> State:
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
        updated_at=now,
    )
