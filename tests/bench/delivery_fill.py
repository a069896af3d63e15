"""A database as it is after so many conversations: each with an answered message, a case, and a reply that has arrived."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import psycopg

from bot.store.open import is_url
from bot.store.store import Store

_NUMBERS = "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {size})"
_ADDRESS = "'telegram:' || CAST(n AS text)"
_WORDS = "'" + "我妈要透析，小区封了怎么去医院" + "'"
_REPLY = "'" + "现在打给社区，说清病情和透析日期，请它约定点医院。" * 4 + "'"
_RAW = "'" + '{"update_id": 1, "message": {"message_id": 1, "date": 1649131200, "chat": {"id": 1, "type": "private"}, "text": "……"}}' + "'"
_ROWS = (
    f"""
    INSERT INTO inbox (id, channel, chat, update_id, address, kind, text, lang, city, raw, received_at, status, attempts, done_at)
    SELECT n, 'telegram', CAST(n AS text), CAST(n AS text), {_ADDRESS}, 'text', {_WORDS}, '', '', {_RAW}, n, 'done', 1, n FROM numbers
    """,
    f"INSERT INTO conversations (address, state, version, updated_at) SELECT {_ADDRESS}, '{{}}', 1, n FROM numbers",
    f"""
    INSERT INTO cases (number, address, status, priority, reason, topics, city, district, hospital, words, opened_at, updated_at, closed_at,
        since_at, rank, due_at)
    SELECT n, {_ADDRESS}, CASE WHEN n % 2 = 0 THEN 'open' ELSE 'closed' END, 'P' || CAST(n * 7 % 4 AS text), 'handoff:refused',
           '["refused"]', 'xian', 'yanta', '', {_WORDS}, n, n, CASE WHEN n % 2 = 0 THEN NULL ELSE n END,
           n, n * 7 % 4, {{far}} + n FROM numbers
    """,
    "INSERT INTO audit (case_number, seq, at, kind, detail, previous, hash) SELECT n, 1, n, 'case.opened', '{}', '', '' FROM numbers",
    f"""
    INSERT INTO messages (address, author, text, buttons, at, inbox_id, case_number)
    SELECT {_ADDRESS}, 'resident', {_WORDS}, '[]', n, n, n FROM numbers
    """,
    f"""
    INSERT INTO messages (address, author, text, buttons, at, inbox_id, case_number)
    SELECT {_ADDRESS}, 'bot', {_REPLY}, '[]', n, n, n FROM numbers
    """,
    f"""
    INSERT INTO outbox (key, channel, address, text, buttons, status, attempts, created_at, updated_at)
    SELECT 'filled:' || CAST(n AS text), 'telegram', {_ADDRESS}, {_REPLY}, '[]',
           CASE WHEN n % 1000 = 0 THEN 'pending' ELSE 'sent' END, CASE WHEN n % 1000 = 0 THEN 0 ELSE 1 END, n, n FROM numbers
    """,
    f"INSERT INTO dues (address, kind, detail, due_at) SELECT {_ADDRESS}, 'filled', '', {{far}} + n FROM numbers WHERE n % 10 = 0",
)
"""Of the cases one half is open; of the replies one in a thousand waits; one chat in ten is to be come back to, in years."""
_NUMBERED = {"inbox": "id", "cases": "number", "messages": "id", "outbox": "id", "dues": "id"}
_INDEXES = """
    SELECT indexname, indexdef FROM pg_indexes
    WHERE schemaname = current_schema() AND indexname NOT IN (SELECT conname FROM pg_constraint)
    """
FAR = 4_000_000_000_000


def fill(database: str, size: int) -> None:
    """Make the tables and so many conversations. The database is empty before; faster than the service, and nothing of it."""
    Store(database).close()
    statements = [_NUMBERS.format(size=size) + rows.replace("{far}", str(FAR)) for rows in _ROWS]
    if is_url(database):
        _fill_server(database, statements)
    else:
        _fill_file(database, statements)


def _fill_file(path: str, statements: list[str]) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("PRAGMA synchronous = OFF")
        db.execute("PRAGMA cache_size = -400000")
        db.execute("BEGIN")
        for statement in statements:
            db.execute(statement)
        db.execute("COMMIT")
        db.execute("PRAGMA journal_mode = WAL")


def _fill_server(url: str, statements: list[str]) -> None:
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("SET synchronous_commit = off")
        db.execute("SET session_replication_role = replica")  # no look at each row's references
        indexes = db.execute(_INDEXES).fetchall()
        for name, _ in indexes:
            db.execute(f"DROP INDEX {name}".encode())
        for statement in statements:
            db.execute(statement.encode())
        for _, made in indexes:  # all rows at once: a third of the time
            db.execute(str(made).encode())
        for table, number in _NUMBERED.items():
            db.execute(f"SELECT setval(pg_get_serial_sequence('{table}', '{number}'), (SELECT max({number}) FROM {table}))".encode())
        # What a server does by itself before long.
        db.execute("VACUUM ANALYZE")
        db.execute("CHECKPOINT")
