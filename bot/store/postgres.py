"""PostgreSQL through psycopg 3: a pool that writes and one that only reads, for any number of processes."""

from __future__ import annotations

import random
import select
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool

from bot.errors import StoreUnavailable
from bot.store.connection import Connection, EngineName, Row, Work
from bot.store.postgres_trouble import place_of, told
from bot.store.translate import translate

T = TypeVar("T")
Raw = psycopg.Connection[DictRow]
PATIENCE = 5.0
"""Seconds to wait for a connection, or for another transaction's lock."""
WRITERS, HASTY, READERS = 6, 4, 2
"""At most this many connections of each kind for one process."""
_TRIES = 6
_MIGRATING = 20220405
"""The advisory lock of those who migrate."""
_SETUP = """
    SELECT set_config('lock_timeout', '5s', false), set_config('statement_timeout', '30s', false),
           set_config('idle_in_transaction_session_timeout', '4s', false),
           CASE WHEN current_setting('synchronous_commit') = 'off' THEN set_config('synchronous_commit', 'on', false) END
    """
"""What is acknowledged is on the server's disk, even where the server is set up otherwise. A process that stops in the middle of
a transaction loses it before others that wait for its locks give up."""


class PostgresConnection(Connection):
    """The neutral connection over one of psycopg."""

    engine = "postgresql"

    def __init__(self, conn: Raw) -> None:
        """``conn`` is in a transaction, or commits each statement."""
        self._conn = conn

    def query(self, sql: str, /, **values: Any) -> list[Row]:
        """The rows of a statement, those of ``RETURNING`` included."""
        return self._conn.execute(translate(sql), values).fetchall()

    def execute(self, sql: str, /, **values: Any) -> int:
        """Run a statement; how many rows it changed."""
        return self._conn.execute(translate(sql), values).rowcount

    def execute_many(self, sql: str, rows: Sequence[Mapping[str, Any]], /) -> int:
        """Run a statement once for each of ``rows``, in one round trip; how many rows it changed."""
        if not rows:
            return 0
        with self._conn.cursor() as cursor:
            cursor.executemany(translate(sql), rows)
            return cursor.rowcount

    def has_table(self, name: str) -> bool:
        """Whether there is such a table."""
        row = self.one("SELECT to_regclass(:name) IS NOT NULL AS found", name=name)
        return bool(row and row["found"])


class PostgresEngine:
    """A database of a server. Deadlocks are tried again; a server that comes back is found by itself."""

    name: EngineName = "postgresql"

    def __init__(self, url: str, prepare: Work[object]) -> None:
        """Connect and run ``prepare`` (the migrations) in one transaction under a lock. Raises what that raises."""
        conninfo, self.place, self._secret = read_url(url)
        self._prepare(conninfo, prepare)
        self._writers = _pool(conninfo, WRITERS, "")
        self._hasty = _pool(conninfo, HASTY, "SET synchronous_commit = off")
        self._readers = _pool(conninfo, READERS, "SET default_transaction_read_only = on")

    def _prepare(self, conninfo: str, prepare: Work[object]) -> None:
        try:
            with psycopg.connect(conninfo, row_factory=dict_row) as conn:
                db = PostgresConnection(conn)
                encoding = db.one("SHOW server_encoding")
                if encoding and encoding["server_encoding"] != "UTF8":
                    raise StoreUnavailable(f"the database {self.place} cannot hold Chinese: create it with ENCODING 'UTF8'")
                db.query("SELECT pg_advisory_xact_lock(:key)", key=_MIGRATING)
                prepare(db)
        except psycopg.Error as error:
            raise told(self.place, error, self._secret) from None

    def write(self, work: Work[T], *, single: bool = False, lasting: bool = True) -> T:
        """Run ``work`` in a transaction and wait until it is on the disk; again from the start after a deadlock."""
        for left in reversed(range(_TRIES)):
            try:
                with _lent(self._writers if lasting else self._hasty) as conn:
                    if single:
                        return work(PostgresConnection(conn))
                    with conn.transaction():
                        return work(PostgresConnection(conn))
            except (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure) as error:
                if not left:
                    raise told(self.place, error, self._secret) from None
                # By chance, or the same two would meet again.
                time.sleep(random.uniform(0.0, 0.1))  # noqa: S311  (jitter)
            except psycopg.Error as error:
                raise told(self.place, error, self._secret) from None
        raise AssertionError("unreachable")

    def read(self, work: Work[T]) -> T:
        """Run ``work`` on a connection that cannot write."""
        try:
            with _lent(self._readers) as conn:
                return work(PostgresConnection(conn))
        except psycopg.Error as error:
            raise told(self.place, error, self._secret) from None

    def close(self) -> None:
        """Close all connections, after what is running has ended."""
        self._readers.close()
        self._hasty.close()
        self._writers.close()


