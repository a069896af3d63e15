"""What residents sent with a case and the bot cannot read: pictures, voice messages and documents, by the channel's own id."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.clock import from_ms
from bot.store import audit
from bot.store.connection import Connection

_MESSAGES = ("message", "edited_message")


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
            found += [File(row["kind"], file, from_ms(row["received_at"])) for file in ids_in(row["raw"])]
    return found


def ids_in(raw: str) -> list[str]:
    """The ids of the files in a body as it came: of a picture that is there in several sizes the largest, which comes last."""
    try:
        body = json.loads(raw)
    except ValueError:
        return []
    message: Any = next((body[name] for name in _MESSAGES if name in body), None) if isinstance(body, Mapping) else None
    if not isinstance(message, Mapping):
        return []
    sizes = message.get("photo")
    parts = [sizes[-1]] if isinstance(sizes, list) and sizes else []
    parts += [value for name, value in message.items() if isinstance(value, Mapping) and "file_id" in value]
    return [str(part["file_id"]) for part in parts if isinstance(part, Mapping) and "file_id" in part]
