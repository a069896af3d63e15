"""What the data said last of something, so that a change of it is seen once, by whichever process comes first."""

from __future__ import annotations

import datetime as dt

from bot.clock import to_ms
from bot.store.connection import Connection


def known(db: Connection, kind: str) -> dict[str, str]:
    """The value of each id that was seen of a kind."""
    return {row["id"]: row["value"] for row in db.query("SELECT id, value FROM watched WHERE kind = :kind ORDER BY id", kind=kind)}


def moved(db: Connection, kind: str, id: str, was: str | None, value: str, now: dt.datetime) -> bool:
    """Keep a value; whether it was ``was`` (None: not known) until now. Of several processes one is told so."""
    values = {"kind": kind, "id": id, "value": value, "now": to_ms(now)}
    if was is None:
        sql = "INSERT INTO watched (kind, id, value, at) VALUES (:kind, :id, :value, :now) ON CONFLICT (kind, id) DO NOTHING"
        return db.execute(sql, **values) == 1
    sql = "UPDATE watched SET value = :value, at = :now WHERE kind = :kind AND id = :id AND value = :was"
    return db.execute(sql, was=was, **values) == 1
