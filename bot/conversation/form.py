"""A help request, filled in bit by bit. The case is open before the first question: whoever stops halfway is still in the queue.

Only what is missing is asked, one question at a time and none twice; anything can be skipped, changed or left.
"""

from __future__ import annotations

import dataclasses
import re

from bot.conversation.answers import CHOICES, HOSPITAL, SHORT_NAME, SKIPPED, answer, beside, is_right, is_wrong, tells, whose_phone
from bot.conversation.refused import elsewhere, taken_back, turned_away
from bot.conversation.talk import Talk
from bot.model import CASE, EXPECTS, LIST, Button, CaseDraft, Reply, Turn
from bot.places import in_words
from bot.state import State
from intents.understanding import Scored

FIELDS = ("who", "district", "place", "when", "reach", "consent")
"""In the order of asking."""
PREFIX = "form."
CHECK = "form.check"
"""The summary is to be confirmed."""
LEFT = "left"
"""Among the fields: the resident has had enough of the questions."""
_GO_ON = re.compile(r"(?:接着|接著|继续|繼續)(?:填|登记|登記)|\b(?:go on with|continue|finish|fill in) (?:the|my) form\b", re.IGNORECASE)
_ENOUGH = re.compile(
    r"(?:够了|夠了|不填了|不想填了?|别问了|別問了|先这样吧?|就这样吧|先這樣吧?)[。.!！]?|(?:enough|stop asking|no more questions)[.!]?",
    re.IGNORECASE,
)
_HELP = (Scored("service.human", 1.0),)


def begin(talk: Talk, turn: Turn) -> Turn:
    """A new case: the first question below the answer, or how to go on with a form that was left for something else."""
    draft, before = turn.case, talk.state
    if turn.understanding is None:
        return turn
    if talk.got.action == "emergency":
        # Nothing is asked of whoever must phone now; an address that stands in their words need not be looked for there.
        where = tuple((name, value) for name, value in tells(talk).items() if name == "place" and name not in dict(before.form))
        return dataclasses.replace(turn, case=dataclasses.replace(draft, facts=(*draft.facts, *where))) if draft and where else turn
    if before.asked.startswith(PREFIX) and talk.case:
        more = talk.offer("form.later", "button.form.go_on", "button.form.enough")
        return dataclasses.replace(turn, replies=(*turn.replies, *more))
    if draft is not None and talk.case and _put_right(talk):
        form = tuple({**dict(before.form), **beside(talk, "")}.items())
        more = () if LEFT in dict(form) else talk.offer("form.later", "button.form.go_on", "button.form.enough")
        draft, state = dataclasses.replace(draft, facts=_facts(form)), dataclasses.replace(turn.state, form=form)
        return dataclasses.replace(turn, replies=(*turn.replies, *more), case=draft, state=state)
    # One question at a time: where the reply asks for the city, the form waits for the next message.
    # Other buttons, such as the way to a person, ask nothing.
    asks = bool(turn.state.asked) or (not talk.got.slots.get("city") and any(reply.buttons for reply in turn.replies))
    if draft is None or (talk.case and before.form) or not (talk.case or talk.got.action == "handoff"):
        return turn
    found = talk.known.case
    told = tuple({**tells(talk), **({k: v for k, v in found.facts if k in FIELDS} if found is not None and talk.case else {})}.items())
    fields = _fields(draft.topics)
    told = ((HOSPITAL, draft.hospital), *told) if draft.hospital and HOSPITAL in fields else told
    turn = dataclasses.replace(turn, case=dataclasses.replace(draft, facts=_facts(told)))
    field = _missing(told, fields)
    if field is None or asks:
        return turn
    state = dataclasses.replace(turn.state, form=told, asked=PREFIX + field)
    first = (*talk.say("form.begin"), *_question(talk, field))
    return dataclasses.replace(turn, replies=(*turn.replies, _joined(first)), state=state)


