"""A database that cannot be used: clear words, nothing acknowledged, and on by itself when the cause is gone."""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from bot.clock import FrozenClock
from bot.errors import StoreUnavailable
from bot.store import postgres as engine
from bot.store.channels import paused_until
from bot.store.connection import Connection
from bot.store.postgres_trouble import told
from bot.store.store import Store
from tests.bot.store.play import answer, incoming, put
from tests.fakes.engine import NOON
from tests.postgres import NoServer, Postgres, serve

PAGE = "x" * 4000


def fill(store: Store, most: int = 3000) -> tuple[list[int], str]:
    """Accept until the store refuses; what was acknowledged, and what it said."""
    kept: list[int] = []
    for number in range(most):
        try:
            kept.append(store.accept(incoming("7", f"f{number}", PAGE)))
        except StoreUnavailable as error:
            return kept, str(error)
    raise AssertionError("it never became full")


def works_again(store: Store, seconds: float = 20.0) -> int:
    """Wait until the store takes a message again."""
    until = time.monotonic() + seconds
    while True:
        try:
            return store.accept(incoming("8", "after"))
        except StoreUnavailable:
            assert time.monotonic() < until
            time.sleep(0.05)


def ids(store: Store) -> set[int]:
    return {row["id"] for row in store.read(lambda db: db.query("SELECT id FROM inbox"))}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk(small_disk: Path, clock: FrozenClock) -> None:
    store = Store(str(small_disk / "hotline.db"), clock)
    try:
        kept, said = fill(store)
        assert "full" in said and "make room on the disk" in said
        assert kept and ids(store) >= set(kept)
        subprocess.run(["mount", "-o", "remount,size=8m", str(small_disk)], check=True)
        new = works_again(store)
        assert ids(store) >= {*kept, new}
        assert store.read(lambda db: db.query("PRAGMA integrity_check")) == [{"integrity_check": "ok"}]
    finally:
        store.close()


def test_a_file_that_may_not_grow(path: str, clock: FrozenClock) -> None:
    store = Store(path, clock)
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, old[1]))
        try:
            kept, said = fill(store)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, old)
        new = works_again(store)
        assert kept and "cannot be used" in said and ids(store) >= {*kept, new}
    finally:
        store.close()


def test_no_permission(path: str, clock: FrozenClock) -> None:
    Store(path, clock).close()
    Path(path).chmod(0o400)
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)  # root may write whatever the mode says
    try:
        with pytest.raises(StoreUnavailable, match=r"hotline\.db cannot be used: Permission denied"):
            Store(path, clock)
    finally:
        os.seteuid(before)
    Path(path).chmod(0o600)
    Store(path, clock).close()


def test_a_reader_that_may_not_open_reads_again_later(path: str, clock: FrozenClock) -> None:
    store = Store(path, clock)
    before = os.geteuid()
    Path(path).chmod(0o000)
    if before == 0:
        os.seteuid(65534)
    try:
        with pytest.raises(StoreUnavailable, match="cannot be used"):
            store.queue()
    finally:
        os.seteuid(before)
        Path(path).chmod(0o600)
    assert store.queue() == [] and works_again(store)
    store.close()


def test_a_file_that_is_removed_or_replaced(path: str, clock: FrozenClock) -> None:
    store = Store(path, clock)
    kept = [store.accept(incoming()) for _ in range(3)]
    aside = f"{path}.aside"
    with sqlite3.connect(path) as source, sqlite3.connect(aside) as copy:
        source.backup(copy)
    source.close()
    copy.close()
    Path(path).unlink()
    for call in (lambda: store.accept(incoming()), store.queue):
        with pytest.raises(StoreUnavailable, match=r"has been removed|unable to open"):
            call()
    assert not Path(path).exists()
    Path(aside).rename(path)
    new = works_again(store)
    assert ids(store) == {*kept, new}
    store.close()
    store = Store(path, clock)
    assert ids(store) == {*kept, new}
    store.close()


def test_a_file_that_is_locked_says_by_whom_it_may_be(path: str, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.connect.BUSY_SECONDS", 0.1)
    store = Store(path, clock)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match=r"locked.*a database browser"):
        store.accept(incoming())
    assert store.queue() == []
    other.execute("ROLLBACK")
    other.close()
    assert store.accept(incoming())
    store.close()


@pytest.fixture
def own_postgres() -> Iterator[Postgres]:
    with ExitStack() as stack:
        try:
            yield stack.enter_context(serve())
        except NoServer as error:
            pytest.skip(str(error))


