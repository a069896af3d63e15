"""Choosing the engine by ``HOTLINE_DATABASE``: a path, or a ``postgresql://`` URL."""

from __future__ import annotations

from pathlib import Path

from bot.store.connection import Engine, Work

_URLS = ("postgresql://", "postgres://")


def is_url(database: str) -> bool:
    """Whether this is a PostgreSQL URL and not a path."""
    return database.startswith(_URLS)


def exists(database: str) -> bool:
    """Whether there is such a file; a URL counts as there until it is opened, and memory never."""
    return is_url(database) or (database != ":memory:" and Path(database).exists())


def open_engine(database: str, prepare: Work[object]) -> Engine:
    """The database, after ``prepare`` (the migrations) ran on it under a lock. Raises :class:`bot.errors.StoreError`."""
    # Each driver is loaded only where it is used: a cold start counts.
    if is_url(database):
        from bot.store.postgres import PostgresEngine

        return PostgresEngine(database, prepare)
    from bot.store.sqlite import SqliteEngine

    return SqliteEngine(database, prepare)
