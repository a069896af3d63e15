"""Who is on duty from when until when. A person has no two shifts at a time: those that touch become one."""

from __future__ import annotations

import datetime as dt

from bot.clock import from_ms, to_ms
from bot.staff import Shift
from bot.store.connection import Connection


def put(db: Connection, shift: Shift) -> Shift:
    """Keep a shift, made one with whatever of the same person it touches."""
    start, end = to_ms(shift.starts_at), to_ms(shift.ends_at)
    touching = "name = :name AND ends_at >= :start AND starts_at <= :end"
    rows = db.query(f"SELECT * FROM duty WHERE {touching}", name=shift.name, start=start, end=end)  # noqa: S608  (a constant)
    db.execute_many("DELETE FROM duty WHERE id = :id", [{"id": row["id"]} for row in rows])
    start, end = min([start, *(row["starts_at"] for row in rows)]), max([end, *(row["ends_at"] for row in rows)])
    sql = "INSERT INTO duty (name, team, starts_at, ends_at) VALUES (:name, :team, :start, :end)"
    db.execute(sql, name=shift.name, team=shift.team, start=start, end=end)
    return Shift(shift.name, shift.team, from_ms(start), from_ms(end))


def stop(db: Connection, name: str, now: dt.datetime) -> bool:
    """Their shift ends now; whether they had one. What is planned for later stays."""
    sql = "UPDATE duty SET ends_at = :now WHERE name = :name AND starts_at <= :now AND ends_at > :now"
    return db.execute(sql, name=name, now=to_ms(now)) > 0


def drop(db: Connection, name: str, starts_at: dt.datetime, now: dt.datetime) -> bool:
    """Take back a shift that has not begun; whether there was one."""
    sql = "DELETE FROM duty WHERE name = :name AND starts_at = :start AND starts_at > :now AND ends_at > :now"
    return db.execute(sql, name=name, start=to_ms(starts_at), now=to_ms(now)) > 0


def until(db: Connection, now: dt.datetime, end: dt.datetime) -> tuple[Shift, ...]:
    """The shifts that have not ended and begin by ``end``, in the order of their beginning."""
    sql = "SELECT * FROM duty WHERE ends_at > :now AND starts_at <= :end ORDER BY starts_at, name"
    rows = db.query(sql, now=to_ms(now), end=to_ms(end))
    return tuple(Shift(row["name"], row["team"], from_ms(row["starts_at"]), from_ms(row["ends_at"])) for row in rows)
