"""What a database is like, read without changing it: for the person who looks after it."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.store import inbox, outbox_view
from bot.store.connection import Connection, EngineName
from bot.store.half import half_copied_from
from bot.store.migrations import MIGRATIONS
from bot.store.outbox import Status
from bot.store.schema import version_of
from bot.store.snapshot import Snapshot, open_snapshot


@dataclass(frozen=True, slots=True)
class Survey:
    """A database at one moment."""

    engine: EngineName
    place: str
    """Without a password."""
    version: int
    """0: it has no tables yet."""
    newest: int
    """The version that this program knows."""
    half: bool
    """A copy into it has broken off."""
    writable: bool
    size: int
    """Bytes."""
    free: int | None
    """Bytes of the disk that are left; None where the server does not say."""
    outbox: Mapping[Status, int]
    oldest: dt.datetime | None
    """Since when the longest waiting message waits to be sent."""
    chats: int
    """Chats with a message that is not answered yet."""


def survey(database: str) -> Survey:
    """Look at a path or a ``postgresql://`` URL. Raises :class:`bot.errors.StoreError` where it cannot be read."""
    snapshot = open_snapshot(database)
    try:
        return _survey(snapshot)
    finally:
        snapshot.close()


def _survey(snapshot: Snapshot) -> Survey:
    version = snapshot.read(version_of)
    half = snapshot.read(half_copied_from) is not None
    server = snapshot.name == "postgresql"
    writable, size = snapshot.read(_of_server) if server else _of_file(Path(snapshot.place))
    # A newer version's tables may be other ones.
    known = 0 < version <= len(MIGRATIONS)
    return Survey(
        engine=snapshot.name,
        place=snapshot.place,
        version=version,
        newest=len(MIGRATIONS),
        half=half,
        writable=writable,
        size=size,
        free=None if server else room(snapshot.place),
        outbox=snapshot.read(outbox_view.counts) if known else {},
        oldest=snapshot.read(outbox_view.oldest) if known else None,
        chats=snapshot.read(_chats) if known else 0,
    )


def _chats(db: Connection) -> int:
    if version_of(db) < len(MIGRATIONS):
        row = db.one("SELECT count(DISTINCT address) AS many FROM inbox WHERE status = 'open'")
        return int(row["many"]) if row else 0
    return len(inbox.open_addresses(db, None))


def _of_server(db: Connection) -> tuple[bool, int]:
    sql = """
        SELECT NOT pg_is_in_recovery()
               AND has_schema_privilege(current_schema(), 'CREATE') AS writable, pg_database_size(current_database()) AS size
        """
    row = db.one(sql) or {}
    return bool(row.get("writable")), int(row.get("size") or 0)


def _of_file(path: Path) -> tuple[bool, int]:
    size = sum(each.stat().st_size for each in (path, Path(f"{path}-wal")) if each.is_file())
    return can_write(str(path)) and os.access(path, os.W_OK), size


def can_write(path: str) -> bool:
    """Whether the folder of a database file can be written to: SQLite keeps its log beside the file."""
    return os.access(Path(path).absolute().parent, os.W_OK | os.X_OK)


def room(path: str) -> int | None:
    """Bytes left on the disk of a file; None where there is no such folder."""
    try:
        return shutil.disk_usage(Path(path).absolute().parent).free
    except OSError:
        return None
