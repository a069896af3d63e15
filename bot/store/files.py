"""What residents sent with a case and the bot cannot read: pictures, voice messages and documents, by the channel's own id."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bot.clock import from_ms
from bot.store import audit, body
from bot.store.connection import Connection


@dataclass(frozen=True, slots=True)
class File:
    """A file, which the channel gives to whoever knows its id and the bot's token."""

    kind: str
    """``photo``, ``voice``, ``document`` or ``other``."""
    id: str
    at: dt.datetime


def of(db: Connection, number: int) -> list[File]:
    """The files of a case, oldest first: those of the messages that opened it or were added to it. None after /forget."""
    rows = (int(row.detail["inbox"]) for row in audit.trail(db, number) if "inbox" in row.detail)
    found: list[File] = []
    for inbox_id in dict.fromkeys(rows):
        row = db.one("SELECT kind, raw, received_at FROM inbox WHERE id = :id", id=inbox_id)
        if row is not None and row["raw"]:
            found += [File(row["kind"], file, from_ms(row["received_at"])) for file in body.files_in(row["raw"])]
    return found
