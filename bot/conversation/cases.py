"""The life of a case, as the resident sees it: how it stands, closed, opened again, rated."""

from __future__ import annotations

import dataclasses
import re

from bot.conversation.form import unfinished
from bot.conversation.ladders import CAME
from bot.conversation.talk import Talk
from bot.effects import CloseCase, Effect, NoLater, RateCase
from bot.model import CASE, EXPECTS, LIST, Case, CaseDraft, Reply, Turn
from bot.places import in_words
from intents.understanding import Action, Scored

_REOPEN = re.compile(r"再打开|再打開|重新打开|重新打開|重开|重開|\breopen\b|\bopen (?:it |my case )?again\b", re.IGNORECASE)
RATINGS = {"button.helped": 1, "button.not_helped": -1}
_NOBODY_CAME = frozenset({"service.status", "service.human", "other"})
"""What a message is about that asks for nothing but somebody at last."""
_STATUS = (Scored("service.status", 1.0),)


def case(talk: Talk) -> Turn | None:
    """What is said and pressed about the case itself. Our own buttons are no emergency, whatever their words; else danger goes first."""
    found = talk.known.case
    if found is None:
        return None
    return _open(talk, found) if found.status == "open" else _closed(talk, found)


def _open(talk: Talk, found: Case) -> Turn | None:
    got = talk.got
    if talk.pressed("button.close"):
        return _turn(
            talk, found, talk.offer("case.closed", *RATINGS, case=found.number), CloseCase(found.number, "resident"), NoLater(CAME)
        )
    if talk.pressed("button.keep_open"):
        kept = _turn(talk, found, talk.say("case.kept", case=found.number))
        more = talk.offer("form.later", "button.form.go_on", "button.form.enough") if unfinished(talk) else ()
        return dataclasses.replace(kept, replies=(*kept.replies, *more))
    if got.action == "emergency":
        return None
    if got.ask == "called":
        # Whoever looks at the case must know that 120 was reached.
        return _turn(talk, found, talk.say("smalltalk.called"), said="called")
    if got.ask == "settled":
        # Words alone do not close it: somebody else may have written them, or only a part is settled.
        return _turn(talk, found, talk.offer("case.settled", "button.close", "button.keep_open", case=CASE), NoLater(CAME), said="settled")
    ours = any(talk.pressed(f"button.form.{name}") for name in ("go_on", "enough"))
    names = {topic.id for topic in got.topics}
    waits = got.action == "handoff" and "service.status" in names and names <= _NOBODY_CAME
    if ours or not (waits or (got.action == "answer" and got.main == "service.status")):
        return None
    if "cancel" in got.marks and found.priority == "P0":
        # One tap must not end what may still be a danger to life.
        return _turn(talk, found, talk.say("case.cancel.urgent", case=CASE), said="cancelled")
    if "cancel" in got.marks:
        return _turn(talk, found, talk.offer("case.cancel", "button.close", "button.keep_open", case=CASE), said="cancelled")
    (said,) = talk.say("case.status", case=CASE, expects=EXPECTS)
    if found.hospital:
        (where,) = talk.say("case.hospital", hospital=in_words(talk.replies, talk.got.lang, found.hospital.split(LIST)))
        said = Reply(f"{said.text}\n{where.text}")
    # Whoever has waited too long says so to a person; how it stands is told all the same.
    told = _turn(talk, found, (said,), said="waits" if waits else "")
    return dataclasses.replace(told, expects=talk.expects)


def _closed(talk: Talk, found: Case) -> Turn | None:
    until = found.reopens_until()
    if until is None or talk.now > until:
        return None
    for key, rating in RATINGS.items():
        if talk.pressed(key):
            buttons = ("button.reopen",) if rating < 0 else ()
            return _turn(
                talk, found, talk.offer("case.rated" if rating > 0 else "case.not_helped", *buttons), RateCase(found.number, rating)
            )
    if talk.pressed("button.reopen") or (_REOPEN.search(talk.text) and not talk.danger):
        draft = CaseDraft(
            found.priority, "resident:reopened", found.topics, found.city, found.district, reopens=found.number, telling=False
        )
        return dataclasses.replace(_turn(talk, found, talk.say("case.reopened", case=CASE)), case=draft)
    if talk.got.main == "service.status" and talk.got.action == "answer" and "cancel" not in talk.got.marks:
        return _turn(talk, found, talk.offer("case.is_closed", "button.reopen", case=found.number))
    return None


def _turn(talk: Talk, found: Case, replies: tuple[Reply, ...], *effects: Effect, said: str = "") -> Turn:
    """``said`` goes to whoever works on the case."""
    got = talk.got
    action: Action = "smalltalk" if got.action == "smalltalk" else "answer"
    known = dataclasses.replace(got, action=action, topics=_STATUS, alarms=())
    state = dataclasses.replace(talk.state, spoke=got.lang, traditional=got.traditional, asked=got.ask, updated_at=talk.now)
    draft = CaseDraft("P3", f"resident:{said}", (), found.city, found.district) if said else None
    return Turn(replies, state, draft, understanding=known, effects=effects)
