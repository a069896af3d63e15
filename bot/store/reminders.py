"""Residents' reminders. Each that is active has one moment set (:mod:`bot.store.dues`), which becomes an inbox row once."""

from __future__ import annotations

import datetime as dt

from bot.clock import from_ms, to_ms
from bot.effects import Later
from bot.reminder import MOST, Reminder, ReminderKind, ReminderStatus, Rule, loaded
from bot.safe import storable
from bot.store import dues
from bot.store.connection import Connection, Row

DUE = "remind"
"""The kind of their moments; the detail is the reminder's id and the moment's place in their order."""


def put(db: Connection, address: str, kind: ReminderKind, words: str, rule: Rule, now: dt.datetime) -> None:
    """Set a reminder and its first moment; nothing where the chat has too many or the rule has no moment any more."""
    first = rule.next(now)
    count = db.one(
        "SELECT count(*) AS many, max(number) AS last FROM reminders WHERE address = :address AND status <> 'done'",
        address=storable(address),
    )
    if first is None or (count and int(count["many"]) >= MOST):
        return
    rows = db.query(
        """
        INSERT INTO reminders (address, number, kind, words, rule, status, next_at, slot, created_at)
        VALUES (:address, :number, :kind, :words, :rule, 'active', :next_at, 1, :now) RETURNING id
        """,
        address=storable(address),
        number=int((count["last"] if count else None) or 0) + 1,
        kind=kind,
        words=storable(words),
        rule=rule.dumped(),
        next_at=to_ms(first),
        now=to_ms(now),
    )
    for row in rows:
        _set(db, address, int(row["id"]), 1, first, now)


def of(db: Connection, address: str) -> tuple[Reminder, ...]:
    """The reminders of a chat that are not done, in the order of setting."""
    rows = db.query("SELECT * FROM reminders WHERE address = :address AND status <> 'done' ORDER BY number, id", address=storable(address))
    return tuple(_reminder(row) for row in rows)


def due(db: Connection, address: str, id: int) -> Reminder | None:
    """One of a chat's reminders, whatever has become of it."""
    row = db.one("SELECT * FROM reminders WHERE id = :id AND address = :address", id=id, address=storable(address))
    return _reminder(row) if row else None


def move_on(db: Connection, address: str, id: int, now: dt.datetime) -> None:
    """Its moment has come: set the next one, or it is done."""
    row = db.one("SELECT * FROM reminders WHERE id = :id AND address = :address FOR UPDATE", id=id, address=storable(address))
    if row is None or row["status"] != "active":
        return
    rule = loaded(row["rule"])
    # Of the moments that passed while the service was away only the newest is told of.
    following = rule.next(max(now, from_ms(row["next_at"]))) if not rule.hours else rule.next(now)
    if following is None:
        db.execute("UPDATE reminders SET status = 'done', next_at = NULL WHERE id = :id", id=id)
        return
    slot = int(row["slot"]) + 1
    db.execute("UPDATE reminders SET next_at = :next_at, slot = :slot WHERE id = :id", id=id, next_at=to_ms(following), slot=slot)
    _set(db, address, id, slot, following, now)


def change(db: Connection, address: str, number: int, status: ReminderStatus, now: dt.datetime) -> None:
    """Stop (``done``), pause or go on with one of a chat's reminders, with 0 all of them."""
    for row in db.query(
        "SELECT * FROM reminders WHERE address = :address AND status <> 'done' ORDER BY id FOR UPDATE", address=storable(address)
    ):
        if number not in (0, row["number"]) or row["status"] == status:
            continue
        first = loaded(row["rule"]).next(now) if status == "active" else None
        slot = int(row["slot"]) + 1
        db.execute(
            "UPDATE reminders SET status = :status, next_at = :next_at, slot = :slot WHERE id = :id",
            id=row["id"],
            status=status if status != "active" or first else "done",
            next_at=to_ms(first) if first else None,
            slot=slot,
        )
        if first:
            _set(db, address, int(row["id"]), slot, first, now)


def edit(db: Connection, address: str, number: int, rule: Rule, now: dt.datetime) -> None:
    """Another rule for one of a chat's reminders; the moment that was set is its moment no more. Nothing where it never comes again."""
    sql = "SELECT * FROM reminders WHERE address = :address AND number = :number AND status <> 'done' FOR UPDATE"
    row, first = db.one(sql, address=storable(address), number=number), rule.next(now)
    if row is None or first is None:
        return
    slot = int(row["slot"]) + 1
    db.execute(
        "UPDATE reminders SET rule = :rule, status = 'active', next_at = :next_at, slot = :slot WHERE id = :id",
        id=row["id"],
        rule=rule.dumped(),
        next_at=to_ms(first),
        slot=slot,
    )
    _set(db, address, int(row["id"]), slot, first, now)


def current(db: Connection, address: str, detail: str) -> Reminder | None:
    """The reminder whose moment this is, where it still is its moment: one that was stopped, paused or set anew has another."""
    which, _, slot = detail.partition(".")
    if not (which.isdigit() and slot.isdigit()):
        return None
    row = db.one(
        "SELECT * FROM reminders WHERE id = :id AND address = :address AND slot = :slot AND status = 'active'",
        id=int(which),
        address=storable(address),
        slot=int(slot),
    )
    return _reminder(row) if row else None


def forget(db: Connection, address: str) -> None:
    """Nothing of them is kept."""
    db.execute("DELETE FROM reminders WHERE address = :address", address=storable(address))


def _set(db: Connection, address: str, id: int, slot: int, moment: dt.datetime, now: dt.datetime) -> None:
    dues.put(db, address, Later(DUE, (moment - now).total_seconds(), f"{id}.{slot}"), now)


def _reminder(row: Row) -> Reminder:
    next_at = from_ms(row["next_at"]) if row["next_at"] is not None else None
    return Reminder(row["id"], row["number"], row["kind"], row["words"], loaded(row["rule"]), row["status"], next_at)
