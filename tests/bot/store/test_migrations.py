"""Every earlier version, with rows in it, becomes the present one on both engines; and a start in company."""

from __future__ import annotations

import threading

import pytest

from bot.clock import FrozenClock
from bot.errors import StoreError, StoreTooNew
from bot.store.connection import Connection, Engine
from bot.store.migrations import MIGRATIONS
from bot.store.open import open_engine
from bot.store.schema import migrate, version_of
from bot.store.store import Store
from tests.bot.store.conftest import Open
from tests.fakes.engine import NOON

TABLES = ["inbox", "conversations", "messages", "cases", "audit", "outbox", "gaps", "channels", "grants", "residents", "dues", "secrets"]
TABLES += ["register"]


def at_version(database: str, version: int) -> Engine:
    return open_engine(database, lambda db: migrate(db, 0, upto=version))


def fill(db: Connection, version: int) -> None:
    """One row in every table that the version has."""
    db.execute(
        "INSERT INTO inbox (channel, chat, update_id, address, kind, text, lang, city, raw, received_at) "
        "VALUES ('telegram', '7', '1', 'telegram:7', 'text', '没饭', '', '', '', 0)"
    )
    db.execute("INSERT INTO conversations VALUES ('telegram:7', '{\"city\": \"xian\"}', 3, 0)")
    db.execute(
        "INSERT INTO cases (address, priority, reason, topics, city, district, hospital, words, opened_at, updated_at) "
        "VALUES ('telegram:7', 'P1', 'handoff:other', '[]', '', '', '', '没饭', 0, 0)"
    )
    db.execute("INSERT INTO messages (address, author, text, buttons, at, inbox_id) VALUES ('telegram:7', 'bot', '好', '[]', 0, 1)")
    for key, status in (("reply:1:0", "pending"), ("reply:1:1", "sending"), ("reply:1:2", "sent")):
        db.execute(
            "INSERT INTO outbox (key, channel, address, text, buttons, status, attempts, created_at, updated_at) "
            "VALUES (:key, 'telegram', 'telegram:7', :key, '[]', :status, :attempts, 0, 0)",
            key=key,
            status=status,
            attempts=0 if status == "pending" else 1,
        )
    if version >= 2:
        db.execute("INSERT INTO gaps VALUES ('duty', 'xian', '', 2, 0, 0)")


def test_an_empty_database_is_migrated(database: str, clock: FrozenClock) -> None:
    store = Store(database, clock)
    assert store.read(version_of) == len(MIGRATIONS)
    assert all(store.read(lambda db, name=name: db.has_table(name)) for name in TABLES)  # type: ignore[misc]
    ran = store.read(lambda db: db.query("SELECT version, at FROM migrations ORDER BY version"))
    assert ran == [{"version": number, "at": 1649131200000} for number in range(1, len(MIGRATIONS) + 1)]
    store.close()


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS)))
def test_an_earlier_version_is_migrated_with_its_rows(database: str, clock: FrozenClock, version: int) -> None:
    old = at_version(database, version)
    old.write(lambda db: fill(db, version))
    assert old.read(version_of) == version
    old.close()
    store = Store(database, clock)
    try:
        row = store.claim("telegram:7", NOON)
        assert row is not None and row.incoming.text == "没饭"
        assert store.conversation("telegram:7")[0].city == "xian" and store.conversation("telegram:7")[1] == 3
        assert [case.words for case in store.queue()] == ["没饭"]
        assert [line.text for line in store.history("telegram:7")] == ["好"]
        # What was being sent when the old program ended may have arrived, but a reply goes out at least once.
        sent = []
        for _ in range(2):
            (out,) = store.take("telegram", 10, clock.now())
            sent.append((out.key, out.lane, out.attempt))
            assert store.delivered(out.id, out.attempt, clock.now())
            clock.advance(2)
        kept = store.read(lambda db: db.query("SELECT city FROM residents WHERE address = 'telegram:7'"))
        assert kept == [{"city": "xian"}], "who wrote before can be written to"
        assert sent == [("reply:1:0", "reply", 1), ("reply:1:1", "reply", 2)]
        if version >= 2:
            assert store.read(lambda db: db.query("SELECT what, times FROM gaps")) == [{"what": "duty", "times": 2}]
    finally:
        store.close()


def test_a_failing_migration_changes_nothing(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    at_version(database, 1).close()
    monkeypatch.setattr("bot.store.schema.MIGRATIONS", (MIGRATIONS[0], ("CREATE TABLE half (a TEXT)", "CREATE NONSENSE")))
    with pytest.raises(StoreError):
        at_version(database, 2)
    engine = at_version(database, 1)
    assert engine.read(version_of) == 1 and not engine.read(lambda db: db.has_table("half"))
    engine.close()


def test_a_newer_database_is_refused(store: Store, opened: Open) -> None:
    store.write(lambda db: db.execute("INSERT INTO migrations VALUES (99, 0)"))
    with pytest.raises(StoreTooNew, match="99"):
        opened()


def test_several_may_start_at_once(database: str, clock: FrozenClock) -> None:
    stores: list[Store] = []
    threads = [threading.Thread(target=lambda: stores.append(Store(database, clock))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    try:
        assert len(stores) == 6
        assert len(stores[0].read(lambda db: db.query("SELECT version FROM migrations"))) == len(MIGRATIONS)
    finally:
        for store in stores:
            store.close()
