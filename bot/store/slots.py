"""What is made once for each slot of a schedule, by whichever of any number of processes comes first."""

from __future__ import annotations

import datetime as dt

from bot.clock import to_ms
from bot.store.connection import Connection

LEASE = dt.timedelta(minutes=10)
"""Whoever took a slot and has not finished it by then has probably been killed: another takes it."""


def is_open(db: Connection, schedule: str, slot: str, now: dt.datetime) -> bool:
    """Whether :func:`take` could give the slot; a look in vain costs no commit."""
    row = db.one("SELECT taken_at, done_at FROM slots WHERE schedule = :schedule AND slot = :slot", schedule=schedule, slot=slot)
    return row is None or (row["done_at"] is None and row["taken_at"] <= to_ms(now - LEASE))


def take(db: Connection, schedule: str, slot: str, now: dt.datetime) -> bool:
    """Whether the slot is ours to do."""
    row = db.one(
        """
        INSERT INTO slots (schedule, slot, taken_at) VALUES (:schedule, :slot, :now)
        ON CONFLICT (schedule, slot) DO UPDATE SET taken_at = excluded.taken_at
        WHERE slots.done_at IS NULL AND slots.taken_at <= :old
        RETURNING slot
        """,
        schedule=schedule,
        slot=slot,
        now=to_ms(now),
        old=to_ms(now - LEASE),
    )
    return row is not None


def done(db: Connection, schedule: str, slot: str, now: dt.datetime) -> None:
    """The slot is done: nobody takes it again."""
    sql = "UPDATE slots SET done_at = :now WHERE schedule = :schedule AND slot = :slot"
    db.execute(sql, schedule=schedule, slot=slot, now=to_ms(now))
