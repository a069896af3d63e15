"""Turned away: which hospitals it was, remembered and marked in the case, so that the next one named is another."""

from __future__ import annotations

import dataclasses

from bot.conversation.talk import Talk
from bot.model import LIST, Reply, Turn
from bot.places import hospitals, in_words
from intents.directory import choose_facilities
from intents.understanding import Scored

TOPIC = "care.refused"
GATE = "transport.closed_loop"
MOST = 8
"""So many hospitals are remembered."""


def turned_away(topics: tuple[str, ...]) -> bool:
    """Whether a case is about somebody whom a hospital has turned away, more than about a gate that does not let them out."""
    return next((topic for topic in topics if topic in {TOPIC, GATE}), "") == TOPIC


def heard(talk: Talk) -> Talk:
    """A hospital that turns somebody away and is named is for a person to act on, however the message asks."""
    got = talk.got
    now = got.action == "answer" and got.refused and got.slots.get("incident") is True
    if not now or TOPIC not in {topic.id for topic in got.topics}:
        return talk
    return dataclasses.replace(talk, got=dataclasses.replace(got, action="handoff"))


def refused(talk: Talk, reopens: int) -> tuple[str, ...]:
    """The hospitals that have turned the patient away: those of before, while the case is the same, and the message's own."""
    before = talk.state.refused if talk.case or reopens else ()
    return tuple(dict.fromkeys((*before, *talk.got.refused)))[-MOST:]


def taken_back(turn: Turn, told: str) -> Turn:
    """What was told of the hospital is to be changed: it counts no longer."""
    kept = tuple(name for name in turn.state.refused if name not in told.split(LIST))
    return dataclasses.replace(turn, state=dataclasses.replace(turn.state, refused=kept))


def elsewhere(talk: Talk, turn: Turn, told: str) -> Turn:
    """The hospital is told on being asked: it is marked in the case, and the way to another follows."""
    names = tuple(told.split(LIST))
    known = tuple(dict.fromkeys((*talk.state.refused, *names)))[-MOST:]
    draft = dataclasses.replace(turn.case, hospital=LIST.join(known)) if turn.case else None
    replies = (*_others(talk, names, known), *turn.replies)
    return dataclasses.replace(turn, replies=replies, state=dataclasses.replace(turn.state, refused=known), case=draft)


def _others(talk: Talk, names: tuple[str, ...], known: tuple[str, ...]) -> tuple[Reply, ...]:
    """Hospitals to ask in place of those just told, where we had named one of them; else nothing."""
    got, knowledge = talk.got, talk.replies.knowledge
    city = knowledge.cities.get(str(got.slots.get("city", "")))
    topics = [topic for topic in talk.state.topics if topic in knowledge.topics]
    if city is None or not topics:
        return ()
    slots = {**got.slots, "district": talk.state.district}  # the hospital's name is not where the patient lives
    needs = [need for topic in topics for need in knowledge.topics[topic].needs]
    before, _ = choose_facilities(city, topics, needs, slots, got.context, got.context.refused)
    after, _ = choose_facilities(city, topics, needs, slots, got.context, known)
    if not after or not set(names) & {facility.name for facility in before}:
        return ()
    asked = dataclasses.replace(got, slots=slots, facilities=after, topics=tuple(Scored(topic, 1.0) for topic in topics))
    block = hospitals(talk.replies, asked, talk.known.phones)
    (noted,) = talk.say("form.instead", hospital=in_words(talk.replies, got.lang, names))
    return talk.with_buttons(Reply("\n".join([noted.text, *block])), ())
