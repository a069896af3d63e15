"""People at risk, put down with their consent: offered once after an answer, then one question at a time.

The entry is there from the consent on; the questions only add to it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from bot.conversation.answers import SHORT_NAME
from bot.conversation.days import day
from bot.conversation.talk import Talk
from bot.effects import Effect, Register, Unregister
from bot.model import DATA, Button, Person, Reply, Turn
from bot.person import Entry
from bot.state import State
from intents.understanding import Action, Scored
from intents.whose import KIN

GROUPS = ("dialysis", "oncology", "pregnant", "newborn", "alone")
OF_TOPIC: Mapping[str, str] = {
    "care.dialysis": "dialysis",
    "care.oncology": "oncology",
    "care.maternity": "pregnant",
    "care.newborn": "newborn",
}
PREFIX = "register."
SKIPPED = "-"
LONGEST = 24
"""Characters of an answer; more is a message of its own."""
_ASKS = ("?", "？", "吗", "嗎", "呢", "怎么", "怎麼", "哪", "where", "how", "what", "which")
_ILL = ("care.", "medicine.")
_PATIENTS = ("self", "family")
_TOPICS = {group: topic for topic, group in OF_TOPIC.items()}


def offered(talk: Talk, turn: Turn) -> Turn:
    """One button below an answer about such a need, once for each group; never below a question or in an emergency."""
    got = turn.understanding
    # Without a city the answer ends with a question already.
    quiet = got is not None and got.action == "answer" and bool(got.slots.get("city")) and not turn.state.asked
    if got is None or not quiet or not turn.replies:
        return turn
    group = _group(talk, tuple(topic.id for topic in got.topics[:2]))
    if not group or group in turn.state.offered:
        return turn
    (button,) = talk.with_buttons(Reply(""), (talk.button(f"button.register.{group}"),))[0].buttons
    last = turn.replies[-1]
    replies = (*turn.replies[:-1], dataclasses.replace(last, buttons=(*last.buttons, button)))
    return dataclasses.replace(turn, replies=replies, state=dataclasses.replace(turn.state, offered=(*turn.state.offered, group)))


def _group(talk: Talk, topics: tuple[str, ...]) -> str:
    found = next((OF_TOPIC[topic] for topic in topics if topic in OF_TOPIC), "")
    ill = any(topic.startswith(_ILL) for topic in topics)
    return found or ("alone" if ill and talk.replies.alone(talk.text) else "")


def register(talk: Talk) -> Turn | None:
    """Our own buttons are no emergency, whatever their words; else danger goes before every question of ours."""
    for group in GROUPS:
        if talk.pressed(f"button.register.{group}"):
            return _consent(talk, group)
    asked, about = talk.state.asked, talk.state.register
    waits = asked.startswith(PREFIX) and len(about) == 2
    if waits and (turn := _pressed(talk, asked.removeprefix(PREFIX))):
        return turn
    if talk.danger:
        return None
    name = talk.command
    if name == "register":
        return _turn(talk, talk.offer("register.which", *(f"button.register.{group}" for group in GROUPS)), action="clarify")
    if name == "register.show":
        return dataclasses.replace(_turn(talk, (Reply(DATA),)), about=lambda person: told(talk, person))
    if name == "register.off":
        return _turn(talk, talk.say("register.off"), Unregister(), state=dataclasses.replace(talk.state, register=(), asked=""))
    return _answered(talk, asked.removeprefix(PREFIX), name) if waits and talk.got.action != "emergency" else None


def told(talk: Talk, person: Person) -> str:
    """Whom the chat has put down, and how to take them off."""
    if not person.entries:
        return talk.say("register.none")[0].text
    return talk.say("register.shown", lines="\n".join(f"· {entry_line(talk, entry)}" for entry in person.entries))[0].text


def entry_line(talk: Talk, entry: Entry) -> str:
    """An entry in words."""
    say, lang = talk.replies.say, talk.got.lang
    city = talk.replies.knowledge.cities.get(entry.city)
    district = city.districts.get(entry.district) if city else None
    parts = [say(f"register.group.{entry.group}", lang), say(f"register.group.{entry.patient}", lang)]
    parts += [district.name.in_(lang)] if district else []
    parts += [say("register.next", lang, day=entry.next_on or entry.next_words)] if entry.next_words not in {"", SKIPPED} else []
    return (", " if lang == "en" else "，").join(parts)


def _consent(talk: Talk, group: str) -> Turn:
    name = talk.replies.say(f"register.group.{group}", talk.got.lang)
    buttons = ("button.register.self", "button.register.family", "button.register.no")
    said = talk.offer("register.consent", *buttons, group=name)
    state = dataclasses.replace(talk.state, asked=f"{PREFIX}consent", register=(group, ""), offered=_also(talk.state.offered, group))
    return _turn(talk, said, state=state, action="clarify")


def _also(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    return names if name in names else (*names, name)


def _pressed(talk: Talk, question: str) -> Turn | None:
    """A button of the question that stands."""
    group, _ = talk.state.register
    if question == "consent":
        chosen = next((name for name in _PATIENTS if talk.pressed(f"button.register.{name}")), "")
        return _put_down(talk, group, chosen) if chosen else _left(talk) if talk.pressed("button.register.no") else None
    if talk.pressed("button.register.cancel"):
        return _left(talk)
    return _next(talk, question, SKIPPED) if talk.pressed("button.form.skip") else None


def _answered(talk: Talk, question: str, name: str) -> Turn | None:
    """The question answered in words; None where the message is about something else, which ends the questions."""
    if name == "no":
        return _left(talk)
    if question == "consent":
        # Who agrees in a word has said so of whom the conversation was about.
        family = any(KIN.search(words.casefold()) for words in talk.state.said)
        patient = "family" if family or str(talk.got.slots.get("patient", "")) not in {"", "self"} else "self"
        if name != "yes" and len(talk.text) <= SHORT_NAME and KIN.search(talk.text.casefold()):
            # Whom it is for is told; that it may be kept is not.
            return _turn(talk, talk.offer("register.again", "button.register.family", "button.register.no"), action="clarify")
        return _put_down(talk, talk.state.register[0], patient) if name == "yes" else None
    if name == "unknown":
        return _next(talk, question, SKIPPED)
    if len(talk.text) > LONGEST or any(sign in talk.text.casefold() for sign in _ASKS):
        return None
    if question in {"city", "district"}:
        return _next(talk, question, "told") if talk.got.slots.get(question) else None
    # Only a day is an answer: the need itself may be written about again at any time.
    found = day(talk.text, talk.got.context.date)
    return _next(talk, question, talk.text, found.isoformat()) if found else None


def _put_down(talk: Talk, group: str, patient: str) -> Turn:
    there = dataclasses.replace(talk, state=dataclasses.replace(talk.state, register=(group, patient)))
    return _ask(there, Entry(group, patient, *_place(talk)), "consent")


def _place(talk: Talk) -> tuple[str, str]:
    slots = talk.got.slots
    city = str(slots.get("city", "")) or talk.state.city
    return city, str(slots.get("district", "")) or talk.state.district


def _next(talk: Talk, question: str, value: str, on: str = "") -> Turn:
    """An answer is kept, and the next question asked."""
    group, patient = talk.state.register
    city, district = _place(talk)
    if question in {"city", "district"}:
        skipped = value == SKIPPED
        return _ask(talk, Entry(group, patient, city, "" if skipped else district), "district" if skipped else question)
    return _done(talk, Entry(group, patient, next_on=on, next_words=value))


def _ask(talk: Talk, entry: Entry, after: str) -> Turn:
    """The next question that is not answered yet; ``after`` is the one that was answered or skipped."""
    question = "next" if entry.district or after == "district" else "district" if entry.city else "city"
    if question == "next" and entry.group == "alone":
        return _done(talk, entry)
    held = talk.replies.knowledge.cities
    places = held.values() if question == "city" else held[entry.city].districts.values() if question == "district" else ()
    names = [place.name.in_(talk.got.lang) for place in places]
    buttons = [Button(name, name) for name in names]
    (plain,) = talk.say({"city": "ask.city", "district": "register.ask.district", "next": "register.ask.next"}[question])
    said = talk.with_buttons(plain, (*buttons, talk.button("button.form.skip"), talk.button("button.register.cancel")))
    state = dataclasses.replace(talk.state, asked=PREFIX + question, city=entry.city, district=entry.district)
    return _turn(talk, said, Register(entry), state=state, action="clarify")


def _done(talk: Talk, entry: Entry) -> Turn:
    """Everything was asked: what is kept is said."""
    state = dataclasses.replace(talk.state, asked="", register=())
    turn = _turn(talk, (Reply(DATA),), Register(entry), state=state)

    def about(person: Person) -> str:
        lines = "\n".join(f"· {entry_line(talk, one)}" for one in person.entries)
        return talk.say("register.done", lines=lines)[0].text

    return dataclasses.replace(turn, about=about)


def _left(talk: Talk) -> Turn:
    """Nothing of it is kept."""
    group, patient = talk.state.register
    effects = (Unregister(group, patient),) if patient else ()
    return _turn(talk, talk.say("register.left"), *effects, state=dataclasses.replace(talk.state, asked="", register=()))


def _turn(talk: Talk, replies: tuple[Reply, ...], *effects: Effect, state: State | None = None, action: Action = "answer") -> Turn:
    after = state or talk.state
    topic = _TOPICS.get(after.register[0] if after.register else talk.state.register[0] if talk.state.register else "", "service.privacy")
    got = dataclasses.replace(talk.got, action=action, topics=(Scored(topic, 1.0),), ask="", options=(), alarms=())
    after = dataclasses.replace(after, spoke=talk.got.lang, traditional=talk.got.traditional, updated_at=talk.now)
    return Turn(replies, after, understanding=got, effects=effects)
