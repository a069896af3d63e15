"""Who must hear of a case, kept until an edge has told them. Each alarm is one row whoever makes it, so any number of processes may."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from bot.clock import from_ms, to_ms
from bot.store import audit
from bot.store.connection import Connection

Kind = Literal["danger", "supervisors", "overdue"]
AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Alarm:
    """Somebody is to be told of a case."""

    id: int
    case: int
    kind: Kind
    """``danger``: to the group and all on duty; ``supervisors``: nobody has taken it, to the supervisors too; ``overdue``: late."""
    number: int
    """0 for the first of its kind."""
    at: dt.datetime


def ring(db: Connection, number: int, now: dt.datetime) -> None:
    """The first alarm of a danger to life; nothing where it rang already since the case was opened."""
    row = db.one("SELECT since_at, took_at, owner FROM cases WHERE number = :number", number=number)
    if row is not None:
        _put(db, number, "danger", row["since_at"], 0, now)


def overdue(db: Connection, number: int, now: dt.datetime) -> None:
    """Something of a case is late: told once for each time that it becomes so."""
    _put(db, number, "overdue", to_ms(now), 0, now)


def again(db: Connection, every: dt.timedelta, supervisors: dt.timedelta, now: dt.datetime) -> int:
    """Dangers to life that nobody has taken ring again, later with the supervisors; how many new alarms."""
    rows = db.query(
        """
        SELECT number, since_at FROM cases
        WHERE status = 'open' AND priority = 'P0' AND took_at IS NULL AND since_at <= :old AND merged_into = 0
        ORDER BY since_at, number LIMIT :most
        """,
        old=to_ms(now - every),
        most=AT_ONCE,
    )
    made = 0
    for row in rows:
        waited = now - from_ms(row["since_at"])
        made += _put(db, row["number"], "danger", row["since_at"], int(waited / every), now)
        if waited >= supervisors:
            made += _put(db, row["number"], "supervisors", row["since_at"], int((waited - supervisors) / every), now)
    return made


def quiet(db: Connection, number: int, now: dt.datetime) -> None:
    """Somebody has the case, or it is closed: what was not told yet need not be."""
    db.execute("UPDATE alarms SET settled_at = :now WHERE case_number = :number AND settled_at IS NULL", now=to_ms(now), number=number)


def waiting(db: Connection, most: int = AT_ONCE) -> list[Alarm]:
    """The alarms that nobody was told of yet, oldest first."""
    rows = db.query("SELECT * FROM alarms WHERE settled_at IS NULL ORDER BY id LIMIT :most", most=most)
    return [Alarm(row["id"], row["case_number"], row["kind"], row["number"], from_ms(row["at"])) for row in rows]


def settled(db: Connection, ids: list[int], now: dt.datetime) -> None:
    """They were told."""
    db.execute_many("UPDATE alarms SET settled_at = :now WHERE id = :id", [{"id": one, "now": to_ms(now)} for one in ids])


def untaken(db: Connection, most: int) -> list[int]:
    """The dangers to life that nobody has taken, oldest first."""
    sql = """
        SELECT number FROM cases WHERE status = 'open' AND priority = 'P0' AND took_at IS NULL AND merged_into = 0
        ORDER BY since_at, number LIMIT :most
        """
    return [int(row["number"]) for row in db.query(sql, most=most)]


def _put(db: Connection, number: int, kind: Kind, since_ms: int, count: int, now: dt.datetime) -> int:
    sql = """
        INSERT INTO alarms (case_number, kind, since_at, number, at) VALUES (:case, :kind, :since, :number, :now)
        ON CONFLICT (case_number, kind, since_at, number) DO NOTHING
        """
    made = db.execute(sql, case=number, kind=kind, since=since_ms, number=count, now=to_ms(now))
    if made and (count or kind == "supervisors"):  # the first one is told by the case's own link
        audit.record(db, number, "case.alarmed", {"kind": kind, "number": count}, now)
    return made
