"""What residents tell of our answers: useful or not, by one tap; and what they pick where a message was not clear."""

from __future__ import annotations

import dataclasses

from bot.conversation.noanswer import BUDGET, asks
from bot.conversation.talk import Talk
from bot.effects import Judge, Pick
from bot.model import Reply, Turn
from bot.state import THIS
from intents.understanding import Scored

VALUES = {"button.useful": 1, "button.useless": -1}
_TALK = (Scored("smalltalk", 1.0),)
_NO_NEED = ("service.", "smalltalk", "other", "out_of_scope", "care.emergency")


def asked_useful(talk: Talk, turn: Turn) -> Turn:
    """Two buttons below an answer to a need, the least needed ones; not twice in a row about the same."""
    got, state = turn.understanding, turn.state
    if got is None or got.action != "answer" or got.main.startswith(_NO_NEED) or not turn.replies:
        return turn
    same = bool(state.answer) and state.answer[0][:1] == (got.main,)
    # What stands below the answer in a message of its own is a question too; a mere repeat of the first step has no buttons.
    asked = asks(turn) or any(reply.buttons for reply in turn.replies[1:]) or not turn.replies[-1].buttons
    if asked or same or len(turn.replies[0].buttons) + len(VALUES) > BUDGET:
        return turn
    (plain,) = talk.with_buttons(Reply(""), tuple(talk.button(key) for key in VALUES))
    topics = tuple(topic.id for topic in got.topics)
    about = (topics, tuple(f"{cited.directive}/{cited.provision}" for cited in got.citations))
    last = turn.replies[-1]
    replies = (*turn.replies[:-1], dataclasses.replace(last, buttons=(*last.buttons, *plain.buttons)))
    return dataclasses.replace(turn, replies=replies, state=dataclasses.replace(state, answer=about, answered=THIS))


def judged(talk: Talk) -> Turn | None:
    """One of the two buttons. In words they may mean something else: it was no use, so a person must act."""
    value = next((value for key, value in VALUES.items() if talk.pressed(key)), 0)
    plain = value > 0 or talk.got.lang == "en"  # 没用 is a call for help as well
    if not value or talk.danger or (talk.incoming.kind != "button" and not (plain and talk.state.answered)):
        return None
    state = talk.state
    about = state.answer if state.answered else ()
    effects = (Judge(state.answered, about[0], about[1], value),) if len(about) == 2 else ()
    said = talk.say("useful.thanks") if value > 0 else talk.offer("useful.not", "button.person")
    got = dataclasses.replace(talk.got, action="smalltalk", topics=_TALK, ask="", options=(), alarms=(), carried=False)
    # It is told once; what it was about is still known, so that the same is not asked again at once.
    after = dataclasses.replace(state, answered=0, updated_at=talk.now)
    return Turn(said, after, understanding=got, effects=effects)


def picked(talk: Talk, turn: Turn) -> Turn:
    """Evidence for the review of unclear messages: which of the offered topics the next message names."""
    state, topics = talk.state, talk.replies.knowledge.topics if talk.state.options else {}
    words = talk.text.casefold()
    for topic in state.options if state.unclear else ():
        if topic in topics and words in {topics[topic].name.in_(lang).casefold() for lang in ("zh", "en")}:
            return dataclasses.replace(turn, effects=(*turn.effects, Pick(state.unclear, topic)))
    return turn
