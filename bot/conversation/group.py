"""What is said in a group: briefly, to everybody who reads it, and nothing of anybody. The rest goes on in the private chat.

No questions, no buttons, no list of people at risk, nothing of what is kept: others read all of it, and press what they see.
"""

from __future__ import annotations

import dataclasses

from bot.conversation.commands import as_emergency
from bot.conversation.ladders import came_in_group
from bot.conversation.need import UNREADABLE, need
from bot.conversation.sites import about_site
from bot.conversation.talk import Talk
from bot.heed import in_need
from bot.model import CASE, CaseDraft, Reply, Turn
from bot.priority import priority_of
from bot.state import State
from intents.understanding import Action, Scored

URGENT = {"zh": 200, "en": 420}
"""Characters of an emergency's answer: its first lines, whole; with the case and the way to us below 600."""
CALM = {"zh": 110, "en": 260}
"""Characters of any other answer."""
_SHORT = frozenset({"yes", "no", "unknown"})
"""Short answers to questions, which nobody is asked in a group."""
_GAP = "\n\n"
_TALK = frozenset({"smalltalk", "out_of_scope"})


def in_group(talk: Talk) -> Turn | None:
    """What a message in a group comes to; None where it is none, or nobody has said it: the moment itself asks."""
    if not talk.incoming.group or talk.incoming.kind == "due":
        return None
    if talk.danger:
        return _brief(talk, need(talk))
    if (turn := came_in_group(talk)) is not None:
        return turn
    name = talk.command
    if name == "emergency":
        there = dataclasses.replace(talk, got=as_emergency(talk))
        return _brief(there, need(there)) if talk.rest else _turn(there, _first(there), action="emergency", topic="care.emergency")
    turn = about_site(talk, name)
    if turn is not None:
        return turn
    if name in {"start", "help"} or (not name and not talk.text and talk.incoming.kind not in UNREADABLE):
        return _turn(talk, _help(talk))
    if name in _SHORT:  # to whom in a group nobody can tell
        return _turn(talk, ())
    if name or talk.got.main in {"service.privacy", "service.status", "service.reminder"}:
        return _turn(talk, (*talk.say("group.elsewhere"), *_privately(talk)), action="answer", topic="service.privacy")
    if talk.incoming.kind in UNREADABLE and not talk.text:
        return _turn(talk, (*talk.say("group.words"), *_privately(talk)), action="clarify", topic="other")
    return _need(talk)


def _need(talk: Talk) -> Turn:
    got = talk.got
    if got.action == "smalltalk":
        greets = got.ask in {"", "hello"}
        return _turn(talk, _help(talk) if greets else talk.replies.compose(got, case_number=None, now=talk.now, phones=talk.known.phones))
    if got.action == "decline":
        return _turn(talk, _first(talk), action="decline", topic="out_of_scope")
    if got.action == "clarify":
        return _turn(talk, (*talk.say("group.unclear"), *_privately(talk)), action="clarify", topic=got.main)
    turn = need(talk)
    if turn.case is None and talk.known.site is not None and in_need(got):
        # The site's people bring medicine and send the vehicle: it is theirs to see, though the rule answers it.
        level, reason = priority_of(dataclasses.replace(got, action="handoff"))
        topics = tuple(topic.id for topic in got.topics if topic.id not in _TALK)
        place = str(got.slots.get("city", "")), str(got.slots.get("district", ""))
        turn = dataclasses.replace(turn, case=CaseDraft(level, reason.replace("handoff", "group", 1), topics, *place))
    return _brief(talk, turn)


def _brief(talk: Talk, turn: Turn) -> Turn:
    """The first lines in full strength, the case's number, and where to go on."""
    said = [*_first(talk)]
    if turn.case is not None:
        key = "group.case" if not talk.case else "group.added.taken" if talk.taken else "group.added"
        said += talk.say(key, case=CASE)
    return dataclasses.replace(turn, replies=_joined((*said, *_privately(talk))), state=_quiet(turn.state))


def _help(talk: Talk) -> tuple[Reply, ...]:
    more = "group.help.site" if talk.known.site is not None else "group.help.none"
    return (*talk.say("group.help"), *talk.say(more), *_privately(talk))


def _first(talk: Talk) -> tuple[Reply, ...]:
    """The first paragraphs of the answer, or at least the first lines of the first."""
    most = (URGENT if talk.got.action == "emergency" else CALM)[talk.got.lang]
    got = dataclasses.replace(talk.got, ask="", options=())
    text = _GAP.join(reply.text for reply in talk.replies.compose(got, case_number=None, now=talk.now, phones=talk.known.phones))
    for mark in (_GAP, "\n"):
        kept = ""
        for part in text.split(mark):
            longer = f"{kept}{mark}{part}" if kept else part
            if len(longer) > most:
                break
            kept = longer
        if kept:
            return (Reply(kept),)
    return (Reply(text[:most]),)


def _privately(talk: Talk) -> tuple[Reply, ...]:
    """Where nobody else reads it; the link says which site somebody comes from."""
    bot, site = talk.known.bot, talk.known.site
    if not bot:
        return talk.say("group.private")
    return talk.say("group.link", link=f"https://t.me/{bot}" + (f"?start=site_{site.number}" if site is not None else ""))


def _joined(replies: tuple[Reply, ...]) -> tuple[Reply, ...]:
    return (Reply(_GAP.join(reply.text for reply in replies)),) if replies else ()


def _quiet(state: State) -> State:
    """Nothing was asked."""
    return dataclasses.replace(state, asked="", register=())


def _turn(talk: Talk, replies: tuple[Reply, ...], *, action: Action = "smalltalk", topic: str = "smalltalk") -> Turn:
    got = dataclasses.replace(talk.got, action=action, topics=(Scored(topic, 1.0),), ask="", options=())
    state = dataclasses.replace(_quiet(talk.state), spoke=talk.got.lang, traditional=talk.got.traditional, updated_at=talk.now)
    return Turn(_joined(replies), state, understanding=got)
