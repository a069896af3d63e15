"""What is kept about the person: told on request, and deleted after a confirmation."""

from __future__ import annotations

import dataclasses
import datetime as dt

from bot.clock import CITY_TIME
from bot.conversation import remind_words
from bot.conversation.form import LEFT, shown
from bot.conversation.register import entry_line
from bot.conversation.talk import Talk
from bot.effects import Effect, Forget
from bot.model import DATA, LIST, Case, Message, Person, Reply, Turn
from bot.places import in_words
from bot.state import State
from intents.understanding import Action, Scored

ASKED = "forget"
_PRIVACY = (Scored("service.privacy", 1.0),)


def mydata(talk: Talk) -> Turn | None:
    """Tell what is kept, or delete it. Our own buttons are no emergency; else danger goes first."""
    asked = talk.state.asked == ASKED
    if asked and talk.pressed("button.forget.yes"):
        return _forget(talk)
    if asked and talk.pressed("button.forget.no"):
        return _kept(talk)
    if talk.danger:
        return None
    name = talk.command
    if name == "mydata":
        return dataclasses.replace(_turn(talk, (Reply(DATA),)), about=lambda person: told(talk, person))
    if name == "forget" or talk.pressed("button.forget.yes"):
        return _ask(talk)
    if asked and (name == "no" or "keep" in talk.got.marks):
        return _kept(talk)
    if asked and name == "yes":
        # What somebody works on is not deleted by a bare "yes", which may have been meant for something else.
        return _ask(talk) if talk.case else _forget(talk)
    return None


def _ask(talk: Talk) -> Turn:
    found = talk.known.case
    key = "forget.ask" if not talk.case else "forget.ask.urgent" if found is not None and found.priority == "P0" else "forget.ask.case"
    # Last: a fragment still belongs to the need of before.
    topics = tuple(dict.fromkeys((*talk.state.needs(talk.now)[:3], "service.privacy")))
    said = talk.offer(key, "button.forget.yes", "button.forget.no", case=talk.case)
    return _turn(talk, said, state=dataclasses.replace(talk.state, asked=ASKED, topics=topics), action="clarify")


def _kept(talk: Talk) -> Turn:
    return _turn(talk, talk.say("service.privacy.kept"), state=dataclasses.replace(talk.state, asked=""))


def _forget(talk: Talk) -> Turn:
    """The person is a stranger again; of an open case the number and the kind are known: it can be asked about, closed and added to."""
    found = talk.known.case
    left = State(case=talk.case, topics=found.topics[:4] if found else (), updated_at=talk.now) if talk.case else State()
    said = talk.say("forget.done.case", case=talk.case) if talk.case else talk.say("forget.done")
    turn = _turn(talk, said, Forget(), state=left)
    slots = {"incident": False}
    return dataclasses.replace(turn, understanding=dataclasses.replace(talk.got, action="answer", topics=_PRIVACY, slots=slots, alarms=()))


def _turn(talk: Talk, replies: tuple[Reply, ...], *effects: Effect, state: State | None = None, action: Action = "answer") -> Turn:
    got = dataclasses.replace(talk.got, action=action, topics=_PRIVACY, ask="", options=(), alarms=())
    fresh = any(isinstance(effect, Forget) for effect in effects)
    after = state or talk.state
    after = after if fresh else dataclasses.replace(after, spoke=talk.got.lang, traditional=talk.got.traditional, updated_at=talk.now)
    return Turn(replies, after, understanding=got, effects=effects)


def told(talk: Talk, person: Person) -> str:
    """Everything kept about a person, as a text to read."""
    say, lang = talk.replies.say, talk.got.lang
    parts = [say("mydata.head", lang), "\n".join([say("mydata.state", lang), *_remembered(talk)])]
    cases = [_case_lines(talk, case) for case in person.cases]
    parts.append("\n".join([say("mydata.cases", lang), *(cases or [say("mydata.none", lang)])]))
    entries = [f"· {entry_line(talk, entry)}" for entry in person.entries]
    parts.append("\n".join([say("mydata.register", lang), *(entries or [say("mydata.none", lang)])]))
    reminders = [f"· {line}" for line in remind_words.lines(talk, person)]
    parts += ["\n".join([say("mydata.reminders", lang), *reminders])] if reminders else []
    notices = _notices(talk, person)
    parts += ["\n".join([say("mydata.notices", lang), *notices])] if notices else []
    lines = [_line(talk, line) for line in person.lines]
    parts.append("\n".join([say("mydata.lines", lang), *(lines or [say("mydata.none", lang)])]))
    if person.notes:
        parts.append("\n".join([say("mydata.notes", lang), *(f"{_time(note.at)} {note.text}" for note in person.notes)]))
    parts += [say("mydata.moments", lang, count=person.moments)] if person.moments else []
    parts += [say("mydata.reports", lang, count=person.reports)] if person.reports else []
    parts.append(say("mydata.end", lang))
    return "\n\n".join(parts)


