"""A number that nobody answers: put down with one tap, the next one said at once, a person offered after the second.

Which number is meant stands in the message, or is the only one shown, or is asked. Those of danger (120 …) are never put down.
"""

from __future__ import annotations

import dataclasses
import re

from bot.conversation.form import begin
from bot.conversation.need import next_state
from bot.conversation.talk import Talk
from bot.effects import Effect, ReportPhone
from bot.model import CASE, Button, CaseDraft, Reply, Turn
from bot.phones import NEVER, Standing, in_order
from bot.places import beside
from bot.priority import priority_of
from bot.state import State
from intents.numbers import Listed, written
from intents.understanding import Action, Scored

WHICH = "phone.which"
"""What was asked, before what was said: which number is meant."""
NEXT = "phone.next"
"""A number was said to be tried next; whoever says no more than "nobody answers" means it."""
GENERAL = "12345"
"""The line that is left where an answer shows no other."""
SAID = {"phone.noanswer": "button.phone.failed", "phone.answered": "button.phone.answered"}
"""What can be said of a number (``lexicon/commands.yaml``), and the button that says it of one."""
MOST_ASKED = 4
"""So many numbers are offered as buttons; another one can be written."""
OFFERED_AFTER = 2
"""After so many different numbers a person is offered."""
BUDGET = 5
"""So many buttons below an answer; more drown it."""
_SHOWN = re.compile(r"^\s*☎ (\d[\d-]*)", re.MULTILINE)
_CONTACT = (Scored("contact.hotline", 1.0),)


def shown(talk: Talk, turn: Turn) -> Turn:
    """The numbers of an answer are remembered; below it one button for those that nobody answers, unless a question stands."""
    got = turn.understanding
    if got is None or got.action not in {"answer", "handoff"}:
        return turn
    numbers = tuple(dict.fromkeys(number for reply in turn.replies for number in _SHOWN.findall(reply.text) if number not in NEVER))
    if not numbers:
        # "Nobody answers" is then said of whom this answer sends to, not of a number before it.
        return turn if got.carried else dataclasses.replace(turn, state=dataclasses.replace(turn.state, phones=()))
    turn = dataclasses.replace(turn, state=dataclasses.replace(turn.state, phones=numbers))
    if asks(turn) or sum(len(reply.buttons) for reply in turn.replies) >= BUDGET:
        return turn
    (button,) = talk.offer("phone.which", "button.noanswer")[0].buttons
    first = next(index for index, reply in enumerate(turn.replies) if _SHOWN.search(reply.text))
    replies = list(turn.replies)
    replies[first] = dataclasses.replace(replies[first], buttons=(button, *replies[first].buttons))
    return dataclasses.replace(turn, replies=tuple(replies))


def asks(turn: Turn) -> bool:
    """Whether a question stands below an answer: one of ours, or in which city. Its buttons are the ones to see."""
    return bool(turn.state.asked) or not (turn.state.city or turn.state.elsewhere)


def noanswer(talk: Talk) -> Turn | None:
    """What is said of a telephone number: nobody answers, or somebody got through. Danger goes first, and 120 has a ladder of its own."""
    if talk.danger or talk.incoming.kind not in {"text", "button"}:
        return None
    if talk.pressed("button.phone.person"):
        return _person(talk)
    if talk.pressed("button.phone.community") and talk.state.phones:
        return _community(talk)
    named, said = _read(talk)
    if said not in SAID:
        return None
    numbers = named or (talk.state.phones[:1] if talk.state.asked == NEXT else talk.state.phones)
    if not numbers:
        return None
    if len(numbers) > 1:
        return _which(talk, numbers, said)
    return _answered(talk, numbers[0]) if said == "phone.answered" else _failed(talk, numbers[0])


def _read(talk: Talk) -> tuple[tuple[str, ...], str]:
    """The numbers that a message names, by themselves or by their hospital, and what is said of them; empty where nothing is."""
    meant, before = talk.replies.meant, (*talk.state.phones, *talk.state.failed)
    if named := written(talk.text):
        digits, rest = named
        # A bare number answers the question which one.
        said = meant(rest) if rest else talk.state.asked.removeprefix(f"{WHICH}.")
        if said not in SAID or digits in NEVER:
            return (), ""
        number = next((number for number in (*before, *talk.replies.listed) if number.replace("-", "") == digits), "")
        return ((number,), said) if number else ((), "")
    said = meant(talk.text)
    if said or not before:
        return (), said
    held = talk.replies.listed
    for number in before:
        called = held[number].called if number in held else ()
        if name := next((name for name in called if name in talk.text), ""):
            theirs = tuple(other for other in before if other in held and held[other].zh == held[number].zh)
            return theirs, meant(talk.text.replace(name, "", 1))
    return (), ""


def _whose(talk: Talk, number: str) -> str:
    return talk.replies.listed.get(number, Listed(number, "", "")).name(talk.got.lang)


