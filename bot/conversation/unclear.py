"""Not understood again: no question is asked twice in the same words. First a person is offered, then a case is opened."""

from __future__ import annotations

import dataclasses

from bot.compose import need_buttons
from bot.conversation.need import next_state
from bot.conversation.talk import Talk
from bot.model import CASE, CaseDraft, Turn
from intents.understanding import Scored

AGAIN = "again"
"""Among what was asked: that a person was offered."""
DECLINED = "decline"
_UNKNOWN = (Scored("other", 0.0),)


def unclear(talk: Talk) -> Turn | None:
    """A message that is not understood though the one before was not either, or though the question was asked in this conversation."""
    got, state = talk.got, talk.state
    key = _key(talk)
    if not key or (key not in state.puzzled and not (state.lost and key != DECLINED)):
        return None
    if key == DECLINED:
        return _said(talk, key, "decline.again")
    if AGAIN not in state.puzzled:
        return _said(talk, key, f"ask.again.{'which' if got.ask == 'which' else 'words'}")
    topics = tuple(topic for topic in state.needs(talk.now)[:3] if not topic.startswith("service.")) or ("other",)
    draft = CaseDraft("P3", f"unclear:{got.ask or 'words'}", topics, state.city, state.district)
    handed = dataclasses.replace(got, action="handoff", topics=_UNKNOWN, ask="", options=())
    there = dataclasses.replace(talk, got=handed)
    said = there.say("unclear.added" if talk.case else "unclear.recorded", case=CASE)
    after = dataclasses.replace(next_state(state, handed, talk.now), topics=state.topics)
    return counted(talk, Turn(said, after, draft, understanding=handed))


def counted(talk: Talk, turn: Turn) -> Turn:
    """What was asked is remembered, and how many messages in a row were not understood."""
    key = _key(talk)
    if key == DECLINED:
        puzzled = tuple(dict.fromkeys((*turn.state.puzzled, key)))
        return dataclasses.replace(turn, state=dataclasses.replace(turn.state, puzzled=puzzled))
    if not key:
        understood = talk.got.action in {"answer", "handoff", "emergency"}
        return dataclasses.replace(turn, state=dataclasses.replace(turn.state, lost=0)) if turn.state.lost and understood else turn
    puzzled = tuple(dict.fromkeys((*turn.state.puzzled, key)))
    return dataclasses.replace(turn, state=dataclasses.replace(turn.state, puzzled=puzzled, lost=turn.state.lost + 1))


def _key(talk: Talk) -> str:
    """What is asked because this message is not understood; empty where it is, or has no words."""
    if talk.incoming.kind not in {"text", "button"}:
        return ""
    action = talk.got.action
    return DECLINED if action == "decline" else talk.got.ask or "words" if action == "clarify" else ""


def _said(talk: Talk, key: str, text: str) -> Turn:
    got = talk.got
    options = got.options if got.ask == "which" else ()
    buttons = need_buttons(talk.replies, options, got.lang)
    said = talk.with_buttons(talk.say(text)[0], (*buttons, talk.button("button.person")))
    shown = got if options else dataclasses.replace(got, options=())
    # The buttons of the question before are still there to be pressed.
    state = next_state(talk.state, got, talk.now)
    turn = counted(talk, Turn(said, state, understanding=shown))
    puzzled = tuple(dict.fromkeys((*turn.state.puzzled, *(() if key == DECLINED else (AGAIN,)))))
    return dataclasses.replace(turn, state=dataclasses.replace(turn.state, puzzled=puzzled))