def form(talk: Talk) -> Turn | None:
    """An answer to a question of the form, or a button of it. Anything else is answered as what it is, danger before all."""
    state = talk.state
    if not talk.case or not (state.form or state.asked.startswith(PREFIX)):
        return _named_unasked(talk)
    if talk.pressed("button.form.go_on") or (_GO_ON.search(talk.text) and not talk.danger):
        return _next(talk, _without(state.form, LEFT))
    if talk.pressed("button.form.enough") or _ENOUGH.fullmatch(talk.text):
        return _turn(talk, talk.say("form.enough", case=CASE, expects=EXPECTS), (*_without(state.form, LEFT), (LEFT, "1")), "")
    for name in _asked(talk):
        if talk.pressed(f"button.form.change_{name}"):
            turn = _turn(talk, _question(talk, name), _without(state.form, name), PREFIX + name)
            return taken_back(turn, dict(state.form).get(name, "")) if name == HOSPITAL else turn
    if whose := whose_phone(talk):
        return noted(talk, whose, talk.text)
    if state.asked == CHECK:
        return _checked(talk)
    # A form that was left for something else is gone on with by whatever answers a question of it.
    field = state.asked.removeprefix(PREFIX) if state.asked.startswith(PREFIX) else ""
    value = answer(talk, field) if field else None
    if field == "district" and value is None and not state.city and talk.got.slots.get("city") and not talk.danger:
        return _turn(talk, _question(talk, field), state.form, state.asked)
    # What was answered stays: a compound's name may sound like another district.
    if value is not None:
        turn = _next(talk, tuple({**tells(talk), **dict(state.form), field: value}.items()))
        return elsewhere(talk, turn, value) if field == HOSPITAL and value != SKIPPED else turn
    other = {} if talk.got.refused else beside(talk, field)
    if not other or _put_right(talk):
        return None
    known = tuple({**dict(state.form), **other}.items())
    if not field and (LEFT in dict(known) or not _missing(known, _asked(talk))):
        return _turn(talk, talk.say("form.noted", case=CASE), known, "")
    turn = _next(talk, known)
    return dataclasses.replace(turn, replies=(_joined((*talk.say("form.so_far"), *turn.replies)),))


def _named_unasked(talk: Talk) -> Turn | None:
    """A hospital's bare name just after being turned away, where the city was asked first: it is where that was."""
    found = talk.known.case
    turned = talk.case and found is not None and turned_away(found.topics) and not found.hospital
    if not turned or talk.danger or not talk.got.hospitals or len(talk.text) > SHORT_NAME:
        return None
    value = answer(talk, HOSPITAL)
    return elsewhere(talk, _next(talk, tuple({**tells(talk), HOSPITAL: value}.items())), value) if value else None


def _put_right(talk: Talk) -> bool:
    """Whether an answer of before is put right while no question stands: it is given again, for what is right."""
    got, state = talk.got, talk.state
    return bool(state.form) and not state.asked and got.carried and got.action == "answer" and "correction" in got.marks


def noted(talk: Talk, field: str, value: str) -> Turn:
    """Something that was told otherwise than in words: with it the next question, where one stood."""
    known = tuple({**dict(talk.state.form), field: value}.items())
    if not talk.state.asked.startswith(PREFIX):
        return _turn(talk, talk.say("form.noted", case=CASE), known, "")
    turn = _next(talk, known)
    return dataclasses.replace(turn, replies=(_joined((*talk.say("form.so_far"), *turn.replies)),))


def unfinished(talk: Talk) -> bool:
    """Whether questions of the form were left for something else, and are still to be asked."""
    form = talk.state.form
    return bool(form) and LEFT not in dict(form) and _missing(form, _asked(talk)) is not None


def _asked(talk: Talk) -> tuple[str, ...]:
    """The fields of the chat's case."""
    found = talk.known.case
    return _fields(found.topics if found is not None else ())


def _fields(topics: tuple[str, ...]) -> tuple[str, ...]:
    return (HOSPITAL, *FIELDS) if turned_away(topics) else FIELDS


