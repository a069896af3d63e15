"""Opening connections: one that writes, and read-only ones for everybody else."""

from __future__ import annotations

import contextlib
import os
import queue
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlite_utils import Database

from bot.errors import StoreUnavailable
from bot.store.trouble import told, unavailable

MEMORY = ":memory:"
CHECKPOINT_PAGES = 10_000
"""Pages in the log (40 MB) after which they are folded into the file."""
WRITER_CACHE_KB = 8_192
"""What the one connection that writes keeps of the file: full after some thousand messages, so that memory does not grow later."""
READER_CACHE_KB = 8_192
"""What each connection that reads keeps of it: the inner pages of the indexes of a million cases, so that each look reads leaves only."""
BUSY_SECONDS = 5.0
"""How long a connection waits for another process's lock."""


def open_writer(path: str) -> Database:
    """The one connection that writes. Raises :class:`StoreUnavailable`."""
    conn: sqlite3.Connection | None = None
    try:
        conn = connect(path)
        db = Database(conn, execute_plugins=False)
        _use_wal(db)
        # NORMAL loses acknowledged messages in a power cut (design.md).
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
        # A turn writes some fifteen pages: with the 1000 of the default more than one commit in a hundred also folds in the log,
        # and in a large file that takes long.
        db.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        db.execute(f"PRAGMA cache_size = -{WRITER_CACHE_KB}")
    except (sqlite3.Error, OSError) as error:
        if conn is not None:
            with contextlib.suppress(sqlite3.Error):
                conn.close()
        raise unavailable(path, error) from error
    return db


def connect(path: str) -> sqlite3.Connection:
    """A bare connection; the file is made where there is none."""
    if path != MEMORY:
        # Residents' words lie in the file: nobody but its owner reads it. WAL files inherit the mode.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    return sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)


def _use_wal(db: Database) -> None:
    """Switch the file to WAL; SQLite does not wait for others here, so we do."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.02)


def identity(path: str) -> tuple[int, int] | None:
    """Which file has this name now; None where there is none. A removed one could be written to without anybody noticing."""
    try:
        found = os.stat(path)  # noqa: PTH116  (asked for each read and write; a Path costs more than the question)
    except OSError:
        return None
    return found.st_dev, found.st_ino


class Readers:
    """A pool of read-only connections; one is taken for each read and given back."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._idle: queue.LifoQueue[tuple[tuple[int, int] | None, Database]] = queue.LifoQueue()
        self._closed = False

    @contextmanager
    def take(self) -> Iterator[Database]:
        """A connection for the time of one read. Raises :class:`StoreUnavailable`."""
        if self._closed:
            raise StoreUnavailable("the database is closed")
        file = identity(self._path)
        db = self._get(file)
        try:
            yield db
        except sqlite3.Error as error:
            db.close()
            raise told(self._path, error) from error
        except BaseException:
            db.close()
            raise
        if self._closed:
            db.close()
        else:
            self._idle.put((file, db))

    def _get(self, file: tuple[int, int] | None) -> Database:
        while True:
            try:
                opened, db = self._idle.get_nowait()
            except queue.Empty:
                return self._open()
            if opened == file:
                return db
            db.close()

    def _open(self) -> Database:
        uri = f"file:{quote(str(Path(self._path).absolute()))}?mode=ro"
        try:
            conn = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
            db = Database(conn, execute_plugins=False)
            db.execute("PRAGMA query_only = ON")
            db.execute(f"PRAGMA cache_size = -{READER_CACHE_KB}")
        except sqlite3.Error as error:
            raise unavailable(self._path, error) from error
        return db

    def close(self) -> None:
        """Close the idle connections; those in use close when they are given back."""
        self._closed = True
        while True:
            try:
                self._idle.get_nowait()[1].close()
            except queue.Empty:
                return
