"""What every action of the staff on a case has in common: the case is held, nothing has changed under them, nothing is done twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from bot.clock import to_ms
from bot.errors import StoreError
from bot.model import Case
from bot.safe import storable
from bot.store import audit
from bot.store.audit import AuditRow
from bot.store.cases import case_of
from bot.store.connection import Connection

KEPT = dt.timedelta(days=1)
"""So long it is known what was done already."""


class NoCase(StoreError):
    """There is no such case."""


class MovedOn(StoreError):
    """The case has changed since it was looked at; ``rows`` say how. Nothing was written."""

    def __init__(self, rows: tuple[AuditRow, ...]) -> None:
        super().__init__("the case has changed since it was looked at")
        self.rows = rows


class Held(StoreError):
    """Somebody else works on the case: ``who``, without another sign of life until ``until``. Nothing was written."""

    def __init__(self, who: str, until: dt.datetime) -> None:
        super().__init__("somebody else works on the case")
        self.who, self.until = who, until


_NO_CHANGE = frozenset({"case.alarmed", "case.overdue"})
"""That time has gone by is nothing that an answer would overwrite."""


@dataclass(frozen=True, slots=True)
class Act:
    """One action of one person on one case."""

    number: int
    by: str
    seen: int | None = None
    """The version that they looked at; None: they act on whatever it is."""
    once: str = ""
    """The same key again is the same action, sent twice."""


def hold(db: Connection, number: int) -> Case:
    """A case that nobody else changes until the transaction ends. Raises :class:`NoCase`."""
    row = db.one("SELECT * FROM cases WHERE number = :number FOR UPDATE", number=number)
    if row is None:
        raise NoCase(f"there is no case {number}")
    return case_of(row)


def is_new(db: Connection, act: Act, what: str, now: dt.datetime) -> bool:
    """Whether this action was not done before; it counts as done with this transaction."""
    if not act.once:
        return True
    sql = "INSERT INTO desk_done (name, at) VALUES (:name, :now) ON CONFLICT (name) DO NOTHING"
    db.execute("DELETE FROM desk_done WHERE at < :old", old=to_ms(now - KEPT))
    return db.execute(sql, name=_name(act, what), now=to_ms(now)) == 1


def is_done(db: Connection, act: Act, what: str) -> bool:
    """Whether this action was done before."""
    return bool(act.once) and db.one("SELECT 1 AS found FROM desk_done WHERE name = :name", name=_name(act, what)) is not None


def _name(act: Act, what: str) -> str:
    return storable(f"{act.number}:{what}:{act.by}:{act.once[:200]}")


def unchanged(db: Connection, act: Act) -> None:
    """Raises :class:`MovedOn` where the case is not at the version that was looked at. The case must be held."""
    if act.seen is None:
        return
    if rows := tuple(row for row in audit.trail(db, act.number, act.seen) if row.kind not in _NO_CHANGE):
        raise MovedOn(rows)


def nobody_else(case: Case, by: str, now: dt.datetime) -> None:
    """Raises :class:`Held` where somebody else works on the case."""
    lease = case.lease
    if lease is not None and lease.held(now) and lease.who != by:
        raise Held(lease.who, lease.until)


def begin(db: Connection, act: Act, what: str, leases: Mapping[str, dt.timedelta], now: dt.datetime) -> Case | None:
    """Hold the case for an action that overwrites; None where it was done before. The owner's action is a sign of life.

    Raises :class:`NoCase`, :class:`MovedOn` or :class:`Held`.
    """
    case = hold(db, act.number)
    if not is_new(db, act, what, now):
        return None
    unchanged(db, act)
    nobody_else(case, act.by, now)
    extend(db, case, act.by, leases, now)
    return case


def extend(db: Connection, case: Case, by: str, leases: Mapping[str, dt.timedelta], now: dt.datetime) -> bool:
    """A sign of life of whoever works on a case that is held; whether it is they."""
    if case.held_by(now) != by:
        return False
    give(db, case, by, leases, now)
    return True


def give(db: Connection, case: Case, by: str, leases: Mapping[str, dt.timedelta], now: dt.datetime) -> None:
    """The case is theirs from now on for as long as its priority says."""
    db.execute(
        """
        UPDATE cases SET owner = :by, owner_at = :now, owner_until = :until, taken_at = coalesce(taken_at, :now),
               took_at = coalesce(took_at, :now)
        WHERE number = :number
        """,
        number=case.number,
        by=by,
        now=to_ms(now),
        until=to_ms(now + leases[case.priority]),
    )
