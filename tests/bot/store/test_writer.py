"""What is SQLite's alone: connections, and the one thread that writes."""

from __future__ import annotations

import sqlite3
import stat
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.clock import FrozenClock
from bot.errors import StoreRefused, StoreUnavailable
from bot.model import Incoming
from bot.store.connection import Connection
from bot.store.schema import migrate
from bot.store.sqlite import SqliteConnection
from bot.store.store import Store
from bot.store.writer import Writer
from tests.fakes.engine import NOON


@pytest.fixture
def store(path: str, clock: FrozenClock) -> Iterator[Store]:
    store = Store(path, clock)
    yield store
    store.close()


def incoming(text: str, update: str = "1") -> Incoming:
    return Incoming("telegram", "7", update, text, NOON)


@pytest.mark.parametrize("content", [b"this is no database, it is a letter to my mother" * 100, None])
def test_a_broken_file_is_named(tmp_path: Path, clock: FrozenClock, content: bytes | None) -> None:
    path = tmp_path / "bad.db"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    with pytest.raises(StoreUnavailable, match=r"bad\.db") as caught:
        Store(str(path), clock)
    assert "mother" not in str(caught.value)


def test_a_missing_folder_is_named(clock: FrozenClock) -> None:
    with pytest.raises(StoreUnavailable, match="No such file"):
        Store("/nowhere/at/all.db", clock)


def test_the_connection_is_set_up(path: str, store: Store) -> None:
    def pragmas(db: Connection) -> list[object]:
        return [next(iter(db.query(f"PRAGMA {name}")[0].values())) for name in ("journal_mode", "synchronous", "foreign_keys")]

    assert store.write(pragmas) == ["wal", 2, 1]
    assert stat.S_IMODE(Path(path).stat().st_mode) == 0o600


def test_foreign_keys_hold(store: Store) -> None:
    with pytest.raises(StoreRefused, match="FOREIGN KEY"):
        store.write(lambda db: db.execute("INSERT INTO audit VALUES (99, 1, 0, 'x', '{}', '', '')"))


def test_readers_cannot_write(store: Store) -> None:
    with pytest.raises(StoreUnavailable, match="readonly"):
        store.read(lambda db: db.execute("DELETE FROM inbox"))
    assert store.queue() == []


def test_a_failing_work_spoils_no_other(path: str, clock: FrozenClock) -> None:
    writer = Writer(path, lambda db: migrate(SqliteConnection(db), 0))
    gate = threading.Event()
    writer.submit(lambda _: gate.wait(5))
    good: list[Future[int]] = []
    bad: list[Future[int]] = []

    def insert(number: int, fail: bool) -> Future[int]:
        def work(db: Database) -> int:
            db.execute("INSERT INTO gaps VALUES (:what, '', '', 1, 0, 0)", {"what": f"g{number}"})
            if fail:
                raise ValueError("no")
            return number

        return writer.submit(work)

    for number in range(50):
        (bad if number % 5 == 0 else good).append(insert(number, number % 5 == 0))
    gate.set()
    assert [future.result(5) for future in good] == [number for number in range(50) if number % 5]
    for future in bad:
        with pytest.raises(ValueError):
            future.result(5)
    count = writer.submit(lambda db: len(list(db.query("SELECT 1 AS x FROM gaps")))).result(5)
    assert count == 40
    writer.close()
    with pytest.raises(StoreUnavailable):
        writer.submit(lambda _: None)


def test_a_lost_transaction_fails_the_whole_group(path: str) -> None:
    writer = Writer(path, lambda db: migrate(SqliteConnection(db), 0))
    gate = threading.Event()
    running = threading.Event()

    def hold(_: Database) -> None:
        running.set()
        gate.wait(5)

    held = writer.submit(hold)
    running.wait(5)  # its group is closed: those that follow form the next one
    kept = writer.submit(lambda db: db.execute("INSERT INTO gaps VALUES ('a', '', '', 1, 0, 0)"))
    broken = writer.submit(lambda db: db.rollback())
    gate.set()
    held.result(5)
    for future in (kept, broken):
        with pytest.raises(StoreUnavailable):
            future.result(5)
    assert writer.submit(lambda db: len(list(db.query("SELECT 1 AS x FROM gaps")))).result(5) == 0
    writer.close()


def test_a_database_that_is_locked_is_an_error_and_then_works_again(path: str, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.connect.BUSY_SECONDS", 0.1)
    store = Store(path, clock)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match="locked"):
        store.accept(incoming("没饭"))
    other.execute("ROLLBACK")
    assert store.accept(incoming("没饭")) == 1
    other.close()
    store.close()


def test_what_was_accepted_is_on_the_disk_at_once(path: str, store: Store) -> None:
    store.accept(incoming("没饭"))
    other = sqlite3.connect(path)
    assert other.execute("SELECT count(*) FROM inbox").fetchone() == (1,)
    other.close()


def test_many_readers_and_writers(store: Store) -> None:
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for step in range(20):
                store.accept(incoming("没饭", f"{number}.{step}"))
                store.open_addresses()
        except Exception as error:  # seen by the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert store.read(lambda db: len(db.query("SELECT id FROM inbox"))) == 160