class PostgresSnapshot:
    """One read-only transaction that sees the moment of its beginning, however long it takes. Nobody waits for it."""

    name: EngineName = "postgresql"

    def __init__(self, url: str) -> None:
        """Raises :class:`StoreUnavailable`."""
        conninfo, self.place, self._secret = read_url(url)
        try:
            self._conn: Raw = psycopg.connect(conninfo, row_factory=dict_row)
            self._conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            self._conn.read_only = True
            # A server may end transactions that take long; this one may.
            self._conn.execute(
                "SELECT set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)"
            )
        except psycopg.Error as error:
            raise told(self.place, error, self._secret) from None

    def read(self, work: Work[T]) -> T:
        """Run ``work``; every call sees the same moment."""
        try:
            return work(PostgresConnection(self._conn))
        except psycopg.Error as error:
            raise told(self.place, error, self._secret) from None

    def close(self) -> None:
        """Let go of it."""
        self._conn.close()


def read_url(url: str) -> tuple[str, str, str]:
    """What to connect with, the database's address fit for a log, and the password. Raises :class:`StoreUnavailable`."""
    try:
        given = {name: str(value) for name, value in conninfo_to_dict(url).items()}
        # A password with a bare @ or / in it would be read as part of these, and be shown.
        odd = any("@" in given.get(name, "") for name in ("host", "port", "dbname"))
    except psycopg.Error:
        odd = True
    if odd:
        # The driver's own words would quote parts of the URL, the password among them.
        raise StoreUnavailable(
            "HOTLINE_DATABASE is no PostgreSQL URL; write postgresql://user:password@host:5432/name "
            "with special characters of the password percent-encoded"
        ) from None
    defaults = {"connect_timeout": "5", "tcp_user_timeout": "10000", "application_name": "hotline"}
    return make_conninfo(**{**defaults, **given, "client_encoding": "utf8"}), place_of(given), given.get("password", "")


def _pool(conninfo: str, most: int, setup: str) -> ConnectionPool[Raw]:
    """Connections that commit each statement unless a transaction is begun."""

    def configure(conn: Raw) -> None:
        conn.execute(_SETUP)
        if setup:
            conn.execute(setup.encode())

    return ConnectionPool(
        conninfo,
        connection_class=psycopg.Connection[DictRow],
        kwargs={"autocommit": True, "row_factory": dict_row},
        min_size=1,
        max_size=most,
        configure=configure,
        timeout=PATIENCE,
        reconnect_timeout=PATIENCE,
        max_idle=60.0,
        open=True,
    )


@contextmanager
def _lent(pool: ConnectionPool[Raw]) -> Iterator[Raw]:
    """A connection that the server has not left. The pool's own check rests for a second after each that it has."""
    until = time.monotonic() + PATIENCE
    while True:
        conn = pool.getconn(max(0.0, until - time.monotonic()))
        if _is_alive(conn):
            break
        conn.close()
        pool.putconn(conn)
    try:
        yield conn
    finally:
        pool.putconn(conn)


def _is_alive(conn: Raw) -> bool:
    """Whether a connection works. One that has nothing to say is believed: asking costs a round trip."""
    poller = select.poll()
    try:
        poller.register(conn.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
        if poller.poll(0):
            ConnectionPool.check_connection(conn)
    except psycopg.Error:
        return False
    return True
