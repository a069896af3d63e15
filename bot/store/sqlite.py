"""SQLite through sqlite-utils: one thread writes, read-only connections read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from sqlite_utils import Database

from bot.store.connect import MEMORY, Readers
from bot.store.connection import Connection, EngineName, Row, Work
from bot.store.translate import without_locks
from bot.store.writer import Writer

T = TypeVar("T")


class SqliteConnection(Connection):
    """The neutral connection over one of sqlite-utils."""

    engine = "sqlite"

    def __init__(self, db: Database) -> None:
        """``db`` is in a transaction, or is a reader."""
        self._db = db

    def query(self, sql: str, /, **values: Any) -> list[Row]:
        """The rows of a statement, those of ``RETURNING`` included."""
        # Not Database.query: it wraps each statement in a savepoint of its own.
        cursor = self._db.execute(without_locks(sql), values)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def execute(self, sql: str, /, **values: Any) -> int:
        """Run a statement; how many rows it changed."""
        return self._db.execute(without_locks(sql), values).rowcount

    def execute_many(self, sql: str, rows: Sequence[Mapping[str, Any]], /) -> int:
        """Run a statement once for each of ``rows``; how many rows it changed."""
        return self._db.conn.executemany(sql, rows).rowcount if rows else 0

    def has_table(self, name: str) -> bool:
        """Whether there is such a table."""
        return self.one("SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = :name", name=name) is not None


class SqliteEngine:
    """A file, or ``:memory:``, where reads go through the one connection too."""

    name: EngineName = "sqlite"

    def __init__(self, path: str, prepare: Work[object]) -> None:
        """Open the file and run ``prepare`` (the migrations) in one transaction. Raises what that raises."""
        self.place = path
        self._writer = Writer(path, lambda db: prepare(SqliteConnection(db)))
        self._readers = None if path == MEMORY else Readers(path)

    def write(self, work: Work[T], *, single: bool = False, lasting: bool = True) -> T:
        """Run ``work`` in a transaction and wait until it is on the disk; others that wait at that moment share its commit."""
        return self._writer.submit(lambda db: work(SqliteConnection(db)), lasting=lasting).result()

    def read(self, work: Work[T]) -> T:
        """Run ``work`` on a read-only connection."""
        if self._readers is None:
            return self.write(work)
        with self._readers.take() as db:
            return work(SqliteConnection(db))

    def close(self) -> None:
        """Commit what is queued and close."""
        if self._readers:
            self._readers.close()
        self._writer.close()