def _facts(form: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """What goes to the case as told on being asked."""
    return _without(_without(form, LEFT), HOSPITAL)


def _checked(talk: Talk) -> Turn | None:
    if talk.pressed("button.form.right") or is_right(talk.text):
        return _turn(talk, talk.say("form.done", case=CASE, expects=EXPECTS), talk.state.form, "")
    if talk.pressed("button.form.change") or is_wrong(talk.text):
        keys = [f"button.form.change_{name}" for name in _asked(talk)]
        return _turn(talk, talk.offer("form.change", *keys), talk.state.form, CHECK)
    return None


def _missing(form: tuple[tuple[str, str], ...], fields: tuple[str, ...]) -> str | None:
    known = dict(form)
    return next((name for name in fields if name not in known), None)


def _without(form: tuple[tuple[str, str], ...], name: str) -> tuple[tuple[str, str], ...]:
    return tuple((field, value) for field, value in form if field != name)


def _next(talk: Talk, form: tuple[tuple[str, str], ...]) -> Turn:
    fields = _asked(talk)
    field = _missing(form, fields)
    if field is not None:
        return _turn(talk, _question(talk, field), form, PREFIX + field)
    names = [(talk.replies.say(f"form.name.{name}", talk.got.lang), shown(talk, name, dict(form)[name])) for name in fields]
    lines = "\n".join(f"· {name}{'：' if talk.got.lang == 'zh' else ': '}{value}" for name, value in names)
    return _turn(talk, talk.offer("form.check", "button.form.right", "button.form.change", case=CASE, lines=lines), form, CHECK)


def shown(talk: Talk, name: str, value: str) -> str:
    """An answer in words; what the resident wrote stays as it is."""
    lang, replies = talk.got.lang, talk.replies
    if value == SKIPPED:
        return replies.say("form.skipped", lang)
    if name == HOSPITAL:
        return in_words(replies, lang, value.split(LIST))
    if replies.has(f"button.form.{value}"):
        return replies.say(f"button.form.{value}", lang)
    if name == "district":
        city = replies.knowledge.cities.get(_city(talk, value))
        found = city.districts.get(value) if city else None
        return found.name.in_(lang) if found else value
    return replies.say(f"form.patient.{value}", lang) if replies.has(f"form.patient.{value}") else value


def _city(talk: Talk, district: str) -> str:
    """The city of the request: an address may bear the name of another city's district."""
    named, before = str(talk.got.slots.get("city", "")), talk.state.city
    held = talk.replies.knowledge.cities
    return named if not before or (named in held and district in held[named].districts) else before


def _question(talk: Talk, field: str) -> tuple[Reply, ...]:
    choices = [talk.button(key) for key in CHOICES.get(field, ())]
    key = f"form.ask.{field}"
    if field == "district":
        held = talk.replies.knowledge.cities
        city = held.get(_city(talk, ""))
        away = talk.state.elsewhere or "city" in talk.got.unpublished
        if city is None and not away:
            key = "ask.city"  # nobody can choose a district before the city is known
        places = city.districts.values() if city else () if away else held.values()
        choices = [Button(name, name) for place in places for name in (place.name.in_(talk.got.lang),)]
    if field != "consent":
        choices.append(talk.button("button.form.skip"))
    (plain,) = talk.say(key)
    return talk.with_buttons(plain, (*choices, talk.button("button.form.enough")))


def _joined(replies: tuple[Reply, ...]) -> Reply:
    """Several sentences as one message, with the buttons of the last."""
    return Reply("\n".join(reply.text for reply in replies), replies[-1].buttons)


def _turn(talk: Talk, replies: tuple[Reply, ...], form: tuple[tuple[str, str], ...], asked: str) -> Turn:
    """``asked``: the question that stands after it; empty: none."""
    got, before = talk.got, talk.state
    told = dict(form)
    district = told.get("district", "")
    state: State = dataclasses.replace(
        before,
        form=form,
        asked=asked,
        district=district if district not in ("", SKIPPED) else before.district,
        city=_city(talk, district),
        spoke=got.lang,
        traditional=got.traditional,
        updated_at=talk.now,
    )
    draft = CaseDraft("P3", "resident:form", (), state.city, state.district, facts=_facts(form), telling=False)
    place = {name: value for name, value in (("city", state.city), ("district", state.district)) if value}
    slots = {**{name: value for name, value in got.slots.items() if name not in {"city", "district"}}, **place}
    known = dataclasses.replace(got, action="clarify" if asked else "answer", topics=_HELP, alarms=(), slots=slots)
    return Turn(replies, state, draft, understanding=known, expects=talk.expects)
