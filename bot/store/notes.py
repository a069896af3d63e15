"""What the staff write about a case for each other. It never is sent; it is the resident's to be told and to have deleted."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from bot.clock import from_ms, to_ms
from bot.safe import storable
from bot.staff import Note
from bot.store import search
from bot.store.connection import Connection

NoteKind = Literal["note", "priority", "handover", "call"]


def add(db: Connection, number: int, by: str, kind: NoteKind, text: str, now: dt.datetime) -> int:
    """Keep a note; its number."""
    row = db.one(
        "INSERT INTO case_notes (case_number, who, kind, about, text, at) VALUES (:number, :by, :kind, :about, :text, :now) RETURNING id",
        number=number,
        by=by,
        # The first version of the table knew two kinds.
        kind="priority" if kind == "priority" else "note",
        about=kind,
        text=storable(text),
        now=to_ms(now),
    )
    search.mark(db, number)
    assert row is not None  # noqa: S101  (it was written just now)
    return int(row["id"])


def of(db: Connection, number: int) -> tuple[Note, ...]:
    """The notes of a case, oldest first."""
    rows = db.query("SELECT * FROM case_notes WHERE case_number = :number ORDER BY id", number=number)
    return tuple(Note(row["id"], row["who"], row["about"] or row["kind"], row["text"], from_ms(row["at"])) for row in rows)


def of_chat(db: Connection, address: str) -> tuple[Note, ...]:
    """The notes of all cases of a chat, oldest first."""
    own = "SELECT number FROM cases WHERE address = :address"
    rows = db.query(f"SELECT * FROM case_notes WHERE case_number IN ({own}) ORDER BY id", address=storable(address))  # noqa: S608  (a constant)
    called = db.query(f"SELECT * FROM calls WHERE case_number IN ({own}) ORDER BY id", address=storable(address))  # noqa: S608  (a constant)
    found = [Note(row["id"], row["who"], row["about"] or row["kind"], row["text"], from_ms(row["at"])) for row in rows]
    return tuple(found + [Note(row["id"], row["who"], "call", row["text"], from_ms(row["at"])) for row in called])


def forget(db: Connection, address: str) -> None:
    """Delete what was written about a chat's cases; that it was written stays in the audit."""
    own = "SELECT number FROM cases WHERE address = :address"
    db.execute(f"DELETE FROM case_notes WHERE case_number IN ({own})", address=storable(address))  # noqa: S608  (a constant)
