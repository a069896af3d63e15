"""Bringing a database to the version that this program knows, whatever version it is at."""

from __future__ import annotations

from bot.errors import StoreTooNew
from bot.store.connection import Connection
from bot.store.migrations import MIGRATIONS
from bot.store.translate import is_for, translate_table


def version_of(db: Connection) -> int:
    """The number of the last migration that ran; 0 for an empty database."""
    if not db.has_table("migrations"):
        return 0
    row = db.one("SELECT coalesce(max(version), 0) AS version FROM migrations")
    return int(row["version"]) if row else 0


def migrate(db: Connection, now_ms: int, upto: int | None = None) -> int:
    """Run what is missing; the version reached. Raises :class:`StoreTooNew`.

    The engine calls it in one transaction under a lock, so that of several processes that start together one migrates.
    """
    upto = len(MIGRATIONS) if upto is None else upto
    version = version_of(db)
    if version > upto:
        raise StoreTooNew(f"the database is at version {version}, this program knows {upto}: install a newer one")
    if version == upto:
        return upto
    db.execute("CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY, at BIGINT NOT NULL)")
    for number in range(version + 1, upto + 1):
        for statement in MIGRATIONS[number - 1]:
            if is_for(db.engine, statement):
                db.execute(translate_table(statement) if db.engine == "postgresql" else statement)
        db.execute("INSERT INTO migrations (version, at) VALUES (:version, :at)", version=number, at=now_ms)
    return upto
