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
    quotes: int = 0
    """The channel's number of the message of a group that it answers; 0: none."""
    picture: str = ""
    """What is shown in place of the text where the channel can (:attr:`bot.model.Reply.picture`)."""


def out_row(row: Row, *, attempt: int) -> OutRow:
    """A row of the table as its ``attempt``."""
    buttons = load_buttons(row["buttons"])
    address, text = row["address"], row["text"]
    seen = (row["part"], row["quotes"], row["picture"])
    return OutRow(row["id"], row["key"], row["channel"], address, row["lane"], text, buttons, attempt, *seen)


def put(
    db: Connection, channel: str, address: str, inbox_id: int, replies: Iterable[Reply], lane: Lane, now: dt.datetime, quotes: int = 0
) -> None:
    """Queue the replies to one inbox row, the first as an answer to the message ``quotes``; one that is already there stays as it is."""
    db.execute_many(
        """
        INSERT INTO outbox (key, channel, address, lane, text, buttons, picture, quotes, status, created_at, updated_at)
        VALUES (:key, :channel, :address, :lane, :text, :buttons, :picture, :quotes, :status, :now, :now)
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
                "picture": storable(reply.picture),
                "quotes": 0 if number else quotes,
                "status": "sent" if channel in PULLED else "pending",
                "now": to_ms(now),
            }
            for number, reply in enumerate(replies)
        ],
    )
