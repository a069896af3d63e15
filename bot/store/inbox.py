"""The inbox: every message as it came, committed before it is acknowledged."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal

from sqlite_utils import Database

from bot.clock import from_ms, to_ms
from bot.model import Incoming
from bot.safe import storable
from bot.store.rows import one, query, run


@dataclass(frozen=True, slots=True)
class InboxRow:
    """An open row. ``attempts`` counts how often it was taken up, this time included."""

    id: int
    incoming: Incoming
    attempts: int


def accept(db: Database, incoming: Incoming) -> int:
    """Keep the message; its id. The same update of the same chat a second time gives the first one's id."""
    values: dict[str, Any] = {
        "channel": incoming.channel,
        "chat": storable(incoming.chat),
        "update_id": storable(incoming.update),
        "address": storable(incoming.address),
        "kind": incoming.kind,
        "text": storable(incoming.text),
        "lang": incoming.lang,
        "city": storable(incoming.city),
        "raw": storable(incoming.raw),
        "received_at": to_ms(incoming.at),
    }
    rows = query(
        db,
        """
        INSERT INTO inbox (channel, chat, update_id, address, kind, text, lang, city, raw, received_at)
        VALUES (:channel, :chat, :update_id, :address, :kind, :text, :lang, :city, :raw, :received_at)
        ON CONFLICT (channel, chat, update_id) DO NOTHING RETURNING id
        """,
        **values,
    ) or query(
        db,
        "SELECT id FROM inbox WHERE channel = :channel AND chat = :chat AND update_id = :update_id",
        **{name: values[name] for name in ("channel", "chat", "update_id")},
    )
    return int(rows[0]["id"])


def claim(db: Database, address: str) -> InboxRow | None:
    """Take up the oldest open row of a chat. The attempt is committed before the work, so that a row that kills us is counted."""
    row = one(
        db,
        """
        UPDATE inbox SET attempts = attempts + 1
        WHERE id = (SELECT min(id) FROM inbox WHERE address = :address AND status = 'open')
        RETURNING *
        """,
        address=storable(address),
    )
    if row is None:
        return None
    incoming = Incoming(
        channel=row["channel"],
        chat=row["chat"],
        update=row["update_id"],
        text=row["text"],
        at=from_ms(row["received_at"]),
        lang=row["lang"],
        city=row["city"],
        kind=row["kind"],
        raw=row["raw"],
    )
    return InboxRow(int(row["id"]), incoming, int(row["attempts"]))


def finish(db: Database, row: int, status: Literal["done", "quarantined"], now: dt.datetime) -> bool:
    """Mark an open row as handled; False where it no longer was open."""
    sql = "UPDATE inbox SET status = :status, done_at = :now WHERE id = :id AND status = 'open'"
    return run(db, sql, id=row, status=status, now=to_ms(now)) == 1


def open_addresses(db: Database) -> list[str]:
    """The chats with open rows, the longest waiting first."""
    sql = "SELECT address, min(id) AS first FROM inbox WHERE status = 'open' GROUP BY address ORDER BY first"
    return [row["address"] for row in query(db, sql)]


def is_waiting(db: Database, address: str) -> bool:
    """Whether a chat has an open row; asked of a reader first, so that the last look costs no commit."""
    sql = "SELECT 1 AS found FROM inbox WHERE address = :address AND status = 'open' LIMIT 1"
    return one(db, sql, address=storable(address)) is not None
