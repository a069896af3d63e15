"""Whose case it is for now: taken, given back, and back by itself where whoever has it falls silent; who else looks at it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from bot.clock import to_ms
from bot.store import alarms, audit, clocks
from bot.store.connection import Connection
from bot.store.desk import Act, extend, give, hold, is_new, nobody_else, unchanged
from bot.store.waits import ahead_of

Leases = Mapping[str, dt.timedelta]
"""How long a case stays with somebody, by priority."""
LOOKS = dt.timedelta(seconds=30)
"""So long after the last sign somebody counts as looking at a case."""
AT_ONCE = 100
_FREE = "UPDATE cases SET owner = '', owner_at = 0, owner_until = 0, updated_at = :now WHERE number = :number"
_SILENT = "owner <> '' AND (owner_until <= :now OR owner_at > :ahead)"


def take(db: Connection, act: Act, leases: Mapping[str, dt.timedelta], now: dt.datetime, *, over: bool = False) -> bool:
    """The case is theirs; False where it is closed. ``over``: also where somebody else works on it.

    Raises :class:`bot.store.desk.NoCase`, ``MovedOn`` or ``Held``.
    """
    case = hold(db, act.number)
    if case.status != "open":
        return False
    if extend(db, case, act.by, leases, now) or not is_new(db, act, "take", now):
        return True
    if not over:
        nobody_else(case, act.by, now)
    unchanged(db, act)
    held = case.held_by(now)
    if case.lease is not None and not held:
        audit.record(db, act.number, "case.returned", {"from": case.lease.who}, now)
    give(db, case, act.by, leases, now)
    clocks.settle(db, act.number)
    alarms.quiet(db, act.number, now)
    audit.record(db, act.number, "case.taken", {"by": act.by, **({"from": held} if held else {})}, now)
    return True


def free(db: Connection, number: int, now: dt.datetime) -> None:
    """Nobody has the case any more."""
    db.execute(_FREE, number=number, now=to_ms(now))


def release(db: Connection, act: Act, now: dt.datetime) -> bool:
    """Whoever works on the case gives it back to the queue; False where it is not theirs. Raises :class:`bot.store.desk.NoCase`."""
    case = hold(db, act.number)
    if not is_new(db, act, "release", now):
        return True
    if case.held_by(now) != act.by:
        return False
    free(db, act.number, now)
    audit.record(db, act.number, "case.released", {"by": act.by}, now)
    clocks.given_back(db, act.number)
    return True


def still_here(db: Connection, act: Act, leases: Mapping[str, dt.timedelta], now: dt.datetime) -> bool:
    """A sign of life; False where the case is not theirs any more. Raises :class:`bot.store.desk.NoCase`."""
    return extend(db, hold(db, act.number), act.by, leases, now)


def any_silent(db: Connection, now: dt.datetime) -> bool:
    """Whether :func:`return_silent` has anything to do."""
    row = db.one(f"SELECT 1 AS found FROM cases WHERE {_SILENT} LIMIT 1", now=to_ms(now), ahead=ahead_of(now))  # noqa: S608  (a constant)
    return row is not None


def return_silent(db: Connection, now: dt.datetime) -> list[int]:
    """Back to the queue with the cases of those who fell silent; their numbers. Of several processes each gets others."""
    rows = db.query(
        f"SELECT * FROM cases WHERE {_SILENT} ORDER BY owner_until, number LIMIT :most FOR UPDATE SKIP LOCKED",  # noqa: S608  (a constant)
        now=to_ms(now),
        ahead=ahead_of(now),
        most=AT_ONCE,
    )
    for row in rows:
        free(db, row["number"], now)
        audit.record(db, row["number"], "case.returned", {"from": row["owner"]}, now)
        clocks.given_back(db, row["number"])
    return [int(row["number"]) for row in rows]


def present(db: Connection, number: int, by: str, now: dt.datetime) -> None:
    """Somebody has the case on their screen. Nothing where there is no such case."""
    db.execute(
        """
        INSERT INTO case_presence (case_number, who, at) SELECT number, :by, :now FROM cases WHERE number = :number
        ON CONFLICT (case_number, who) DO UPDATE SET at = excluded.at
        """,
        number=number,
        by=by,
        now=to_ms(now),
    )
    # Not that of a closed page, and only this case's: the table holds who looks now.
    db.execute("DELETE FROM case_presence WHERE case_number = :number AND at <= :old", number=number, old=to_ms(now - LOOKS))


def others(db: Connection, number: int, by: str, now: dt.datetime) -> list[str]:
    """Who else has the case on their screen."""
    rows = db.query(
        "SELECT who FROM case_presence WHERE case_number = :number AND who <> :by AND at > :old AND at <= :ahead ORDER BY who",
        number=number,
        by=by,
        old=to_ms(now - LOOKS),
        ahead=ahead_of(now),
    )
    return [row["who"] for row in rows]
