"""Phone calls that somebody of the staff must make, because a message does not arrive."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bot.clock import from_ms, to_ms
from bot.safe import storable
from bot.store.connection import Connection, Row


@dataclass(frozen=True, slots=True)
class Call:
    """A call to be made, or that was."""

    id: int
    case: int
    who: str
    """Who asked for it."""
    text: str
    at: dt.datetime
    done_at: dt.datetime | None = None
    done_by: str = ""


def add(db: Connection, number: int, by: str, text: str, now: dt.datetime) -> int:
    """A call to be made; its number."""
    sql = "INSERT INTO calls (case_number, who, text, at) VALUES (:number, :by, :text, :now) RETURNING id"
    row = db.one(sql, number=number, by=by, text=storable(text), now=to_ms(now))
    assert row is not None  # noqa: S101  (it was written just now)
    return int(row["id"])


def done(db: Connection, number: int, call: int, by: str, now: dt.datetime) -> bool:
    """Somebody has called; False where there is no such call, or it was made already."""
    sql = "UPDATE calls SET done_at = :now, done_by = :by WHERE id = :id AND case_number = :number AND done_at IS NULL"
    return db.execute(sql, now=to_ms(now), by=by, id=call, number=number) == 1


def of(db: Connection, number: int) -> tuple[Call, ...]:
    """The calls of a case, oldest first."""
    return tuple(_call(row) for row in db.query("SELECT * FROM calls WHERE case_number = :number ORDER BY id", number=number))


def to_make(db: Connection, most: int) -> list[Call]:
    """The calls that nobody has made yet, oldest first."""
    return [_call(row) for row in db.query("SELECT * FROM calls WHERE done_at IS NULL ORDER BY id LIMIT :most", most=most)]


def forget(db: Connection, address: str) -> None:
    """Delete what was to be said to a chat's people."""
    own = "SELECT number FROM cases WHERE address = :address"
    db.execute(f"DELETE FROM calls WHERE case_number IN ({own})", address=storable(address))  # noqa: S608  (a constant)


def _call(row: Row) -> Call:
    finished = from_ms(row["done_at"]) if row["done_at"] is not None else None
    return Call(row["id"], row["case_number"], row["who"], row["text"], from_ms(row["at"]), finished, row["done_by"])
