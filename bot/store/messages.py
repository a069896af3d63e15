"""Conversations and their lines, and the gaps that they showed in what is published to us."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from bot.clock import from_ms, to_ms
from bot.errors import Overtaken
from bot.model import Button, Message
from bot.safe import storable
from bot.state import State
from bot.store.connection import Connection
from bot.store.rows import dump_buttons, dump_state, load_buttons, load_state


@dataclass(frozen=True, slots=True)
class Line:
    """One line to be added to a conversation."""

    author: Literal["resident", "bot"]
    text: str
    at: dt.datetime
    buttons: tuple[Button, ...] = ()
    copy: bool = False
    """Whether it repeats what is kept: such a line is no part of the next copy, which would double each time."""


def conversation(db: Connection, address: str) -> tuple[State, int]:
    """The state of a chat and its version; a fresh state at version 0 where there is none or it cannot be read."""
    row = db.one("SELECT state, version FROM conversations WHERE address = :address", address=storable(address))
    return read_state(row["state"], row["version"]) if row else (State(), 0)


def read_state(text: str, version: int) -> tuple[State, int]:
    """A state as it lies in the table; a fresh one where it cannot be read, at the version that it would be written over."""
    try:
        return load_state(text), version
    except (ValueError, TypeError, AttributeError, OverflowError):
        return State(), version


def move_on(db: Connection, address: str, state: State, version: int, now: dt.datetime) -> None:
    """Write the next state over the one that was read at ``version``. Raises :class:`Overtaken` where it has moved."""
    changed = db.execute(
        """
        INSERT INTO conversations (address, state, version, updated_at) VALUES (:address, :state, :next, :now)
        ON CONFLICT (address) DO UPDATE SET state = excluded.state, version = excluded.version, updated_at = excluded.updated_at
        WHERE conversations.version = :version
        """,
        address=storable(address),
        state=dump_state(state),
        version=version,
        next=version + 1,
        now=to_ms(now),
    )
    if changed != 1:
        raise Overtaken("the conversation has moved on")


def add(db: Connection, address: str, lines: Iterable[Line], *, inbox_id: int, case: int | None) -> None:
    """Add the lines of one turn to a conversation."""
    db.execute_many(
        """
        INSERT INTO messages (address, author, text, buttons, at, inbox_id, case_number, copy)
        VALUES (:address, :author, :text, :buttons, :at, :inbox_id, :case, :copy)
        """,
        [
            {
                "address": storable(address),
                "author": line.author,
                "text": storable(line.text),
                "buttons": dump_buttons(line.buttons),
                "at": to_ms(line.at),
                "inbox_id": inbox_id,
                "case": case,
                "copy": int(line.copy),
            }
            for line in lines
        ],
    )


def history(db: Connection, address: str, after: int) -> list[Message]:
    """The lines of a chat with ids above ``after``, oldest first."""
    sql = "SELECT * FROM messages WHERE address = :address AND id > :after ORDER BY id"
    return [
        Message(row["id"], row["author"], row["text"], from_ms(row["at"]), load_buttons(row["buttons"]))
        for row in db.query(sql, address=storable(address), after=after)
    ]


def note_gap(db: Connection, what: str, city: str, district: str, now: dt.datetime) -> None:
    """Count that something was asked for which is not published to us."""
    db.execute(
        """
        INSERT INTO gaps (what, city, district, times, first_at, last_at) VALUES (:what, :city, :district, 1, :now, :now)
        ON CONFLICT (what, city, district) DO UPDATE SET times = gaps.times + 1, last_at = excluded.last_at
        """,
        what=storable(what),
        city=city,
        district=district,
        now=to_ms(now),
    )
