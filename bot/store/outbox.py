"""The outbox: messages wait here, committed with the turn that made them, until a channel has taken them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from bot.clock import to_ms
from bot.model import Button, Reply
from bot.safe import storable
from bot.store.connection import Connection, Row
from bot.store.rows import dump_buttons, load_buttons

Lane = Literal["emergency", "reply", "reminder", "broadcast"]
Status = Literal["pending", "sending", "sent", "dead", "uncertain"]
PULLED = frozenset({"web", "terminal"})
"""Channels that read the conversation themselves: what is written there has arrived."""
EACH = 20
"""At most this many replies of one chat are handed out together, so that no chat stands in the way of the others."""


@dataclass(frozen=True, slots=True)
class OutRow:
    """A message to be sent."""

    id: int
    key: str
    """Unique for each message: ``reply:<inbox id>:<n>``."""
    channel: str
    address: str
    lane: Lane
    text: str
    buttons: tuple[Button, ...]
    attempt: int
    """The number of this attempt, 1 for the first; only its holder can settle the row."""
    part: int
    """How many parts of a long message have arrived already."""


def out_row(row: Row, *, attempt: int) -> OutRow:
    """A row of the table as its ``attempt``."""
    buttons = load_buttons(row["buttons"])
    return OutRow(row["id"], row["key"], row["channel"], row["address"], row["lane"], row["text"], buttons, attempt, row["part"])


def put(db: Connection, channel: str, address: str, inbox_id: int, replies: Iterable[Reply], lane: Lane, now: dt.datetime) -> None:
    """Queue the replies to one inbox row; a reply that is already there stays as it is."""
    db.execute_many(
        """
        INSERT INTO outbox (key, channel, address, lane, text, buttons, status, created_at, updated_at)
        VALUES (:key, :channel, :address, :lane, :text, :buttons, :status, :now, :now)
        ON CONFLICT (key) DO NOTHING
        """,
        [
            {
                "key": f"reply:{inbox_id}:{number}",
                "channel": channel,
                "address": storable(address),
                "lane": lane,
                "text": storable(reply.text),
                "buttons": dump_buttons(reply.buttons),
                "status": "sent" if channel in PULLED else "pending",
                "now": to_ms(now),
            }
            for number, reply in enumerate(replies)
        ],
    )


def waiting(db: Connection, channel: str, limit: int) -> tuple[list[OutRow], list[int]]:
    """What is not settled yet, oldest first, for the one sender of a channel; beside it the ids that nobody handed out before."""
    rows = db.query(
        """
        SELECT * FROM (
            SELECT *, row_number() OVER (PARTITION BY address ORDER BY id) AS place FROM outbox
            WHERE channel = :channel AND status IN ('pending', 'sending')
        ) AS waiting WHERE place <= :each ORDER BY id LIMIT :limit
        """,
        channel=channel,
        each=EACH,
        limit=limit,
    )
    return [out_row(row, attempt=row["attempts"]) for row in rows], [row["id"] for row in rows if row["status"] == "pending"]


def hand_out(db: Connection, ids: Iterable[int], now: dt.datetime) -> None:
    """Count an attempt of pending rows, before the call: whoever finds them ``sending`` knows that they may have arrived."""
    sql = "UPDATE outbox SET status = 'sending', attempts = attempts + 1, updated_at = :now WHERE id = :id AND status = 'pending'"
    db.execute_many(sql, [{"id": row, "now": to_ms(now)} for row in ids])


def settle(db: Connection, row: int, status: Literal["sent", "dead"], reason: str, now: dt.datetime) -> None:
    """The channel has taken the row, or never will; a row that is settled stays so."""
    sql = """
        UPDATE outbox SET status = :status, reason = :reason, updated_at = :now WHERE id = :id AND status IN ('pending', 'sending')
        """
    db.execute(sql, id=row, status=status, reason=storable(reason)[:60], now=to_ms(now))
