"""How an attempt ends. Each end is fenced: it counts only while the attempt is the row's newest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Literal

from bot.clock import to_ms
from bot.safe import storable
from bot.store.connection import Connection
from bot.store.pacer import Pace, grant
from bot.store.waits import ahead_of

_LONGEST = 200
_DELIVERED = """
    UPDATE outbox SET status = 'sent', reason = '', part = coalesce(:part, part), updated_at = :now
    WHERE id = :id AND attempts = :attempt AND status IN ('sending', 'uncertain')
    """


def delivered(db: Connection, id: int, attempt: int, now: dt.datetime, part: int | None) -> bool:
    """The whole message has arrived. A row that counted as uncertain is known again."""
    return db.execute(_DELIVERED, id=id, attempt=attempt, part=part, now=to_ms(now)) == 1


def all_delivered(db: Connection, ends: Sequence[tuple[int, int, int]], now: dt.datetime) -> list[bool]:
    """:func:`delivered` for several messages in one round trip: ids, attempts and parts. What one attempt ended twice counts twice."""
    # In one order, or two processes that settle each other's overtaken messages could lock each other out.
    rows = [{"id": row, "attempt": attempt, "part": part, "now": to_ms(now)} for row, attempt, part in sorted(ends)]
    if db.execute_many(_DELIVERED, rows) == len(rows):
        return [True] * len(rows)
    sql = "SELECT 1 AS found FROM outbox WHERE id = :id AND attempts = :attempt AND status = 'sent'"
    return [db.one(sql, id=row, attempt=attempt) is not None for row, attempt, _ in ends]


def progressed(db: Connection, id: int, attempt: int, now: dt.datetime, part: int, pace: Pace) -> bool:
    """``part`` parts have arrived: the lease begins anew, and the part that follows counts for the pacer like a message."""
    row = db.one(
        """
        UPDATE outbox SET part = :part, updated_at = :now,
               not_before = CASE WHEN updated_at <= :ahead THEN not_before - updated_at + :now ELSE not_before END
        WHERE id = :id AND attempts = :attempt AND status IN ('sending', 'uncertain') RETURNING channel, address
        """,
        id=id,
        attempt=attempt,
        part=part,
        now=to_ms(now),
        ahead=ahead_of(now),
    )
    if row is not None and pace.limited:
        grant(db, row["channel"], [row["address"]], now)
    return row is not None


def retry(db: Connection, id: int, attempt: int, reason: str, until: dt.datetime, now: dt.datetime) -> bool:
    """It has surely not arrived: another attempt, not before ``until``."""
    sql = """
        UPDATE outbox SET status = 'pending', reason = :reason, not_before = :until, updated_at = :now
        WHERE id = :id AND attempts = :attempt AND status IN ('sending', 'uncertain')
        """
    return db.execute(sql, id=id, attempt=attempt, reason=storable(reason)[:_LONGEST], until=to_ms(until), now=to_ms(now)) == 1


def end(db: Connection, id: int, attempt: int, status: Literal["dead", "uncertain"], reason: str, now: dt.datetime) -> bool:
    """It will never arrive, or nobody knows whether it has."""
    sql = """
        UPDATE outbox SET status = :status, reason = :reason, updated_at = :now
        WHERE id = :id AND attempts = :attempt AND status IN ('sending', 'uncertain')
        """
    return db.execute(sql, id=id, attempt=attempt, status=status, reason=storable(reason)[:_LONGEST], now=to_ms(now)) == 1


def give_back(db: Connection, ids_attempts: Iterable[tuple[int, int]], now: dt.datetime) -> None:
    """Attempts that were taken up and not made: whoever comes next may make them at once."""
    sql = """
        UPDATE outbox SET status = 'pending', not_before = 0, updated_at = :now
        WHERE id = :id AND attempts = :attempt AND status = 'sending'
        """
    db.execute_many(sql, [{"id": row, "attempt": attempt, "now": to_ms(now)} for row, attempt in ids_attempts])
