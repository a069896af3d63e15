"""A backup that is made while the service works holds whatever was acknowledged before it began, whole, and goes on working."""

from __future__ import annotations

import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.clock import FrozenClock
from bot.errors import StoreError, StoreUnavailable
from bot.store import backup as backups
from bot.store import copy
from bot.store.backup import backup, restore
from bot.store.copy import TABLES, CopyRefused
from bot.store.migrations import MIGRATIONS
from bot.store.schema import migrate
from bot.store.sqlite import SqliteEngine
from bot.store.store import Store
from tests.bot.store.conftest import FREE, Open
from tests.bot.store.play import answer, incoming
from tests.postgres import Postgres

CHATS = 6
Elsewhere = Callable[[str], str]


def quiet(*_: object) -> None:
    """No progress is shown."""


@pytest.fixture(params=["sqlite", "postgresql"])
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new database of each engine to restore into."""
    if request.param == "sqlite":
        return str(tmp_path / "restored.db")
    server: Postgres = request.getfixturevalue("postgres")
    return server.fresh()


class Load:
    """Threads that accept and answer without a pause; ``acknowledged`` are the ids whose commit was waited for."""

    def __init__(self, store: Store) -> None:
        self.acknowledged: list[int] = []
        self.failed: list[BaseException] = []
        self._store = store
        self._enough = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(chat, step)) for chat in range(CHATS) for step in (self._put, self._work)]

    def _put(self, chat: int) -> None:
        self.acknowledged.append(self._store.accept(incoming(str(chat), text=f"第{len(self.acknowledged)}条")))

    def _work(self, chat: int) -> None:
        answer(self._store, f"telegram:{chat}")

    def _run(self, chat: int, step: Callable[[int], None]) -> None:
        try:
            while not self._enough.is_set():
                step(chat)
        except BaseException as error:
            self.failed.append(error)

    def reach(self, many: int) -> None:
        """Wait until so many were acknowledged."""
        while len(self.acknowledged) < many and not self.failed:
            self._enough.wait(0.005)
        assert not self.failed

    @contextmanager
    def running(self) -> Iterator[None]:
        for thread in self._threads:
            thread.start()
        try:
            yield
        finally:
            self._enough.set()
            for thread in self._threads:
                thread.join()
        assert not self.failed


def ids(store: Store, sql: str) -> list[int]:
    return [row["id"] for row in store.read(lambda db: db.query(sql))]


def test_under_load_nothing_acknowledged_is_missing(
    database: str, store: Store, elsewhere: str, tmp_path: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, "_PAGES", 2)
    monkeypatch.setattr(copy, "BATCH", 20)
    load, file, steps = Load(store), str(tmp_path / "backup.db"), []
    during: list[int] = []

    def progress(what: str, done: int, total: int) -> None:
        # Each step waits for the service to have written more: without a snapshot the copy would never end, or be torn.
        steps.append((done, total))
        if len(steps) < 10:
            load.reach(len(load.acknowledged) + 3)
            during.append(len(load.acknowledged))

    with load.running():
        load.reach(150)
        before = set(load.acknowledged)
        counts = backup(database, file, progress)
        load.reach(len(load.acknowledged) + 10)
    assert during[-1] > len(before) and steps[-1][0] == steps[-1][1]
    assert stat.S_IMODE(Path(file).stat().st_mode) == 0o600

    assert restore(file, elsewhere, 0, quiet) == {table: counts[table] for table in TABLES}
    restored = Store(elsewhere, clock, pace=FREE)
    try:
        kept = ids(restored, "SELECT id FROM inbox")
        assert before <= set(kept) and len(kept) < len(load.acknowledged)
        done = ids(restored, "SELECT id FROM inbox WHERE status = 'done'")
        assert set(done) == set(ids(restored, "SELECT inbox_id AS id FROM messages WHERE author = 'bot'"))
        replies = restored.read(lambda db: db.query("SELECT key FROM outbox"))
        assert sorted(row["key"] for row in replies) == sorted(f"reply:{row}:0" for row in done)
        left = sorted(set(kept) - set(done))
        answered: list[int] = []
        clock.advance(60)
        while addresses := restored.open_addresses():
            for address in addresses:
                row = answer(restored, address, clock.now())
                assert row is not None
                answered.append(row)
        assert sorted(answered) == left
        for address in (f"telegram:{chat}" for chat in range(CHATS)):
            order = [line.text for line in restored.history(address) if line.author == "bot"]
            numbers = [int(text.removeprefix("re: ")) for text in order]
            assert numbers == sorted(numbers)
        assert restored.accept(incoming("new")) > max(kept)
    finally:
        restored.close()
    assert [path.name for path in tmp_path.iterdir() if ".part" in path.name] == []


def test_a_file_that_is_there_is_never_overwritten(database: str, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "backup.db"
    file.write_text("precious")
    with pytest.raises(CopyRefused, match="not overwritten"):
        backup(database, str(file), quiet)
    late = tmp_path / "late.db"
    with pytest.raises(CopyRefused, match="not overwritten"):
        backup(database, str(late), lambda *_: late.write_text("precious") and None)
    assert file.read_text() == late.read_text() == "precious"
    with pytest.raises(StoreError, match="cannot be written to"):
        backup(database, str(tmp_path / "nowhere" / "backup.db"), quiet)


def test_a_backup_that_fails_leaves_nothing(database: str, store: Store, tmp_path: Path) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    store.accept(incoming())
    with pytest.raises(KeyboardInterrupt):
        backup(database, str(tmp_path / "backup.db"), stop)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith((".", "backup"))] == []


def test_only_into_an_empty_database(database: str, opened: Open, elsewhere: str, tmp_path: Path, clock: FrozenClock) -> None:
    file = str(tmp_path / "backup.db")
    opened().accept(incoming())
    backup(database, file, quiet)
    with pytest.raises(CopyRefused, match="not empty"):
        restore(file, database, 0, quiet)
    Store(elsewhere, clock).close()
    assert restore(file, elsewhere, 0, quiet)["inbox"] == 1
    with pytest.raises(CopyRefused, match="not empty"):
        restore(file, elsewhere, 0, quiet)


def test_a_restore_that_broke_off_goes_on(
    database: str, store: Store, elsewhere: str, tmp_path: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        store.accept(incoming())
        answer(store, "telegram:7")
    file = str(tmp_path / "backup.db")
    backup(database, file, quiet)

    def stop(what: str, done: int, total: int) -> None:
        if what == "Copying outbox":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore(file, elsewhere, 0, stop)
    with pytest.raises(StoreUnavailable, match="hotline restore"):
        Store(elsewhere, clock)
    with pytest.raises(CopyRefused, match="broken copy"):
        backup(elsewhere, str(tmp_path / "half.db"), quiet)
    assert restore(file, elsewhere, 0, quiet)["outbox"] == 5


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS)))
def test_backups_of_earlier_versions_are_restored_and_stay_as_they_were(version: int, tmp_path: Path, elsewhere: str) -> None:
    old, file = str(tmp_path / "old.db"), tmp_path / "backup.db"
    engine = SqliteEngine(old, lambda db: migrate(db, 0, version))
    sql = """
        INSERT INTO inbox (channel, chat, update_id, address, kind, text, lang, city, raw, received_at)
        VALUES ('telegram', '7', '1', 'telegram:7', 'text', '没饭', '', '', '', 1)
        """
    engine.write(lambda db: db.execute(sql))
    counts = backup(old, str(file), quiet)
    engine.close()
    assert counts["migrations"] == version
    whole = file.read_bytes()
    assert restore(str(file), elsewhere, 0, quiet)["inbox"] == 1
    assert file.read_bytes() == whole


def test_what_is_no_database_is_refused(tmp_path: Path, elsewhere: str) -> None:
    (tmp_path / "words.db").write_text("nothing of the kind" * 100)
    (tmp_path / "empty.db").touch()
    for name, why in (("words.db", "no database"), ("empty.db", "no database of the hotline"), ("none.db", "there is no backup")):
        with pytest.raises(StoreError, match=why):
            restore(str(tmp_path / name), elsewhere, 0, quiet)
    with pytest.raises(StoreError, match="there is no database"):
        backup(str(tmp_path / "none.db"), str(tmp_path / "x.db"), quiet)
    with pytest.raises(StoreError, match="keeps nothing"):
        backup(":memory:", str(tmp_path / "x.db"), quiet)
    with pytest.raises(CopyRefused, match="keeps nothing"):
        restore(str(tmp_path / "words.db"), ":memory:", 0, quiet)
    assert not (tmp_path / "x.db").exists()
