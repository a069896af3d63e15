"""What a message comes to: replies, the case, the next state. Pure; nothing is written here (issue 4 lets it grow)."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Literal

from bot.model import CaseDraft, Incoming, Reply, State, Turn
from bot.priority import priority_of
from bot.replies import Replies
from intents.understanding import Scored, Understanding

CASE = "{case}"
"""Stands for the case's number, which is known only inside the transaction."""
FADES = dt.timedelta(hours=6)
"""After this silence the need of before no longer counts; place and language stay."""
_COMMANDS = {"/start": "start", "/help": "help"}
_SMALLTALK = (Scored("smalltalk", 1.0),)
_UNREADABLE = frozenset({"photo", "voice", "document", "location", "contact", "other"})


def decide(state: State, incoming: Incoming, understanding: Understanding, replies: Replies, now: dt.datetime) -> Turn:
    """Decide on one message."""
    lang = _language(state, incoming, understanding)
    got = dataclasses.replace(understanding, lang=lang, traditional=understanding.traditional and lang == "zh")
    command = incoming.text.strip().split(maxsplit=1)[0].split("@")[0].lower() if incoming.text.strip().startswith("/") else ""
    if command in _COMMANDS and got.action != "emergency":
        text = replies.say(_COMMANDS[command], lang, date=got.context.date.isoformat())
        kept = State(lang=state.lang, case=state.case, updated_at=now)
        return Turn((Reply(text),), kept, understanding=dataclasses.replace(got, action="smalltalk", topics=_SMALLTALK))
    if incoming.kind in _UNREADABLE and not incoming.text.strip():
        key = f"ask.{incoming.kind}" if replies.has(f"ask.{incoming.kind}") else "ask.words"
        asked = dataclasses.replace(got, action="clarify", ask="words")
        return Turn((Reply(replies.say(key, lang)),), dataclasses.replace(state, updated_at=now), understanding=asked)
    draft = _case(got)
    texts = replies.compose(got, case_number=CASE if draft else None, now=now)
    if incoming.kind in _UNREADABLE and replies.has(f"ask.{incoming.kind}"):
        texts = (*texts, Reply(replies.say(f"ask.{incoming.kind}", lang)))
    if got.main == "service.status" and got.action == "answer" and state.case:
        texts = (Reply(replies.say("service.status.open", lang, case=state.case)),)
    return Turn(texts, _next_state(state, got, now), draft, got.unpublished, got)


def _language(state: State, incoming: Incoming, understanding: Understanding) -> Literal["zh", "en"]:
    chosen = incoming.lang or state.lang
    return chosen or understanding.lang


def _case(got: Understanding) -> CaseDraft | None:
    if got.action not in {"emergency", "handoff"}:
        return None
    level, reason = priority_of(got)
    topics = tuple(topic.id for topic in got.topics) or ("other",)
    return CaseDraft(level, reason, topics, str(got.slots.get("city", "")), str(got.slots.get("district", "")))


def _next_state(state: State, got: Understanding, now: dt.datetime) -> State:
    slots = got.slots
    stale = state.updated_at is not None and now - state.updated_at > FADES
    needs = tuple(t.id for t in got.topics if t.id not in {"smalltalk", "out_of_scope", "care.emergency"})
    return dataclasses.replace(
        state,
        city=str(slots.get("city", "")),
        district=str(slots.get("district", "")),
        zone=str(slots.get("zone", "")),
        patient=str(slots.get("patient", "")),
        topics=needs or (() if stale else state.topics),
        traditional=got.traditional,
        asked=got.ask,
        updated_at=now,
    )