def _notices(talk: Talk, person: Person) -> list[str]:
    """What is kept to choose who is sent a notice, and what they said of notices."""
    say, lang = talk.replies.say, talk.got.lang
    city, district, zone = person.place
    about = [*_place(talk, city, district), *([say(f"button.zone.{zone}", lang)] if talk.replies.has(f"button.zone.{zone}") else [])]
    known = talk.replies.knowledge.topics
    asked = [known[topic].name.in_(lang) for topic in person.topics if topic in known]
    found = [f"· {', '.join([*about, *asked])}"] if about or asked else []
    for kind, wants in person.preferences.items():
        name = say("mydata.all_kinds", lang) if kind == "*" else say(f"cast.kind.{kind}", lang)
        found.append(f"· {say('mydata.wants' if wants else 'mydata.left', lang, kind=name)}")
    return found + ([f"· {say('mydata.broadcasts', lang, count=person.broadcasts)}"] if person.broadcasts else [])


def _remembered(talk: Talk) -> list[str]:
    """What the conversation remembers, in words."""
    state, lang, held = talk.state, talk.got.lang, talk.replies.knowledge
    say, has = talk.replies.say, talk.replies.has
    values = [
        *_place(talk, state.city, state.district),
        say(f"button.zone.{state.zone}", lang) if has(f"button.zone.{state.zone}") else "",
        say(f"form.patient.{state.patient}", lang) if has(f"form.patient.{state.patient}") else "",
        *(held.topics[topic].name.in_(lang) for topic in state.topics if topic in held.topics),
        say("mydata.refused", lang, hospital=in_words(talk.replies, lang, state.refused)) if state.refused else "",
        say(f"button.language.{state.lang}", lang) if state.lang else "",
        *(f"{_name(talk, name)}: {value}" for name, value in state.shared),
        talk.known.site.name if talk.known.site is not None else "",
    ]
    return [f"· {value}" for value in values if value] or [say("mydata.none", lang)]


def _case_lines(talk: Talk, case: Case) -> str:
    say, lang = talk.replies.say, talk.got.lang
    names = [found.name.in_(lang) for topic in case.topics if (found := talk.replies.knowledge.topics.get(topic))]
    status = say(f"mydata.{case.status}", lang)
    head = say("mydata.case", lang, case=case.number, status=status, opened=_time(case.opened_at))
    told = [f"  {_name(talk, name)}: {shown(talk, name, value)}" for name, value in case.facts if name != LEFT]
    about = ", ".join([*names, *_place(talk, case.city, case.district)])
    words = [f"  {case.words}"] if case.words else []
    if case.hospital:
        words.append(f"  {say('mydata.refused', lang, hospital=in_words(talk.replies, lang, case.hospital.split(LIST)))}")
    return "\n".join([f"· {head}", *([f"  {about}"] if about else []), *words, *told])


def _name(talk: Talk, fact: str) -> str:
    """What a fact of a case is; of those that there are several of by number, without it."""
    return talk.replies.say(f"form.name.{fact.partition('.')[0]}", talk.got.lang)


def _place(talk: Talk, city: str, district: str) -> list[str]:
    """The names of a city and of a district of it, as far as they are known."""
    found = talk.replies.knowledge.cities.get(city)
    inner = found.districts.get(district) if found else None
    return [place.name.in_(talk.got.lang) for place in (found, inner) if place is not None]


def _line(talk: Talk, line: Message) -> str:
    """A line of the conversation; of ours only the beginning: it stands in the chat itself."""
    who = talk.replies.say("mydata.you" if line.author == "resident" else "mydata.we", talk.got.lang)
    first = line.text.strip().split("\n")[0]
    whole = line.author == "resident" or first == line.text.strip()
    return f"{_time(line.at)} {who}{line.text.strip() if whole else first + ' …'}"


def _time(at: dt.datetime) -> str:
    """In the cities' time."""
    return at.astimezone(CITY_TIME).strftime("%Y-%m-%d %H:%M")
