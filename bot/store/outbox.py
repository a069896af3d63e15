"""The outbox: replies wait here, committed with the turn that made them, until the edge has sent them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from sqlite_utils import Database

from bot.clock import to_ms
from bot.model import Button, Incoming, Reply
from bot.safe import storable
from bot.store.rows import dump_buttons, load_buttons, query, run

PULLED = frozenset({"web", "terminal"})
"""Channels that read the conversation themselves: what is written there has arrived."""
EACH = 20
"""At most this many replies of one chat are handed out together, so that no chat stands in the way of the others."""


@dataclass(frozen=True, slots=True)
class OutRow:
    """A reply to be sent."""

    id: int
    address: str
    text: str
    buttons: tuple[Button, ...]
    status: str = "pending"
    """``sending``: it was handed out before and may have arrived."""


def put(db: Database, incoming: Incoming, inbox_id: int, replies: tuple[Reply, ...], now: dt.datetime) -> None:
    """Queue the replies to one inbox row; a reply that is already there stays as it is."""
    for number, reply in enumerate(replies):
        run(
            db,
            """
            INSERT INTO outbox (key, channel, address, text, buttons, status, created_at, updated_at)
            VALUES (:key, :channel, :address, :text, :buttons, :status, :now, :now)
            ON CONFLICT (key) DO NOTHING
            """,
            key=f"reply:{inbox_id}:{number}",
            channel=incoming.channel,
            address=storable(incoming.address),
            text=storable(reply.text),
            buttons=dump_buttons(reply.buttons),
            status="sent" if incoming.channel in PULLED else "pending",
            now=to_ms(now),
        )


def waiting(db: Database, channel: str, limit: int) -> list[OutRow]:
    """What is not settled yet, oldest first: never handed out, or handed out and not reported on."""
    rows = query(
        db,
        """
        SELECT id, address, text, buttons, status FROM (
            SELECT *, row_number() OVER (PARTITION BY address ORDER BY id) AS place FROM outbox
            WHERE channel = :channel AND status IN ('pending', 'sending')
        ) AS waiting WHERE place <= :each ORDER BY id LIMIT :limit
        """,
        channel=channel,
        each=EACH,
        limit=limit,
    )
    return [OutRow(r["id"], r["address"], r["text"], load_buttons(r["buttons"]), r["status"]) for r in rows]


def take(db: Database, ids: Iterable[int], now: dt.datetime) -> None:
    """Count an attempt of pending rows, before the call: whoever finds them ``sending`` knows that they may have arrived."""
    for row in ids:
        sql = "UPDATE outbox SET status = 'sending', attempts = attempts + 1, updated_at = :now WHERE id = :id AND status = 'pending'"
        run(db, sql, id=row, now=to_ms(now))


def settle(db: Database, row: int, status: Literal["sent", "dead"], reason: str, now: dt.datetime) -> None:
    """The channel has taken the row, or never will; a row that is settled stays so."""
    sql = """
        UPDATE outbox SET status = :status, reason = :reason, updated_at = :now WHERE id = :id AND status IN ('pending', 'sending')
        """
    run(db, sql, id=row, status=status, reason=storable(reason)[:60], now=to_ms(now))
