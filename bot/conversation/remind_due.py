"""What is said when a reminder's moment has come, what its buttons come to, and what silence after a vital one does."""

from __future__ import annotations

import dataclasses

from bot.clock import CITY_TIME
from bot.conversation.remind_words import TOPIC, turn_of, what
from bot.conversation.talk import Talk
from bot.effects import Effect, Later, MoveReminder, NoLater
from bot.model import CASE, CaseDraft, Reply, Turn
from bot.reminder import MAX_LATE, SILENT, VITAL, Reminder, ReminderKind

QUIET = "quiet"
"""The kind of the moment at which it is seen whether a vital reminder was answered."""
_TOPICS: dict[ReminderKind, str] = {
    "dialysis": "care.dialysis",
    "oncology": "care.oncology",
    "maternity": "care.maternity",
    "medicine": "medicine.chronic",
}


def ask(talk: Talk, detail: str) -> Turn | None:
    """The moment of a reminder has come."""
    reminder = talk.known.reminder
    if reminder is None:
        return None
    move = MoveReminder(reminder.id)
    # After a while without the service the last one may still help, though the first is long over.
    moment = reminder.rule.latest(talk.incoming.at, talk.now)
    at = moment.astimezone(CITY_TIME).strftime("%H:%M")
    if talk.now - moment > MAX_LATE[reminder.kind]:
        return _due(talk, talk.say("remind.missed", time=at, what=what(talk, reminder)), move)
    # Nobody goes anywhere to take a temperature or a pill.
    going = () if reminder.kind in ("temperature", "medicine") else ("button.remind.going",)
    said = talk.offer(f"remind.now.{reminder.kind}", "button.remind.done", *going, "button.remind.help", time=at, words=reminder.words)
    # One that was not answered yet counts as answered by nobody: its own moment comes first.
    watch = (NoLater(QUIET), Later(QUIET, SILENT, str(reminder.id))) if reminder.kind in VITAL else ()
    turn = _due(talk, said, move, *watch)
    return dataclasses.replace(turn, state=dataclasses.replace(turn.state, reminded=reminder.id))


def quiet(talk: Talk, detail: str) -> Turn | None:
    """Nobody has answered a vital reminder for two hours: a person must look."""
    reminder, wrote = talk.known.reminder, talk.state.updated_at
    if reminder is None or (wrote is not None and (talk.now - wrote).total_seconds() < SILENT):
        return None
    return dataclasses.replace(_due(talk, talk.say("remind.silent", case=CASE)), case=_case(talk, reminder, "silent"))


def answered(talk: Talk) -> Turn | None:
    """A button of a reminder that was sent; it may be pressed long after."""
    for key in ("done", "going"):
        if talk.pressed(f"button.remind.{key}") and talk.state.reminded:
            return turn_of(talk, talk.say(f"remind.{key}"), NoLater(QUIET))
    if not talk.pressed("button.remind.help") or not talk.state.reminded:
        return None
    reminder = talk.known.reminder
    draft = _case(talk, reminder, "help") if reminder else CaseDraft("P1", "reminder:help", (), talk.state.city, talk.state.district)
    return dataclasses.replace(turn_of(talk, talk.say("remind.help", case=CASE), NoLater(QUIET)), case=draft)


def _case(talk: Talk, reminder: Reminder, why: str) -> CaseDraft:
    topics = (_TOPICS[reminder.kind],) if reminder.kind in _TOPICS else ("other",)
    state = talk.state
    known = tuple((name, value) for name, value in (*state.form, *state.shared) if name in ("reach", "place") and value)
    # Whoever looks at it must see at once what they said last, and how they are reached beside this chat.
    last = (("last", state.said[-1]),) if state.said else ()
    facts = (("reminder", reminder.words), *last, *known)
    return CaseDraft("P1", f"reminder:{why}", topics, state.city, state.district, facts=facts, telling=False)


def _due(talk: Talk, replies: tuple[Reply, ...], *effects: Effect) -> Turn:
    """Nobody has written: the state keeps its own time, but for what was asked."""
    got = dataclasses.replace(talk.got, action="answer", topics=TOPIC)
    return Turn(replies, talk.state, understanding=got, effects=effects)
