"""The database alone: the rows that the service writes, by a bare loop with one commit each."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from typing import Any

import psycopg

from bot.store.store import Store
from tests.bench.delivery_parts import SAYS
from tests.fakes.bot_api import updates

CHATS, RAW = 200, 2_000
_ROW = (
    "INSERT INTO inbox (channel, chat, update_id, address, kind, text, lang, city, raw, received_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def bare(database: str) -> dict[str, float]:
    """Commits a second: ``intake``, an inbox row each; ``turns``, all rows of a turn each. The database is empty before."""
    Store(database).close()
    served = database.startswith("postgresql://")
    mark = "%s" if served else "?"
    statement = _ROW.replace("?", mark)
    raw = json.dumps({"update_id": 1, "message": {**updates.message(1, 1), "text": SAYS[1]}})
    connect: Any = psycopg.connect if served else sqlite3.connect
    with closing(connect(database, **({"autocommit": True} if served else {"isolation_level": None}))) as db:
        if not served:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
        begun = time.perf_counter()
        for n in range(RAW):
            db.execute(statement, ("telegram", "1", str(n), "telegram:1", "text", SAYS[1], "", "", raw, 0))
        intake = RAW / (time.perf_counter() - begun)
        begun = time.perf_counter()
        for n in range(1, RAW + 1):
            db.execute("BEGIN")
            for change, values in _turn(n):
                db.execute(change.replace("?", mark), values)
            db.execute("COMMIT")
        return {"intake": intake, "turns": RAW / (time.perf_counter() - begun)}


def _turn(n: int) -> list[tuple[str, tuple[Any, ...]]]:
    line = "INSERT INTO messages (address, author, text, buttons, at, inbox_id) VALUES (?, ?, ?, '[]', 0, ?)"
    out = "INSERT INTO outbox (key, channel, address, text, buttons, status, created_at, updated_at) VALUES (?, ?, ?, ?, '[]', ?, 0, 0)"
    state = "INSERT INTO conversations (address, state, version, updated_at) VALUES (?, '{}', 1, 0)"
    where = f"telegram:{n % CHATS}"
    return [
        ("UPDATE inbox SET status = 'done' WHERE id = ?", (n,)),
        (f"{state} ON CONFLICT (address) DO UPDATE SET version = 2", (where,)),
        (line, (where, "resident", SAYS[1], n)),
        (line, (where, "bot", SAYS[1] * 10, n)),
        (out, (f"raw:{n}", "telegram", where, SAYS[1] * 10, "pending")),
    ]
