"""Moments at which a chat is to be come back to. One that has come becomes an inbox row, so that it is answered like a message."""

from __future__ import annotations

import datetime as dt

from bot.clock import from_ms, to_ms
from bot.effects import Later
from bot.model import Incoming
from bot.safe import storable
from bot.store import inbox
from bot.store.connection import Connection
from bot.store.waits import later

AT_ONCE = 100
"""So many become inbox rows in one transaction."""


def put(db: Connection, address: str, what: Later, now: dt.datetime) -> int:
    """Set a moment; its number, which is never given again."""
    row = db.one(
        "INSERT INTO dues (address, kind, detail, due_at) VALUES (:address, :kind, :detail, :due_at) RETURNING id",
        address=storable(address),
        kind=what.kind,
        detail=storable(what.detail),
        due_at=later(now, what.seconds),
    )
    assert row is not None  # noqa: S101  (it was written just now)
    return int(row["id"])


def drop(db: Connection, address: str, kind: str, detail: str | None = None) -> None:
    """What was set of this kind for a chat no longer matters; with ``detail`` only that."""
    sql = "DELETE FROM dues WHERE address = :address AND kind = :kind"
    if detail is None:
        db.execute(sql, address=storable(address), kind=kind)
    else:
        db.execute(sql + " AND detail = :detail", address=storable(address), kind=kind, detail=storable(detail))


def come_due(db: Connection, now: dt.datetime, address: str = "") -> list[str]:
    """Turn what is due, of one chat or of all, into inbox rows; the chats they are for. Of several processes each gets others."""
    own = "AND address = :address" if address else ""
    rows = db.query(
        f"""
        DELETE FROM dues WHERE id IN (
            SELECT id FROM dues WHERE due_at <= :now {own} ORDER BY due_at, id LIMIT :most FOR UPDATE SKIP LOCKED
        ) RETURNING id, address, kind, detail, due_at
        """,  # noqa: S608  (a constant)
        now=to_ms(now),
        most=AT_ONCE,
        **_named(address),
    )
    rows.sort(key=lambda row: (row["due_at"], row["id"]))
    for row in rows:
        channel, _, chat = row["address"].partition(":")
        inbox.accept(db, Incoming(channel, chat, f"due:{row['id']}", f"{row['kind']}:{row['detail']}", from_ms(row["due_at"]), kind="due"))
    return list(dict.fromkeys(row["address"] for row in rows))


def next_due(db: Connection, address: str = "") -> dt.datetime | None:
    """When the first moment comes, of one chat or of all; None where none is set."""
    where = "WHERE address = :address" if address else ""
    row = db.one(f"SELECT min(due_at) AS due FROM dues {where}", **_named(address))  # noqa: S608  (a constant)
    return from_ms(row["due"]) if row and row["due"] is not None else None


def _named(address: str) -> dict[str, str]:
    return {"address": storable(address)} if address else {}
