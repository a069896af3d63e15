"""The outbox as the person who runs the service sees it: what waits, what will never arrive, what nobody knows of, and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from bot.clock import from_ms, to_ms
from bot.store.connection import Connection, Row
from bot.store.outbox import Lane, Status

TROUBLE: tuple[Status, ...] = ("dead", "uncertain")
UNSETTLED: tuple[Status, ...] = ("pending", "sending", *TROUBLE)


@dataclass(frozen=True, slots=True)
class OutItem:
    """A message of the outbox without its words."""

    id: int
    key: str
    channel: str
    address: str
    lane: Lane
    status: Status
    attempts: int
    reason: str
    """Why the last attempt failed, as a short id; empty where none has."""
    created_at: dt.datetime
    not_before: dt.datetime | None
    """When it is tried next, or when its sender's lease runs out; None: at once."""


def counts(db: Connection) -> dict[Status, int]:
    """How many messages are in each status but ``sent``, which would have to be counted through."""
    found: dict[Status, int] = dict.fromkeys(UNSETTLED, 0)
    rows = db.query("SELECT status, count(*) AS many FROM outbox WHERE status IN ('pending', 'sending') GROUP BY status")
    rows += db.query("SELECT status, count(*) AS many FROM outbox WHERE status IN ('dead', 'uncertain') GROUP BY status")
    found.update({row["status"]: int(row["many"]) for row in rows})
    return found


def oldest(db: Connection) -> dt.datetime | None:
    """Since when the longest waiting message waits; None where none does."""
    row = db.one("SELECT min(created_at) AS at FROM outbox WHERE status IN ('pending', 'sending')")
    return from_ms(row["at"]) if row and row["at"] is not None else None


# The second condition is what tells the database that a small index holds all that is asked for.
_TROUBLE = "SELECT * FROM outbox WHERE status = :status AND status IN ('dead', 'uncertain') ORDER BY id LIMIT :limit"
_WAITING = "SELECT * FROM outbox WHERE status = :status AND status IN ('pending', 'sending') ORDER BY created_at, id LIMIT :limit"


def listed(db: Connection, statuses: Sequence[Status], limit: int) -> list[OutItem]:
    """The messages in these statuses, the oldest first of each; those that were sent are not listed."""
    rows: list[Row] = []
    for status in dict.fromkeys(statuses):
        rows += db.query(_TROUBLE if status in TROUBLE else _WAITING, status=status, limit=limit - len(rows))
    return [
        OutItem(
            row["id"],
            row["key"],
            row["channel"],
            row["address"],
            row["lane"],
            row["status"],
            row["attempts"],
            row["reason"],
            from_ms(row["created_at"]),
            from_ms(row["not_before"]) if row["not_before"] and row["status"] in ("pending", "sending") else None,
        )
        for row in rows
    ]


def again(db: Connection, ids: Sequence[int] | None, now: dt.datetime) -> int:
    """Dead and uncertain messages wait again: these, or all of them. How many. Broadcasts are sent again where they are looked at."""
    sql = """
        UPDATE outbox SET status = 'pending', not_before = 0, updated_at = :now
        WHERE status IN ('dead', 'uncertain') AND lane <> 'broadcast'
        """
    if ids is None:
        return db.execute(sql, now=to_ms(now))
    return sum(db.execute(sql + " AND id = :id", id=row, now=to_ms(now)) for row in dict.fromkeys(ids))
