"""Conversations and their lines, and the gaps that they showed in what is published to us."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Literal

from sqlite_utils import Database

from bot.clock import from_ms, to_ms
from bot.errors import Overtaken
from bot.model import Button, Message, State
from bot.safe import storable
from bot.store.rows import dump_buttons, dump_state, load_buttons, load_state, one, query, run


def conversation(db: Database, address: str) -> tuple[State, int]:
    """The state of a chat and its version; a fresh state at version 0 where there is none or it cannot be read."""
    row = one(db, "SELECT state, version FROM conversations WHERE address = :address", address=storable(address))
    if row is None:
        return State(), 0
    try:
        return load_state(row["state"]), int(row["version"])
    except (ValueError, TypeError, AttributeError, OverflowError):
        return State(), int(row["version"])


def move_on(db: Database, address: str, state: State, version: int, now: dt.datetime) -> None:
    """Write the next state over the one that was read at ``version``. Raises :class:`Overtaken` where it has moved."""
    changed = run(
        db,
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


def add(
    db: Database,
    address: str,
    author: Literal["resident", "bot"],
    text: str,
    *,
    at: dt.datetime,
    inbox_id: int,
    case: int | None,
    buttons: Iterable[Button] = (),
) -> None:
    """Add a line to a conversation."""
    run(
        db,
        """
        INSERT INTO messages (address, author, text, buttons, at, inbox_id, case_number)
        VALUES (:address, :author, :text, :buttons, :at, :inbox_id, :case)
        """,
        address=storable(address),
        author=author,
        text=storable(text),
        buttons=dump_buttons(buttons),
        at=to_ms(at),
        inbox_id=inbox_id,
        case=case,
    )


def history(db: Database, address: str, after: int) -> list[Message]:
    """The lines of a chat with ids above ``after``, oldest first."""
    sql = "SELECT * FROM messages WHERE address = :address AND id > :after ORDER BY id"
    return [
        Message(row["id"], row["author"], row["text"], from_ms(row["at"]), load_buttons(row["buttons"]))
        for row in query(db, sql, address=storable(address), after=after)
    ]


def note_gap(db: Database, what: str, city: str, district: str, now: dt.datetime) -> None:
    """Count that something was asked for which is not published to us."""
    run(
        db,
        """
        INSERT INTO gaps (what, city, district, times, first_at, last_at) VALUES (:what, :city, :district, 1, :now, :now)
        ON CONFLICT (what, city, district) DO UPDATE SET times = gaps.times + 1, last_at = excluded.last_at
        """,
        what=storable(what),
        city=city,
        district=district,
        now=to_ms(now),
    )
