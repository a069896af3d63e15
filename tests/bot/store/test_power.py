"""The power is cut at any moment, a write fails, the disk fills up: what was acknowledged is there, and the file is whole.

``make power`` cuts 400 times; here as many as fit into a few seconds.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import random
from collections.abc import Iterator
from concurrent.futures import Future, wait
from typing import Any

import apsw
import pytest

from bot.clock import FrozenClock
from bot.errors import StoreUnavailable
from bot.model import CaseDraft, Reply, Turn
from bot.state import State
from bot.store import inbox
from bot.store.sqlite import SqliteConnection, SqliteEngine
from bot.store.store import Store
from tests.bot.store.conftest import FREE
from tests.bot.store.play import incoming
from tests.fakes.engine import NOON
from tests.power import Disk, Plug, PowerCut, PowerVFS

CUTS = int(os.environ.get("HOTLINE_CUTS", "100"))
SEED = int(os.environ.get("HOTLINE_SEED", "20220405"))
_names = itertools.count()


class Plugged:
    """A store on a disk in memory."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.name = f"power{next(_names)}"
        self.vfs = PowerVFS(self.name, Disk())
        monkeypatch.setattr("bot.store.connect.connect", lambda path: Plug(path, self.name))

    def on(self, disk: Disk) -> Store:
        """A store on this disk, which reads as it writes: the disk has no shared memory for readers."""
        self.vfs.disk = disk
        store = Store("hotline.db", FrozenClock(NOON), pace=FREE)
        assert isinstance(store._engine, SqliteEngine) and store._engine._readers is not None
        store._engine._readers.close()
        store._engine._readers = None
        return store


@pytest.fixture
def plugged(monkeypatch: pytest.MonkeyPatch) -> Iterator[Plugged]:
    plug = Plugged(monkeypatch)
    yield plug
    plug.vfs.unregister()


