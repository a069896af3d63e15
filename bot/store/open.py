"""Choosing the engine by ``HOTLINE_DATABASE``: a path, or a ``postgresql://`` URL."""

from __future__ import annotations

from bot.store.connection import Engine, Work

_URLS = ("postgresql://", "postgres://")


def is_url(database: str) -> bool:
    """Whether this is a PostgreSQL URL and not a path."""
    return database.startswith(_URLS)


def open_engine(database: str, prepare: Work[object]) -> Engine:
    """The database, after ``prepare`` (the migrations) ran on it under a lock. Raises :class:`bot.errors.StoreError`."""
    # Each driver is loaded only where it is used: a cold start counts.
    if is_url(database):
        from bot.store.postgres import PostgresEngine

        return PostgresEngine(database, prepare)
    from bot.store.sqlite import SqliteEngine

    return SqliteEngine(database, prepare)