def _which(talk: Talk, numbers: tuple[str, ...], said: str) -> Turn:
    """Asked once in these words; after that a person is offered beside the numbers."""
    again = WHICH in talk.state.puzzled
    buttons = [_button(talk, SAID[said], number) for number in numbers[: MOST_ASKED - again]]
    buttons += [talk.button("button.phone.community")] if said == "phone.noanswer" else []
    buttons += [talk.button("button.phone.person")] if again else []
    plain = Reply(talk.replies.say("phone.which.again" if again else "phone.which", talk.got.lang))
    puzzled = tuple(dict.fromkeys((*talk.state.puzzled, WHICH)))
    state = dataclasses.replace(talk.state, asked=f"{WHICH}.{said}", puzzled=puzzled)
    return _turn(talk, talk.with_buttons(plain, tuple(buttons)), state=state, action="clarify")


def _button(talk: Talk, key: str, number: str) -> Button:
    label = talk.replies.say(key, talk.got.lang, number=number)
    return Button(label, label)


def _failed(talk: Talk, number: str) -> Turn:
    """It is put down, and the next number said; what is left to try is remembered with the next one first."""
    failed = (*(other for other in talk.state.failed if other != number), number)
    left = _left(talk, failed)
    say, lang = talk.replies.say, talk.got.lang
    offers = len(failed) >= OFFERED_AFTER or not left
    text = say("phone.noted" if left else "phone.noted.last", lang, number=number, line=_line(talk, left))
    buttons = [*_tried(talk, left), *([talk.button("button.phone.person")] if offers else [])]
    buttons.append(_button(talk, "button.phone.after_all", number))
    said = talk.with_buttons(Reply(f"{text}\n{say('phone.offer', lang)}" if offers else text), tuple(buttons))
    after = dataclasses.replace(talk.state, phones=left, failed=failed, asked=NEXT if left else "")
    # A form that was left for this is offered again.
    return begin(talk, _turn(talk, said, ReportPhone(number, "noanswer"), state=after))


def _community(talk: Talk) -> Turn:
    """Of the community's own number nothing is known: one that is shown comes next, and a person is offered."""
    left = _left(talk, talk.state.failed)
    if not left:
        return _person(talk)
    text = "\n".join(talk.replies.say(key, talk.got.lang, line=_line(talk, left)) for key in ("phone.community", "phone.offer"))
    said = talk.with_buttons(Reply(text), (*_tried(talk, left), talk.button("button.phone.person")))
    return begin(talk, _turn(talk, said, state=dataclasses.replace(talk.state, phones=left, asked=NEXT)))


def _left(talk: Talk, failed: tuple[str, ...]) -> tuple[str, ...]:
    """The numbers still to be tried, the next one first: one that is reached, and where there is none 12345."""
    standing = talk.known.phones
    left = tuple(other for other in talk.state.phones if other not in failed)
    if GENERAL not in (*failed, *left) and all(standing.get(other, Standing()).demoted for other in left):
        left = (*left, GENERAL)
    return in_order(left, standing)


def _line(talk: Talk, left: tuple[str, ...]) -> str:
    """The next number as an answer shows it, with whose it is."""
    return f"☎ {left[0]}{beside(talk.replies, talk.got, left[0], talk.known.phones)}  {_whose(talk, left[0])}" if left else ""


def _tried(talk: Talk, left: tuple[str, ...]) -> list[Button]:
    """What can be said of the next number once it was called."""
    return [_button(talk, key, left[0]) for key in SAID.values()] if left else []


def _answered(talk: Talk, number: str) -> Turn:
    failed = tuple(other for other in talk.state.failed if other != number)
    state = dataclasses.replace(talk.state, failed=failed, asked="")
    return begin(talk, _turn(talk, talk.say("phone.thanks", number=number), ReportPhone(number, "answered"), state=state))


def _person(talk: Talk) -> Turn:
    """A case, with the numbers that were tried."""
    needs = talk.state.needs(talk.now)[:3]
    topics = tuple(dict.fromkeys(("service.human", *(topic for topic in needs if not topic.startswith("service.")))))
    # The button says nothing of the need: it is the one of before.
    slots = {name: value for name, value in talk.got.slots.items() if name != "incident"}
    got = dataclasses.replace(
        talk.got, action="handoff", topics=tuple(Scored(topic, 1.0) for topic in topics), slots=slots, carried=False, ask="", options=()
    )
    there = dataclasses.replace(talk, got=got)
    level, reason = priority_of(got)
    draft = CaseDraft(level, reason, topics, talk.state.city, talk.state.district, telling=False)
    said = there.say("phone.case.added" if talk.case else "phone.case", case=CASE)
    state = dataclasses.replace(next_state(talk.state, got, talk.now), topics=talk.state.topics)
    turn = begin(there, Turn(said, state, draft, understanding=got))
    facts = (("phones", ", ".join(talk.state.failed)),) if talk.state.failed else ()
    return dataclasses.replace(turn, case=dataclasses.replace(turn.case or draft, facts=(*(turn.case or draft).facts, *facts)))


def _turn(talk: Talk, replies: tuple[Reply, ...], *effects: Effect, state: State, action: Action = "answer") -> Turn:
    got = dataclasses.replace(talk.got, action=action, topics=_CONTACT, ask="", options=(), alarms=(), carried=False)
    after = dataclasses.replace(state, spoke=talk.got.lang, traditional=talk.got.traditional, updated_at=talk.now)
    return Turn(replies, after, understanding=got, effects=effects)
