"""The conversation of a case as the staff read it: who wrote each line, and whether what was sent has arrived."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from bot.clock import from_ms
from bot.safe import storable
from bot.store.connection import Connection, Row

Author = Literal["resident", "bot", "staff"]
Delivery = Literal["", "waiting", "sent", "failed", "uncertain"]
_DELIVERY: dict[str, Delivery] = {"pending": "waiting", "sending": "waiting", "sent": "sent", "dead": "failed", "uncertain": "uncertain"}
_STAFF = "staff:"


@dataclass(frozen=True, slots=True)
class Line:
    """One line."""

    id: int
    author: Author
    who: str
    """Of the staff: who wrote it, by their short name."""
    text: str
    at: dt.datetime
    delivery: Delivery = ""
    """Of what we wrote; empty: it is not known any more."""
    reason: str = ""
    """Why it failed, as a short id."""
    outbox: int = 0
    """The number of the message on its way, by which it can be sent again; 0: none."""
    address: str = ""


def lines(db: Connection, address: str, most: int) -> list[Line]:
    """The newest lines of a chat, oldest first."""
    sql = "SELECT * FROM messages WHERE address = :address ORDER BY id DESC LIMIT :most"
    rows = db.query(sql, address=storable(address), most=most)[::-1]
    keys = _keys(rows, whole=len(rows) < most)
    sent = {row["key"]: row for row in _in(db, "SELECT id, key, status, reason FROM outbox WHERE key IN", list(keys.values()))}
    acts = _acts(db, {int(row["inbox_id"]) for row in rows})
    return [_line(row, sent.get(keys.get(row["id"], "")), acts.get(int(row["inbox_id"]), ""), address) for row in rows]


def _line(row: Row, sent: Row | None, by: str, address: str) -> Line:
    ours = row["author"] == "bot"
    author: Author = "staff" if ours and by else "bot" if ours else "resident"
    told = (_DELIVERY[sent["status"]], str(sent["reason"]), int(sent["id"])) if sent else ("", "", 0)
    return Line(row["id"], author, by if ours else "", row["text"], from_ms(row["at"]), *told, address)


def _keys(rows: list[Row], *, whole: bool) -> dict[int, str]:
    """The outbox's keys of our lines. Of the first turn some lines may be cut off, so that its others cannot be counted."""
    counted: dict[int, int] = {}
    keys: dict[int, str] = {}
    first = rows[0]["inbox_id"] if rows and not whole else None
    for row in rows:
        if row["author"] == "bot" and row["inbox_id"] != first:
            number = counted.get(row["inbox_id"], 0)
            counted[row["inbox_id"]] = number + 1
            keys[row["id"]] = f"reply:{row['inbox_id']}:{number}"
    return keys


def _acts(db: Connection, ids: set[int]) -> dict[int, str]:
    """Which rows of the inbox are acts of the staff, and whose."""
    found = {}
    for row in _in(db, "SELECT id, text FROM inbox WHERE kind = 'due' AND id IN", sorted(ids)):
        if row["text"].startswith(_STAFF):
            found[int(row["id"])] = str(json.loads(row["text"][len(_STAFF) :]).get("by", ""))
    return found


def _in(db: Connection, sql: str, values: Iterable[str | int]) -> list[Row]:
    named = {f"v{place}": value for place, value in enumerate(values)}
    return db.query(f"{sql} ({', '.join(':' + name for name in named)})", **named) if named else []
