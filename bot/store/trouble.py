"""What a failing SQLite file is told as: what is wrong and how to mend it, never with a value in it."""

from __future__ import annotations

import sqlite3

from bot.errors import StoreError, StoreRefused, StoreUnavailable

_OURS = (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.DataError, sqlite3.InterfaceError, sqlite3.NotSupportedError)
_BY_ITSELF = "the service goes on by itself when that is mended"
_MEND = {
    sqlite3.SQLITE_FULL: f"make room on the disk; {_BY_ITSELF}",
    sqlite3.SQLITE_BUSY: f"end what holds it, such as a database browser or a copy that is being made; {_BY_ITSELF}",
    sqlite3.SQLITE_LOCKED: f"end what holds it, such as a database browser or a copy that is being made; {_BY_ITSELF}",
    sqlite3.SQLITE_READONLY: f"give the service's user the right to write the file and its folder; {_BY_ITSELF}",
    sqlite3.SQLITE_PERM: f"give the service's user the right to write the file and its folder; {_BY_ITSELF}",
    sqlite3.SQLITE_IOERR: f"the disk fails: look at the machine's log; {_BY_ITSELF}",
    sqlite3.SQLITE_CORRUPT: "the file is damaged: restore it from a backup",
    sqlite3.SQLITE_NOTADB: "the file is no database: set HOTLINE_DATABASE to another path, or restore it from a backup",
}
_DEFAULT = "set HOTLINE_DATABASE to a path that can be written, or restore the file from a backup"
PASSING = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
"""Failures after which a connection is as good as before."""


def code_of(error: BaseException) -> int:
    """SQLite's primary result code; 0 where it is not SQLite's error."""
    return int(getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF


def unavailable(path: str, error: BaseException) -> StoreUnavailable:
    """Why a database file cannot be used now."""
    what = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return StoreUnavailable(f"the database {path} cannot be used: {what} ({_MEND.get(code_of(error), _DEFAULT)})")


def told(path: str, error: sqlite3.Error) -> StoreError:
    """The error as the rest of the service knows it."""
    if isinstance(error, _OURS) or code_of(error) == sqlite3.SQLITE_ERROR:
        return StoreRefused(f"the database {path} refused a statement: {error}")
    return unavailable(path, error)
