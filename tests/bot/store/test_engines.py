"""One connection, two engines: the same statements, the same counts, the same errors, and never anybody's words in them."""

from __future__ import annotations

import pytest

from bot.errors import StoreRefused, StoreUnavailable
from bot.store.connection import Connection
from bot.store.open import is_url, open_engine
from bot.store.store import Store
from bot.store.translate import translate, translate_table, without_locks
from tests.bot.store.conftest import Open
from tests.fakes.engine import NOON

GAP = "INSERT INTO gaps (what, city, district, times, first_at, last_at) VALUES (:what, '', '', :times, 0, 0)"


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("a = :a AND b=:b_2", "a = %(a)s AND b=%(b_2)s"),
        ("x LIKE '%:no%' AND ':a' = :a", "x LIKE '%%:no%%' AND ':a' = %(a)s"),
        ("'it''s :x' || :x", "'it''s :x' || %(x)s"),
        ("a::text % 2", "a::text %% 2"),
    ],
)
def test_names_become_psycopgs(sql: str, expected: str) -> None:
    assert translate(sql) == expected


def test_the_marked_places() -> None:
    assert without_locks("SELECT 1 FROM a FOR UPDATE OF a SKIP LOCKED") == "SELECT 1 FROM a"
    assert without_locks("SELECT 1 FROM a\n  FOR UPDATE") == "SELECT 1 FROM a"
    assert "IDENTITY" in translate_table("CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT)")
    assert is_url("postgresql://h/d") and is_url("postgres://h/d") and not is_url("hotline.db")


def test_rows_counts_and_many(store: Store) -> None:
    def work(db: Connection) -> None:
        assert db.execute_many(GAP, [{"what": f"g{n}", "times": n} for n in range(5)]) == 5
        assert db.execute_many(GAP, []) == 0
        assert db.execute("UPDATE gaps SET times = times + 1 WHERE times >= :least", least=2) == 3
        assert db.query("DELETE FROM gaps WHERE what = :what RETURNING what, times", what="g4") == [{"what": "g4", "times": 5}]
        assert db.one("SELECT times FROM gaps WHERE what = :what", what="g4") is None
        assert db.one("SELECT what FROM gaps WHERE what LIKE '%3'") == {"what": "g3"}
        assert db.has_table("gaps") and not db.has_table("nothing")
        assert db.execute(GAP + " ON CONFLICT DO NOTHING", what="g1", times=1) == 0

    store.write(work)
    assert store.read(lambda db: db.query("SELECT count(*) AS many FROM gaps")) == [{"many": 4}]


def test_what_fails_writes_nothing(store: Store) -> None:
    def work(db: Connection) -> None:
        db.execute(GAP, what="a", times=1)
        raise ValueError("no")

    with pytest.raises(ValueError):
        store.write(work)
    assert store.read(lambda db: db.query("SELECT * FROM gaps")) == []


def test_a_refused_value_is_told_without_it(store: Store) -> None:
    store.write(lambda db: db.execute(GAP, what="secretword", times=1))
    bad = (
        lambda db: db.execute(GAP, what="secretword", times=1),
        lambda db: db.execute("INSERT INTO audit VALUES (99, 1, 0, 'secretword', '{}', '', '')"),
        lambda db: db.execute("UPDATE gaps SET times = NULL WHERE what = 'secretword'"),
        lambda db: db.execute("SELECT secretcolumn FROM gaps WHERE what = :what", what="secretword"),
    )
    for work in bad:
        with pytest.raises(StoreRefused) as caught:
            store.write(work)
        assert ("secretword" not in str(caught.value) and caught.value.__cause__ is None) or "secretword" not in repr(
            caught.value.__cause__
        )
    assert len(store.read(lambda db: db.query("SELECT * FROM gaps"))) == 1


def test_readers_cannot_write(store: Store) -> None:
    with pytest.raises(StoreUnavailable, match=r"read-?only"):
        store.read(lambda db: db.execute("DELETE FROM inbox"))
    assert store.queue() == []


def test_what_was_written_is_seen_by_others_at_once(store: Store, opened: Open) -> None:
    other = opened()
    store.write(lambda db: db.execute(GAP, what="a", times=1))
    assert other.read(lambda db: db.query("SELECT what FROM gaps")) == [{"what": "a"}]


def test_a_closed_store_says_so(store: Store) -> None:
    store.close()
    for call in (lambda: store.queue(), lambda: store.unreachable("telegram:1", "x", NOON)):
        with pytest.raises(StoreUnavailable, match="closed"):
            call()


def test_two_that_lock_each_other_both_end(store: Store) -> None:
    """A deadlock on PostgreSQL is tried again; on SQLite there is none."""
    from tests.bot.store.test_concurrency import together

    store.write(lambda db: db.execute_many(GAP, [{"what": name, "times": 0} for name in "ab"]))

    def work(number: int) -> None:
        def both(db: Connection) -> None:
            for name in "ab" if number % 2 else "ba":
                db.execute("UPDATE gaps SET times = times + 1 WHERE what = :what", what=name)

        for _ in range(3):
            store.write(both)

    together(2, work)
    assert store.read(lambda db: db.query("SELECT times FROM gaps")) == [{"times": 6}, {"times": 6}]


def test_an_encoding_without_chinese_is_refused(postgres: object) -> None:
    from tests.postgres import Postgres

    assert isinstance(postgres, Postgres)
    postgres.run("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    with pytest.raises(StoreUnavailable, match="UTF8"):
        open_engine(postgres.url("latin"), lambda _: None)
