"""A case's check-back: at the time that the staff set the resident is asked how it is now; help that is needed is a case again."""

from __future__ import annotations

import dataclasses
import datetime as dt

from bot.conversation.talk import Talk
from bot.effects import Effect, Later, NoLater
from bot.model import CASE, CaseDraft, Priority, Reply, Turn
from intents.understanding import Scored

CHECK, SILENT = "check", "unchecked"
"""The kinds of the moments: the question, and the last look whether it was answered."""
WAITS = 7_200.0
"""Seconds without an answer on an urgent case until a person must look."""
MAX_LATE = dt.timedelta(hours=12)
"""Asked so much later than it was meant it still helps."""
_TOPIC = (Scored("service.status", 1.0),)
_BUTTONS = ("button.check.better", "button.check.same", "button.check.help")


def ask_check(talk: Talk, detail: str) -> Turn | None:
    """The moment has come."""
    known = talk.known.case
    urgent = known is not None and known.status == "open" and known.priority in ("P0", "P1")
    if talk.now - talk.incoming.at > MAX_LATE:
        # Nobody is asked about yesterday; but somebody must look at an urgent case that nobody has looked in on.
        return dataclasses.replace(_due(talk, talk.say("check.silent", case=CASE)), case=_draft(talk, "silent")) if urgent else None
    watch: tuple[Effect, ...] = (NoLater(SILENT), Later(SILENT, WAITS, detail)) if urgent else ()
    return _due(talk, talk.offer("check.ask", *_BUTTONS, case=detail), *watch)


def unchecked(talk: Talk, detail: str) -> Turn | None:
    """Nobody has answered on an urgent case: a person must look."""
    wrote = talk.state.updated_at
    if not talk.case or (wrote is not None and (talk.now - wrote).total_seconds() < WAITS):
        return None
    return dataclasses.replace(_due(talk, talk.say("check.silent", case=CASE)), case=_draft(talk, "silent"))


def checked(talk: Talk) -> Turn | None:
    """The answer; it may be pressed long after. What is told in words is read as what it says."""
    pressed = next((name for name in ("better", "same", "help") if talk.pressed(f"button.check.{name}")), "")
    if not pressed:
        return None
    if pressed == "better" and not talk.case:
        return _turn(talk, talk.say("check.better"), NoLater(SILENT))
    if pressed == "better":
        said = talk.offer("case.settled", "button.close", "button.keep_open", case=CASE)
        return dataclasses.replace(_turn(talk, said, NoLater(SILENT)), case=_draft(talk, "better", "P3"))
    draft = _draft(talk, pressed, "P3" if pressed == "same" and talk.case else "P1")
    return dataclasses.replace(_turn(talk, talk.say(f"check.{pressed}", case=CASE), NoLater(SILENT)), case=draft)


def _draft(talk: Talk, why: str, priority: Priority = "P1") -> CaseDraft:
    """Added to the open case; one that was closed lately is opened again: the need is the same."""
    known, state = talk.known.case, talk.state
    closed = known if known is not None and known.status == "closed" else None
    until = closed.reopens_until() if closed is not None else None
    reopens = closed.number if closed is not None and until is not None and talk.now <= until else 0
    topics, facts = closed.topics if closed is not None else (), (("check", why),)
    return CaseDraft(priority, f"check:{why}", topics, state.city, state.district, facts=facts, telling=False, reopens=reopens)


def _due(talk: Talk, replies: tuple[Reply, ...], *effects: Effect) -> Turn:
    got = dataclasses.replace(talk.got, action="answer", topics=_TOPIC)
    return Turn(replies, talk.state, understanding=got, effects=effects)


def _turn(talk: Talk, replies: tuple[Reply, ...], *effects: Effect) -> Turn:
    got = dataclasses.replace(talk.got, action="answer", topics=_TOPIC, ask="", options=(), alarms=())
    state = dataclasses.replace(talk.state, asked="", spoke=talk.got.lang, traditional=talk.got.traditional, updated_at=talk.now)
    return Turn(replies, state, understanding=got, effects=effects)
