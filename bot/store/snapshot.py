"""A database as it is at one moment, read without changing it: the service goes on writing meanwhile, and nothing is migrated."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Protocol, TypeVar
from urllib.parse import quote

from sqlite_utils import Database

from bot.errors import StoreError
from bot.store.connect import BUSY_SECONDS, MEMORY
from bot.store.connection import EngineName, Work
from bot.store.open import is_url
from bot.store.trouble import told, unavailable

T = TypeVar("T")


class Snapshot(Protocol):
    """Open for reading. ``read`` raises :class:`bot.errors.StoreError`."""

    name: EngineName
    place: str
    """Where the database is, fit for a log: without a password."""

    def read(self, work: Work[T]) -> T:
        """Run ``work``; every call sees the same moment."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class SqliteSnapshot:
    """One read transaction on a file. Writers go on beside it; only the log grows until it ends."""

    name: EngineName = "sqlite"

    def __init__(self, path: str) -> None:
        """Raises :class:`bot.errors.StoreUnavailable`."""
        self.place = path
        try:
            self.conn = open_file(path, "ro")
        except sqlite3.Error as error:
            raise unavailable(path, error) from error
        try:
            self.conn.execute("BEGIN")
            # The moment is that of the first read.
            self.conn.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.Error as error:
            self.conn.close()
            raise told(path, error) from error

    def read(self, work: Work[T]) -> T:
        """Run ``work``; every call sees the same moment."""
        from bot.store.sqlite import SqliteConnection

        try:
            return work(SqliteConnection(Database(self.conn, execute_plugins=False)))
        except sqlite3.Error as error:
            raise told(self.place, error) from error

    def close(self) -> None:
        """Let go of it."""
        self.conn.close()


def open_file(path: str, mode: str) -> sqlite3.Connection:
    """A bare connection to a file that is there; ``mode`` is SQLite's ``ro`` or ``rw``. Raises ``sqlite3.Error``."""
    uri = f"file:{quote(str(Path(path).absolute()))}?mode={mode}"
    return sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)


def open_snapshot(database: str) -> Snapshot:
    """The present moment of a path or a ``postgresql://`` URL. Raises :class:`bot.errors.StoreError`."""
    if is_url(database):
        from bot.store.postgres import PostgresSnapshot

        return PostgresSnapshot(database)
    if database == MEMORY:
        raise StoreError(f"{MEMORY} keeps nothing; set HOTLINE_DATABASE to a file or a postgresql:// URL")
    if not Path(database).is_file():
        raise StoreError(f"there is no database {database}")
    return SqliteSnapshot(database)
