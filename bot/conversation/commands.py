"""What a command says, as ``/word`` or in plain words. Danger goes first; an open case stays whatever is said."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Literal

from bot.conversation.cases import case
from bot.conversation.ladders import CAME
from bot.conversation.need import need
from bot.conversation.sites import came_from
from bot.conversation.talk import Talk
from bot.effects import ChangeReminder, Effect, NoLater, Wants
from bot.model import Button, Reply, Turn
from bot.state import State
from bot.texts import SITE_COMMANDS
from intents.understanding import Action, Scored, Understanding

URGENT = "urgent"
"""What was asked: who, what is wrong, where."""
Language = Literal["zh", "en"]


def command(talk: Talk) -> Turn | None:
    """Answer a command. What goes with it in words is read as what it is where the command takes none."""
    name = talk.command
    handler = _HANDLERS.get(name)
    return None if handler is None or talk.danger else handler(talk)


def urgent(talk: Talk) -> Turn | None:
    """What is said after the emergency command: it tells of the emergency, unless it clearly is something else."""
    got = talk.got
    if talk.state.asked != URGENT or got.action == "emergency" or "care.emergency" not in talk.state.needs(talk.now) or talk.command:
        return None
    someone = str(got.slots.get("patient", "")) not in {"", "self"}
    tells = got.action in {"clarify", "handoff"} or (got.action == "answer" and got.main.startswith("care."))
    if not (tells or (got.action == "smalltalk" and someone)) or not talk.text:
        return None
    return need(dataclasses.replace(talk, got=as_emergency(talk)))


def as_emergency(talk: Talk) -> Understanding:
    """What was understood, taken as an emergency."""
    return dataclasses.replace(talk.got, action="emergency", topics=(Scored("care.emergency", 1.0),), options=(), ask="")


def _start(talk: Talk) -> Turn:
    """Everything begins anew but the open case, what was chosen and what was offered."""
    before = talk.state
    state = State(
        lang=before.lang,
        spoke=before.spoke if talk.text.startswith("/") else talk.got.lang,
        traditional=before.traditional,
        offered=before.offered,
        case=talk.case,
        refused=before.refused if talk.case else (),
        # Its questions are not asked a second time, and whether help came still must be known.
        form=before.form if talk.case else (),
        asked=before.asked if before.asked == CAME else "",
        site=before.site,
    )
    state, keys, values = came_from(talk, state)
    return _turn(talk, _both(talk, "start", *keys, **values), state=state)


def _help(talk: Talk) -> Turn:
    said = _both(talk, "help", "help.commands")
    return _turn(talk, said)


def _both(talk: Talk, *keys: str, **more: str) -> tuple[Reply, ...]:
    """Sentences as one message; in both languages to somebody of whom none is known."""
    known = talk.incoming.lang or talk.state.lang or talk.state.spoke or not talk.text.startswith("/")
    values = {"date": talk.got.context.date.isoformat(), **more}
    langs = [talk.got.lang] if known else ["zh", "en"]
    said = tuple(Reply("\n".join(talk.replies.say(key, lang, **values) for key in keys)) for lang in langs)
    return talk.with_buttons(said[0], ()) if len(said) == 1 else said


def _district(talk: Talk) -> Turn:
    """Every district of the city as a button; the city first where none is known."""
    held = talk.replies.knowledge.cities
    slots = talk.got.slots
    if talk.rest and slots.get("district"):
        found = held[str(slots["city"])].districts[str(slots["district"])].name.in_(talk.got.lang)
        state = dataclasses.replace(talk.state, city=str(slots["city"]), district=str(slots["district"]), elsewhere=False)
        return _turn(talk, talk.say("district.set", district=found), state=state, action="answer", topic="other")
    city = held.get(str(slots.get("city", "")) or talk.state.city)
    names = [one.name.in_(talk.got.lang) for one in (city.districts.values() if city else held.values())]
    (plain,) = talk.say("ask.district" if city else "ask.city")
    said = talk.with_buttons(plain, tuple(Button(name, name) for name in names))
    asked = "district" if city else "city"
    return _turn(talk, said, state=dataclasses.replace(talk.state, asked=asked), action="clarify", topic="other", ask=asked)


def _emergency(talk: Talk) -> Turn:
    """What to do at once. A tap alone opens no case: it would stand before those who told what is wrong, and nobody could act on it.
    The next words belong to the emergency and open it; so do words that come with the command."""
    # The bare word belongs to nothing of before: all that is to be done is told.
    got = dataclasses.replace(as_emergency(talk), carried=False)
    if talk.rest:
        return need(dataclasses.replace(talk, got=got))
    said = talk.replies.compose(got, case_number=None, now=talk.now)
    topics = tuple(dict.fromkeys(("care.emergency", *talk.state.needs(talk.now))))[:4]
    # The next words are not a question's answer: danger goes before what was asked, but for whether help came.
    asked = CAME if talk.state.asked == CAME else URGENT
    state = dataclasses.replace(talk.state, topics=topics, asked=asked, updated_at=talk.now)
    return Turn((*said, *talk.say("emergency.say")), state, understanding=got)


def _case(talk: Talk) -> Turn:
    """How the case stands."""
    got = dataclasses.replace(talk.got, action="answer", topics=(Scored("service.status", 1.0),), marks=frozenset(), ask="")
    told = case(dataclasses.replace(talk, got=got))
    return told or _turn(talk, talk.offer("case.none", "button.person"), action="answer", topic="service.status")


def _stop(talk: Talk) -> Turn:
    """Whoever writes this is not asked any more whether help came; the case itself stays."""
    state = dataclasses.replace(talk.state, asked="")
    said = talk.say("stop.case", case=talk.case) if talk.case else talk.say("stop")
    return _turn(
        talk, said, NoLater(CAME), ChangeReminder(0, "done"), Wants("*", False), state=state, action="answer", topic="service.reminder"
    )


def _language(talk: Talk) -> Turn:
    """The other language, or the one named with it; it stays until another is chosen."""
    named = talk.replies.meant(talk.rest).removeprefix("language.")
    other: Language = "zh" if talk.got.lang == "en" else "en"
    return _speak(talk, "zh" if named == "zh" else "en" if named == "en" else other)


def _speak(talk: Talk, lang: Language) -> Turn:
    if talk.incoming.lang and talk.incoming.lang != lang:
        return _turn(talk, talk.say("language.fixed"))
    there = dataclasses.replace(talk, got=dataclasses.replace(talk.got, lang=lang, traditional=talk.got.traditional and lang == "zh"))
    said = there.offer("language.set", "button.language.zh" if lang == "en" else "button.language.en")
    return _turn(there, said, state=dataclasses.replace(talk.state, lang=lang))


def _elsewhere(talk: Talk) -> Turn:
    """What is for a group only."""
    return _turn(talk, talk.say("site.in_group"))


def _turn(
    talk: Talk,
    replies: tuple[Reply, ...],
    *effects: Effect,
    state: State | None = None,
    action: Action = "smalltalk",
    topic: str = "smalltalk",
    ask: str = "",
) -> Turn:
    got = dataclasses.replace(talk.got, action=action, topics=(Scored(topic, 1.0),), ask=ask, options=())
    after = dataclasses.replace(state or talk.state, updated_at=talk.now)
    return Turn(replies, after, understanding=got, effects=effects)


_HANDLERS: Mapping[str, Callable[[Talk], Turn]] = {
    "start": _start,
    "help": _help,
    "district": _district,
    "emergency": _emergency,
    "case": _case,
    "stop": _stop,
    "language": _language,
    **dict.fromkeys(SITE_COMMANDS, _elsewhere),
    "language.zh": lambda talk: _speak(talk, "zh"),
    "language.en": lambda talk: _speak(talk, "en"),
}
