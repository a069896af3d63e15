"""What a person of the staff writes to a resident, and what the resident writes back: it goes to the case, not to the bot."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json

from bot.conversation.answers import brief
from bot.conversation.cases import RATINGS
from bot.conversation.need import need
from bot.conversation.talk import Talk
from bot.effects import Answered, CloseCase, Effect, NoLater
from bot.model import CASE, CaseDraft, Reply, Turn
from intents.understanding import Scored

TALKS = dt.timedelta(hours=24)
"""So long after a person wrote, what the resident writes is taken for an answer to them."""
LONGEST = 200
"""Characters of an answer that stand with the case; all of it stands in the conversation."""
_STATUS = (Scored("service.status", 1.0),)
_ASKING = ("?", "？", "吗", "嗎", "呢", "怎么", "怎麼", "哪", "what", "where", "how", "when", "which")


def staff(talk: Talk, detail: str) -> Turn | None:
    """What was done at the desk (:mod:`bot.desk`) reaches the resident; a close or a reopening only while there is anything to do.

    An answer always does, whatever the conversation has come to in the meantime: the desk knows whose the case is.
    """
    done = json.loads(detail)
    number, by = int(done["case"]), str(done["by"])
    known = talk.known.case
    found = known if known is not None and known.number == number else None
    if done["do"] == "answer":
        return _said(talk, talk.offer("staff.says", case=number, text=done["text"]), Answered(number, by))
    if done["do"] == "close" and (found is None or found.status == "open"):
        said = talk.offer("staff.closed", *RATINGS, "button.reopen", case=number)
        return _said(talk, said, Answered(number, by), CloseCase(number, f"staff:{done['why']}"), NoLater("came"))
    if done["do"] == "reopen" and found is not None and found.status == "closed":
        draft = CaseDraft(found.priority, f"staff:reopened:{by}", found.topics, found.city, found.district, reopens=number, telling=False)
        return dataclasses.replace(_said(talk, talk.say("staff.reopened", case=number)), case=draft)
    return None


def _said(talk: Talk, replies: tuple[Reply, ...], *effects: Effect) -> Turn:
    got = dataclasses.replace(talk.got, action="answer", topics=_STATUS)
    # A question of the form that stood would take the answer to the person for its own.
    state = dataclasses.replace(talk.state, asked="", staff_at=talk.now)
    return Turn(replies, state, understanding=got, effects=effects)


def answer_to_staff(talk: Talk) -> Turn | None:
    """What is written after a person of the staff wrote. Danger goes first, and a question of its own is answered as well as passed on."""
    since = talk.state.staff_at
    if not talk.case or since is None or talk.now - since > TALKS or talk.danger or not talk.text:
        return None
    got = talk.got
    asks = any(sign in talk.text.casefold() for sign in _ASKING) or "asks_on" in got.marks
    own = got.action in {"answer", "handoff", "emergency"} and not got.carried and (asks or not brief(talk.text))
    # What the case is about stays its words: "flat 3" or "all right" says nothing to whoever looks at the queue.
    facts = (("answer", talk.text[:LONGEST]),)
    draft = CaseDraft("P3", "resident:answered", (), talk.state.city, talk.state.district, facts=facts, telling=False)
    if own:
        turn = need(talk)
        return turn if turn.case is not None else dataclasses.replace(turn, case=draft)
    # "The south gate" is where they meet, and no other district.
    place = {"city": talk.state.city, "district": talk.state.district}
    slots = {**got.slots, **{name: value for name, value in place.items() if value}}
    known = dataclasses.replace(got, action="answer", topics=_STATUS, alarms=(), slots=slots)
    state = dataclasses.replace(talk.state, spoke=got.lang, traditional=got.traditional, updated_at=talk.now)
    return Turn(talk.say("staff.passed_on", case=CASE), state, draft, understanding=known)
