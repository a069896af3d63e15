"""What one turn of a conversation comes to in the tables, all in one transaction."""

from __future__ import annotations

import dataclasses
import datetime as dt

from bot.effects import Forget, MoveReminder
from bot.errors import Overtaken
from bot.model import CASE, DATA, EXPECTS, Button, Reply, Turn
from bot.state import THIS, State
from bot.store import body, cases, clocks, effects, expectation, inbox, messages, mydata, outbox, people, search, sites, unmatched
from bot.store.connection import Connection
from bot.store.inbox import InboxRow
from bot.store.messages import Line
from bot.store.outbox import Lane


def finish(db: Connection, row: InboxRow, turn: Turn, version: int, now: dt.datetime, *, quarantined: bool) -> int:
    """Write a turn; the number of its case, or 0. Raises :class:`Overtaken` where somebody else has answered in the meantime."""
    incoming, state = row.incoming, turn.state
    address = incoming.address
    if not inbox.finish(db, row, "quarantined" if quarantined else "done", now):
        raise Overtaken("the row has been handled")
    if turn.case is not None:
        words = incoming.text if turn.case.telling and incoming.kind != "due" else ""
        number = cases.log_case(db, incoming.person, turn.case, words=words, inbox_id=row.id, now=now)
        state = dataclasses.replace(state, case=number)
    elif state.case and incoming.kind != "due":
        clocks.resident_wrote(db, incoming.person, state.case, now)
    # What answers a question of ours, such as an address, is no need of its own.
    if incoming.kind == "text" and not row.state.asked and (why := unmatched.why(turn.understanding)):
        unmatched.note(db, row.id, why, now)
    number = state.case
    state = _with_row(state, row.id)
    messages.move_on(db, address, state, version, now)
    sites.seen(db, incoming)
    people.seen(db, incoming, row.state, state, now)
    case = number if turn.case is not None else None
    for effect in turn.effects:
        effects.apply(db, incoming, effect, now)
    if row.told and incoming.kind in {"text", "button"}:
        people.answered(db, address, number if turn.case is not None else 0, now, inbox.ANSWERS)
    replies = tuple(_filled(db, address, reply, turn, number, now) for reply in turn.replies)
    # Whoever had all of it deleted must not find the words that did it.
    silent = incoming.kind == "due" or any(isinstance(effect, Forget) for effect in turn.effects)
    heard = [] if silent else [Line("resident", incoming.text, incoming.at)]
    copies = [DATA in reply.text for reply in turn.replies]
    lines = [*heard, *(Line("bot", reply.text, now, reply.buttons, copy) for reply, copy in zip(replies, copies, strict=True))]
    messages.add(db, address, lines, inbox_id=row.id, case=case)
    if number and case is None and (heard or incoming.text.startswith("staff:")):
        search.mark(db, number)
    quotes = body.number_in(incoming.raw) if incoming.group else 0
    outbox.put(db, incoming.channel, incoming.where, row.id, replies, _lane(turn), now, quotes)
    for what in dict.fromkeys(turn.gaps):
        messages.note_gap(db, what, state.city, state.district, now)
    return number


def _with_row(state: State, row: int) -> State:
    """The state with the row of the message itself where it is meant."""
    if THIS not in (state.answered, state.unclear):
        return state
    return dataclasses.replace(
        state, answered=row if state.answered == THIS else state.answered, unclear=row if state.unclear == THIS else state.unclear
    )


def _lane(turn: Turn) -> Lane:
    """An emergency goes before all that others wait for; a reminder is sent at most once."""
    urgent = (turn.case is not None and turn.case.priority == "P0") or (
        turn.understanding is not None and turn.understanding.action == "emergency"
    )
    reminds = turn.case is None and any(isinstance(effect, MoveReminder) for effect in turn.effects)
    return "emergency" if urgent else "reminder" if reminds else "reply"


def _filled(db: Connection, address: str, reply: Reply, turn: Turn, number: int, now: dt.datetime) -> Reply:
    """The reply with the case's number and its place in the queue; the replies are ours, so nobody else's braces are touched."""
    written = (reply.text, *(part for button in reply.buttons for part in (button.label, button.text)))
    if not any(name in text for name in (CASE, EXPECTS, DATA) for text in written):
        return reply
    values = {CASE: str(number) if number else "—"}
    if EXPECTS in reply.text and turn.expects is not None:
        values[EXPECTS] = turn.expects(expectation.of(db, number, now))
    if DATA in reply.text and turn.about is not None:
        # The last one: what the resident wrote may hold braces too.
        values[DATA] = turn.about(mydata.person(db, address))

    def fill(text: str) -> str:
        for name, value in values.items():
            text = text.replace(name, value)
        return text

    buttons = tuple(Button(fill(button.label), fill(button.text)) for button in reply.buttons)
    return dataclasses.replace(reply, text=fill(reply.text), buttons=buttons)
