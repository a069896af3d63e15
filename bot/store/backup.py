"""A whole database into one SQLite file while the service runs, and back into an empty database of either engine.

SQLite's pages are copied by its online backup inside one read transaction: without that each write of the service would start it
anew. A PostgreSQL database is copied row by row out of one repeatable-read snapshot: no program of the server's version is needed,
and the file is the same kind of backup, so that it can be restored into either engine.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import StoreError
from bot.store.connect import MEMORY
from bot.store.connection import Connection
from bot.store.copy import CopyRefused, Progress, copy_rows, open_both
from bot.store.half import half_copied_from
from bot.store.migrations import MIGRATIONS
from bot.store.open import is_url, open_engine
from bot.store.schema import migrate, version_of
from bot.store.snapshot import Snapshot, SqliteSnapshot, open_file, open_snapshot
from bot.store.trouble import told, unavailable

_PAGES = 1000
"""Pages between two looks at the progress."""
_SQL = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"


def backup(database: str, file: str, progress: Progress) -> dict[str, int]:
    """Write the database as it is now to a new file that only its owner can read; the rows of each table, counted in both.

    Raises :class:`CopyRefused` where the file is there already, and :class:`StoreError`; then no file is left behind.
    """
    if Path(file).exists():
        raise _there(file)
    snapshot = open_snapshot(database)
    try:
        _check(snapshot)
        with _beside(file) as draft:
            counts = _pages(snapshot, draft, progress) if isinstance(snapshot, SqliteSnapshot) else _rows(snapshot, draft, progress)
            _settle(draft)
            _name(draft, file)
        return counts
    finally:
        snapshot.close()


def restore(file: str, database: str, now_ms: int, progress: Progress) -> dict[str, int]:
    """Copy a backup into a new or empty database, which is brought to the present version; the rows, counted in both.

    The backup is not changed. Where it breaks off, it can be run again. Raises :class:`CopyRefused` where the database holds
    anything, and :class:`StoreError`.
    """
    if database == MEMORY:
        raise CopyRefused(f"{MEMORY} keeps nothing; set HOTLINE_DATABASE to a file or a postgresql:// URL")
    if not Path(file).is_file():
        raise CopyRefused(f"there is no backup {file}")
    source = SqliteSnapshot(file)
    try:
        _check(source)
        # A copy is brought to the present version: the backup itself stays what it was.
        with _beside(str(Path(tempfile.gettempdir()) / "hotline") if is_url(database) else database) as draft:
            _pages(source, draft, lambda *_: None)
            with open_both(draft, database, now_ms) as (old, new):
                return copy_rows(old, new, progress, known_as=file)
    finally:
        source.close()


def _there(file: str) -> CopyRefused:
    return CopyRefused(f"{file} is there already and is not overwritten: name a new file")


def _check(source: Snapshot) -> None:
    version = source.read(version_of)
    if not version:
        raise CopyRefused(f"{source.place} is no database of the hotline")
    if half := source.read(half_copied_from):
        raise CopyRefused(f"{source.place} is itself a broken copy, of {half}")
    if source.name == "postgresql" and version != len(MIGRATIONS):
        raise CopyRefused(
            f"{source.place} is at version {version}, this program knows {len(MIGRATIONS)}: use the program that the service runs"
        )


@contextmanager
def _beside(file: str) -> Iterator[str]:
    """A file of another name in the same folder, for its owner alone; whatever happens it is gone in the end."""
    path = Path(file).absolute()
    try:
        handle, draft = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    except OSError as error:
        raise StoreError(f"{path.parent} cannot be written to: {error.strerror}") from error
    os.close(handle)
    try:
        yield draft
    finally:
        for end in ("", "-wal", "-shm", "-journal"):
            Path(draft + end).unlink(missing_ok=True)


def _pages(source: SqliteSnapshot, target: str, progress: Progress) -> dict[str, int]:
    """Copy a file page by page, at whatever version it is."""
    try:
        with contextlib.closing(open_file(target, "rw")) as conn:
            source.conn.backup(conn, pages=_PAGES, progress=lambda _, left, total: progress("Copying pages", total - left, total))
            # The header says WAL, as the source's does; a backup is one file.
            conn.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise told(target, error) from error
    there = source.read(_counts)
    copied = SqliteSnapshot(target)
    try:
        here = copied.read(_counts)
    finally:
        copied.close()
    if there != here:
        raise StoreError(f"the counts differ ({there} and {here}): look at the disk, then run this again")
    return here


def _counts(db: Connection) -> dict[str, int]:
    names = [str(row["name"]) for row in db.query(_SQL)]
    return {name: int((db.one(f'SELECT count(*) AS many FROM "{name}"') or {})["many"]) for name in names}  # noqa: S608  (the schema's)


def _rows(source: Snapshot, target: str, progress: Progress) -> dict[str, int]:
    """Copy row by row; both are of the present version."""
    new = open_engine(target, lambda db: migrate(db, 0))
    try:
        return copy_rows(source, new, progress)
    finally:
        new.close()


def _settle(draft: str) -> None:
    """Make one whole file of it, on the disk."""
    try:
        with contextlib.closing(open_file(draft, "rw")) as conn:
            conn.execute("PRAGMA journal_mode = DELETE")
            found = conn.execute("PRAGMA integrity_check").fetchone()[0]
        if found != "ok":
            raise StoreError(f"the copy is damaged, and so perhaps is the database: {str(found)[:200]}")
        with Path(draft).open("rb") as written:
            os.fsync(written.fileno())
    except (sqlite3.Error, OSError) as error:
        raise unavailable(draft, error) from error


def _name(draft: str, file: str) -> None:
    """Give the file its name, unless something has taken it meanwhile."""
    try:
        # The name is taken first: a rename alone would overwrite.
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        Path(draft).replace(file)
        folder = os.open(Path(file).absolute().parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except FileExistsError:
        raise _there(file) from None
    except OSError as error:
        raise StoreError(f"{file} cannot be written: {error.strerror}") from error
