"""The inbox: every message as it came, committed before it is acknowledged."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.clock import from_ms, to_ms
from bot.model import MEMBER, Incoming
from bot.safe import storable
from bot.state import State
from bot.store.connection import Connection
from bot.store.messages import read_state
from bot.store.waits import FOREVER, ahead_of, later

LEASE = 10.0
"""Seconds a row belongs to who took it up: twice what understanding it may take."""


ANSWERS = dt.timedelta(hours=48)
"""So long after a broadcast what somebody writes counts as written after it."""


@dataclass(frozen=True, slots=True)
class InboxRow:
    """An open row that was taken up, with what its conversation remembers."""

    id: int
    incoming: Incoming
    attempts: int
    """How often it was taken up, this time included."""
    state: State = field(default_factory=State)
    version: int = 0
    """The conversation's, for :meth:`Store.finish`; 0 where there was none."""
    unreachable: bool = False
    """Whether the resident counts as somebody who cannot be reached; whoever writes can be."""
    told: bool = False
    """Whether they were sent a broadcast lately: what they write may be an answer to it."""


def accept(db: Connection, incoming: Incoming) -> int:
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
    rows = db.query(
        """
        INSERT INTO inbox (channel, chat, update_id, address, kind, text, lang, city, raw, received_at)
        VALUES (:channel, :chat, :update_id, :address, :kind, :text, :lang, :city, :raw, :received_at)
        ON CONFLICT (channel, chat, update_id) DO NOTHING RETURNING id
        """,
        **values,
    ) or db.query(
        "SELECT id FROM inbox WHERE channel = :channel AND chat = :chat AND update_id = :update_id",
        **{name: values[name] for name in ("channel", "chat", "update_id")},
    )
    return int(rows[0]["id"])


def claim(db: Connection, address: str, now: dt.datetime, lease_s: float) -> InboxRow | None:
    """Take up the oldest open row of a chat, unless somebody holds it. The attempt and the lease are committed before the work,
    so that a row that kills us is counted and no other process does the same work."""
    row = db.one(
        """
        UPDATE inbox SET attempts = attempts + 1, leased_at = :now, leased_until = :until
        WHERE id = (SELECT min(id) FROM inbox WHERE address = :address AND status = 'open')
              AND status = 'open' AND (leased_until <= :now OR leased_at > :ahead)
        RETURNING *, (SELECT c.state FROM conversations AS c WHERE c.address = :address) AS state,
                  (SELECT c.version FROM conversations AS c WHERE c.address = :address) AS version,
                  (SELECT r.unreachable FROM residents AS r WHERE r.address = :answered) AS unreachable,
                  EXISTS (SELECT 1 FROM recipients AS had WHERE had.address = :address AND had.at > :lately) AS told
        """,
        address=storable(address),
        answered=storable(address).partition(MEMBER)[0],
        now=to_ms(now),
        until=later(now, lease_s),
        ahead=ahead_of(now),
        lately=to_ms(now - ANSWERS),
    )
    if row is None:
        return None
    incoming = Incoming(
        channel=row["channel"],
        # Not the column ``chat``: a chat that moved keeps it, for its unique key.
        chat=row["address"].removeprefix(f"{row['channel']}:"),
        update=row["update_id"],
        text=row["text"],
        at=from_ms(row["received_at"]),
        lang=row["lang"],
        city=row["city"],
        kind=row["kind"],
        raw=row["raw"],
    )
    state, version = (State(), 0) if row["version"] is None else read_state(row["state"], row["version"])
    return InboxRow(int(row["id"]), incoming, int(row["attempts"]), state, version, bool(row["unreachable"]), bool(row["told"]))


def finish(db: Connection, row: InboxRow, status: Literal["done", "quarantined"], now: dt.datetime) -> bool:
    """Mark an open row as handled; False where it no longer was open, or another process has taken it up since."""
    sql = "UPDATE inbox SET status = :status, done_at = :now WHERE id = :id AND status = 'open' AND attempts = :attempts"
    return db.execute(sql, id=row.id, status=status, now=to_ms(now), attempts=row.attempts) == 1


def release(db: Connection, row: InboxRow) -> None:
    """Give a row back that was not finished, so that it need not wait for its lease to run out."""
    sql = "UPDATE inbox SET leased_until = 0 WHERE id = :id AND status = 'open' AND attempts = :attempts"
    db.execute(sql, id=row.id, attempts=row.attempts)


def open_addresses(db: Connection, now: dt.datetime | None) -> list[str]:
    """The chats with open rows, the longest waiting first; with ``now`` only those that nobody holds."""
    sql = """
        SELECT address, min(id) AS first FROM inbox WHERE status = 'open'
        GROUP BY address HAVING max(CASE WHEN leased_at <= :ahead THEN leased_until ELSE 0 END) <= :now ORDER BY first
        """
    at, ahead = (to_ms(now), ahead_of(now)) if now else (FOREVER, 0)
    return [row["address"] for row in db.query(sql, now=at, ahead=ahead)]


def is_claimable(db: Connection, address: str, now: dt.datetime) -> bool:
    """Whether a chat has an open row that nobody holds; asked of a reader first, so that the last look costs no commit."""
    sql = """
        SELECT leased_at, leased_until FROM inbox WHERE address = :address AND status = 'open' ORDER BY id LIMIT 1
        """
    row = db.one(sql, address=storable(address))
    return row is not None and (row["leased_until"] <= to_ms(now) or row["leased_at"] > ahead_of(now))