class Load:
    """Messages come in, are answered and sent, some side by side. Remembers what was acknowledged."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.accepted: dict[str, int] = {}
        self.answered: set[int] = set()
        self.sent: set[int] = set()

    def run(self, store: Store, rounds: int) -> None:
        """Raises :class:`StoreUnavailable` when the disk fails."""
        for number in range(rounds):
            self._accept(store, [f"{number}.{n}" for n in range(self.chance.randint(1, 6))])
            for address in store.open_addresses()[: self.chance.randint(1, 3)]:
                self._answer(store, address)
            for row in store.take("telegram", self.chance.randint(1, 4), NOON):
                if store.delivered(row.id, row.attempt, NOON):
                    self.sent.add(row.id)

    def _accept(self, store: Store, updates: list[str]) -> None:
        """All at once: they share commits."""
        assert isinstance(store._engine, SqliteEngine)
        submit = store._engine._writer.submit
        futures: dict[str, Future[int]] = {}
        for update in updates:
            message = incoming(str(self.chance.randint(1, 5)), update, "没饭" * self.chance.randint(1, 900))
            futures[update] = submit(lambda db, message=message: inbox.accept(SqliteConnection(db), message))  # type: ignore[misc]
        wait(futures.values())
        self.accepted |= {update: future.result() for update, future in futures.items() if future.exception() is None}
        for future in futures.values():
            future.result()

    def _answer(self, store: Store, address: str) -> None:
        row = store.claim(address, NOON)
        if row is not None:
            turn = Turn((Reply("好"), Reply("no. {case}")), State(), CaseDraft("P1", "handoff:other", ("other",)), ("duty",))
            store.finish(row, turn, store.conversation(address)[1], NOON)
            self.answered.add(row.id)

    def check(self, store: Store) -> list[str]:
        """What is wrong with a store after the disk has failed; empty where all is well."""
        inbox_rows = {r["id"]: r for r in store.read(lambda db: db.query("SELECT id, update_id, status FROM inbox"))}
        outbox = store.read(lambda db: db.query("SELECT id, key, status FROM outbox"))
        wrong = [str(row) for row in store.read(lambda db: db.query("PRAGMA integrity_check")) if row["integrity_check"] != "ok"]
        wrong += [str(row) for row in store.read(lambda db: db.query("PRAGMA foreign_key_check"))]
        wrong += [f"lost {u}" for u, row in self.accepted.items() if row not in inbox_rows or inbox_rows[row]["update_id"] != u]
        wrong += [f"unanswered {row}" for row in self.answered if row not in inbox_rows or inbox_rows[row]["status"] != "done"]
        keys = {row["key"] for row in outbox}
        done = [row for row, values in inbox_rows.items() if values["status"] == "done"]
        wrong += [f"no reply to {row}" for row in done for n in range(2) if f"reply:{row}:{n}" not in keys]
        settled = {row["id"] for row in outbox if row["status"] == "sent"}
        wrong += [f"unsent {row}" for row in self.sent - settled]
        wrong += [f"broken audit {case.number}" for case in store.queue() if not store.intact(case.number)]
        return wrong


def steps_of(plugged: Plugged, rounds: int) -> int:
    """How many steps the load takes on a sound disk."""
    disk = Disk()
    store = plugged.on(disk)
    Load(0).run(store, rounds)
    store.close()
    return disk.steps


def cut(plugged: Plugged, number: int, steps: int, rounds: int) -> list[str]:
    """One power cut; what is wrong afterwards."""
    chance = random.Random(SEED * 1000 + number)
    at, load, disk = chance.randint(1, steps), Load(number), Disk()

    def before(step: int, kind: str, size: int) -> None:
        if step >= at:
            raise PowerCut

    disk.before = before
    try:
        store = plugged.on(disk)
    except StoreUnavailable:
        store = None
    if store is not None:
        with contextlib.suppress(StoreUnavailable):
            load.run(store, rounds)
        store.close()
    store = plugged.on(disk.after_a_cut(chance))
    try:
        wrong = load.check(store)
        load.run(store, 1)  # and it goes on
        return wrong + load.check(store)
    finally:
        store.close()


def test_a_power_cut_loses_nothing_that_was_acknowledged(plugged: Plugged) -> None:
    steps = steps_of(plugged, 8)
    wrong = {number: found for number in range(CUTS) if (found := cut(plugged, number, steps, 8))}
    assert not wrong


def test_the_cuts_do_hurt_one_that_does_not_wait_for_the_disk(plugged: Plugged, monkeypatch: pytest.MonkeyPatch) -> None:
    """With ``synchronous = NORMAL`` the same cuts lose acknowledged messages: the test above could fail."""
    real = Plug.execute

    def hasty(self: Plug, sql: str, values: Any = ()) -> Any:
        return real(self, sql.replace("synchronous = FULL", "synchronous = NORMAL"), values)

    monkeypatch.setattr(Plug, "execute", hasty)
    steps = steps_of(plugged, 8)
    lost = [number for number in range(20) if any("lost" in found for found in cut(plugged, number, steps, 8))]
    assert len(lost) >= 5


@pytest.mark.parametrize("lasting", [1, 3])
def test_an_io_error_at_every_nth_write(plugged: Plugged, lasting: int) -> None:
    steps = steps_of(plugged, 3)
    every = max(1, steps // (CUTS if lasting == 1 else CUTS // 2))
    for at in range(1, steps, every):
        disk, load = Disk(), Load(at)

        def before(step: int, kind: str, size: int, at: int = at) -> None:
            if at <= step < at + lasting:
                raise apsw.IOError("bad sector")

        disk.before = before
        store = _started(plugged, disk)
        for _ in range(20):
            try:
                load.run(store, 3)
                break
            except StoreUnavailable:
                continue
        else:
            raise AssertionError("it never worked again")
        assert load.check(store) == [], at
        store.close()
        store = plugged.on(disk)
        assert load.check(store) == [], at
        store.close()


def test_a_disk_that_is_full_and_then_is_not(plugged: Plugged) -> None:
    for extra in range(0, 200_000, 200_000 // max(4, CUTS // 8)):
        disk, load = Disk(), Load(extra)
        store = plugged.on(disk)
        room = disk.size() + extra

        def before(step: int, kind: str, size: int, disk: Disk = disk, room: int = room) -> None:
            if kind == "write" and disk.size() + size > room:
                raise apsw.FullError("no room")

        disk.before = before
        with pytest.raises(StoreUnavailable, match="make room"):
            load.run(store, 1000)
        with pytest.raises(StoreUnavailable, match="make room"):
            load.run(store, 1000)
        disk.before = lambda *_: None
        load.run(store, 2)
        assert load.check(store) == [], extra
        store.close()


def _started(plugged: Plugged, disk: Disk) -> Store:
    for _ in range(20):
        try:
            return plugged.on(disk)
        except StoreUnavailable:
            continue
    raise AssertionError("it never started")
