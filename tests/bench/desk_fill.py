"""A database with many cases, most of them closed, in the words of the data's own examples; made faster than by the service."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg

from bot.store.open import is_url
from bot.store.store import Store
from bot.terms import terms
from intents.load import data_folder, load, read_examples

CASES, OPEN, SEED = 1_000_000, 20_000, 11
RECENT = 200_000
"""The open cases are among the newest so many."""
RARE, RARE_CASES = "蜂蜜", 40
"""In no example, and put into so many cases."""
BEGUN, APART = 1_640_000_000_000, 6_000
"""When the first case was opened, and how long after it the next (epoch ms, ms)."""
_CASES = (
    "number, address, status, priority, topics, city, district, words, opened_at, updated_at, closed_at",
    "INSERT INTO cases ({}, reason, hospital) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'handoff', '')",
)
_CLOCKS = """
    UPDATE cases SET since_at = opened_at, rank = CAST(substr(priority, 2) AS integer),
        due_at = CASE WHEN status = 'open' THEN opened_at + 3600000 ELSE due_at END
    """
"""Where each stands in the queue."""
Row = tuple[Any, ...]


def rows(size: int = CASES) -> Iterator[tuple[Row, str, str]]:
    """The row of each case, its terms and its topic. A case has three messages on one topic."""
    dice = random.Random(SEED)
    said: dict[str, list[tuple[str, str]]] = {}
    for example in read_examples(data_folder()):
        if example.topics:
            said.setdefault(example.topics[0], []).append((example.text, " ".join(terms(example.text))))
    topics = sorted(said)
    # Some needs are many times as frequent as others, and so are some districts.
    frequent = [1 / (place + 2) for place in range(len(topics))]
    dice.shuffle(topics)
    places = [(city.id, name, district.name.zh) for city in load().cities.values() for name, district in city.districts.items()]
    opened = set(dice.sample(range(size - size * RECENT // CASES + 1, size + 1), size * OPEN // CASES))
    rare = set(dice.sample(range(1, size + 1), RARE_CASES))
    chosen = iter(dice.choices(topics, frequent, k=size))
    where = iter(dice.choices(places, [1 / (place + 3) for place in range(len(places))], k=size))
    for number in range(1, size + 1):
        topic, (city, district, name) = next(chosen), next(where)
        lines = [dice.choice(said[topic]) for _ in range(3)]
        words, body = lines[0][0], " ".join((*(cut for _, cut in lines), " ".join(terms(name)) if number % 2 else ""))
        if number in rare:
            words, body = words + RARE, f"{body} {' '.join(terms(RARE))}"
        at, is_open = BEGUN + number * APART, number in opened
        level = f"P{dice.choices((0, 1, 2, 3), (1, 4, 4, 2))[0]}"
        status, closed = ("open", None) if is_open else ("closed", at + APART)
        case = (number, f"telegram:{number}", status, level, json.dumps([topic]), city, district, words, at, at, closed)
        yield case, " ".join(body.split()), topic


def fill(database: str, size: int = CASES) -> None:
    """Make the tables and so many cases. The database is empty before."""
    Store(database).close()
    (_fill_server if is_url(database) else _fill_file)(database, size)


def _fill_file(path: str, size: int) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for setting in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -400000"):
            db.execute(f"PRAGMA {setting}")
        triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'case_texts'").fetchall()
        indexes = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'cases' AND sql <> ''").fetchall()
        for name, _ in triggers:
            db.execute(f"DROP TRIGGER {name}")
        for name, _ in indexes:
            db.execute(f"DROP INDEX {name}")
        db.execute("BEGIN")
        names, insert = _CASES
        for case, body, topic in rows(size):
            db.execute(insert.format(names), case)
            db.execute("INSERT INTO case_texts VALUES (?, ?)", (case[0], body))
            db.execute("INSERT INTO case_topics VALUES (?, ?)", (topic, case[0]))
        db.execute(_CLOCKS)
        for _, made in indexes:
            db.execute(made)
        db.execute("INSERT INTO case_search (case_search) VALUES ('rebuild')")
        for _, made in triggers:
            db.execute(made)
        db.execute("COMMIT")
        db.execute("PRAGMA journal_mode = WAL")


def _fill_server(url: str, size: int) -> None:
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("SET synchronous_commit = off")
        db.execute("SET session_replication_role = replica")
        db.execute("SET maintenance_work_mem = '512MB'")
        found = db.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'case_texts_words'").fetchone()
        assert found is not None
        db.execute("DROP INDEX case_texts_words")
        chunk: list[tuple[Row, str, str]] = []
        for row in rows(size):
            chunk.append(row)
            if len(chunk) == 50_000:
                _copy(db, chunk)
                chunk = []
        _copy(db, chunk)
        db.execute(_CLOCKS.encode())
        db.execute(str(found[0]).encode())
        db.execute(b"SELECT setval(pg_get_serial_sequence('cases', 'number'), (SELECT max(number) FROM cases))")
        # What a server does by itself before long.
        db.execute("VACUUM ANALYZE")


def _copy(db: psycopg.Connection[Any], chunk: list[tuple[Row, str, str]]) -> None:
    # Column by column as the statement of the file has them; reason and hospital are the same for all.
    names = _CASES[0].split(", ")
    columns = ", ".join((*names[:4], "reason", *names[4:7], "hospital", *names[7:]))
    for table, values in (
        (f"cases ({columns})", [(*row[:4], "handoff", *row[4:7], "", *row[7:]) for row, _, _ in chunk]),
        ("case_texts (case_number, body)", [(row[0], body) for row, body, _ in chunk]),
        ("case_topics (topic, case_number)", [(topic, row[0]) for row, _, topic in chunk]),
    ):
        with db.cursor().copy(f"COPY {table} FROM STDIN".encode()) as into:
            for value in values:
                into.write_row(value)