def test_a_server_that_goes_and_comes_back(own_postgres: Postgres, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "PATIENCE", 1.0)
    store = Store(own_postgres.fresh() + "&password=topsecret", clock)
    try:
        kept = [store.accept(incoming()) for _ in range(5)]
        own_postgres.stop()
        calls: tuple[Callable[[], object], ...] = (lambda: store.accept(incoming()), store.queue, lambda: store.claim("telegram:7", NOON))
        for call in calls:
            begun = time.monotonic()
            with pytest.raises(StoreUnavailable, match="goes on by itself") as caught:
                call()
            assert time.monotonic() - begun < 10 and "topsecret" not in str(caught.value)
        own_postgres.start()
        new = works_again(store)
        assert ids(store) >= {*kept, new}
        assert answer(store, "telegram:7") == kept[0]
    finally:
        store.close()


def test_connections_that_are_cut_are_noticed_before_they_are_used(postgres: Postgres, clock: FrozenClock) -> None:
    url = postgres.fresh()
    store = Store(url, clock)
    try:
        store.accept(incoming())
        store.queue()
        name = url.split("@/")[1].split("?")[0]
        for _ in range(3):
            postgres.run(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'")
            assert store.accept(incoming()) and store.queue() == []
    finally:
        store.close()


def test_a_lock_of_somebody_else(postgres: Postgres, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_SETUP", engine._SETUP.replace("'5s'", "'100ms'"))
    url = postgres.fresh()
    store = Store(url, clock)
    try:
        with psycopg.connect(url) as other:
            other.execute("LOCK TABLE inbox")
            with pytest.raises(StoreUnavailable, match="lock timeout"):
                store.accept(incoming())
        assert store.accept(incoming())
    finally:
        store.close()


def test_a_process_that_is_stopped_while_it_takes_holds_up_nobody_for_long(
    postgres: Postgres, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_SETUP", engine._SETUP.replace("'4s'", "'200ms'"))
    url = postgres.fresh()
    stopped, store = Store(url, clock), Store(url, clock)
    put(store, "1")
    holding, over = threading.Event(), threading.Event()
    ends: list[BaseException] = []

    def stop_in_the_middle(db: Connection) -> None:
        paused_until(db, "telegram", NOON, hold=True)
        holding.set()
        over.wait(20)

    def work() -> None:
        try:
            stopped.write(stop_in_the_middle)
        except StoreUnavailable as error:
            ends.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        assert holding.wait(10)
        assert len(store.take("telegram", 1, NOON)) == 1
    finally:
        over.set()
        thread.join()
        stopped.close()
        store.close()
    assert len(ends) == 1


def test_rights_that_are_missing(postgres: Postgres, clock: FrozenClock) -> None:
    url = postgres.fresh()
    name = url.split("@/")[1].split("?")[0]
    postgres.run(f"CREATE ROLE guest_{name} LOGIN PASSWORD 'topsecret'")
    guest = url.replace("postgres@", f"guest_{name}:topsecret@")
    with pytest.raises(StoreUnavailable, match=r"permission denied.*grant"):
        Store(guest, clock)
    Store(url, clock).close()
    with pytest.raises(StoreUnavailable, match=r"permission denied.*grant") as caught:
        Store(guest, clock)
    assert "topsecret" not in str(caught.value)


def test_a_standby_a_wrong_name_and_no_server(postgres: Postgres, clock: FrozenClock) -> None:
    url = postgres.fresh()
    name = url.split("@/")[1].split("?")[0]
    store = Store(url, clock)
    postgres.run(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    postgres.run(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'")
    try:
        with pytest.raises(StoreUnavailable, match=r"read-only.*primary"):
            store.accept(incoming())
        postgres.run(f"ALTER DATABASE {name} RESET default_transaction_read_only")
        postgres.run(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'")
        assert works_again(store)
    finally:
        store.close()
    with pytest.raises(StoreUnavailable, match="does not exist"):
        Store(url.replace(name, "nosuchdatabase"), clock)
    with pytest.raises(StoreUnavailable, match="No such file"):
        Store("postgresql://postgres:topsecret@/x?host=/nowhere", clock)


def test_what_the_server_says_of_rows_is_not_repeated() -> None:
    full = psycopg.errors.DiskFull("could not extend file")
    assert "make room on the server's disk" in str(told("postgresql://h/d", full))
    broken = psycopg.OperationalError("connection to topsecret@h failed\nsecond line\nthird line")
    assert str(told("postgresql://h/d", broken, "topsecret")).startswith(
        "the database postgresql://h/d cannot be used: connection to ***@h failed second line ("
    )
