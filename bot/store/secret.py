"""Secrets that all processes on one database share: made once, kept beside what they protect, and copied with it."""

from __future__ import annotations

import secrets

from bot.store.connection import Connection

_BYTES = 32


def make(db: Connection, name: str) -> None:
    """Make a secret, unless it is there; of several processes that start together one makes it."""
    sql = "INSERT INTO secrets (name, value) VALUES (:name, :value) ON CONFLICT (name) DO NOTHING"
    db.execute(sql, name=name, value=secrets.token_hex(_BYTES))


def read(db: Connection, name: str) -> bytes | None:
    """A secret; None where it was never made."""
    row = db.one("SELECT value FROM secrets WHERE name = :name", name=name)
    return bytes.fromhex(row["value"]) if row else None
