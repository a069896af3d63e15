"""Stores, hotlines and messages for the tests of the service."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from bot import passwords
from bot.clock import FrozenClock
from bot.hotline import Hotline
from bot.model import Channel, Incoming
from bot.settings import Settings
from bot.store.store import Store
from tests.fakes.engine import NOON, FakeEngine, FakeReplies, fake_decide

Write = Callable[..., Incoming]
Waiting = Callable[[], list[str]]


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOON)


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "hotline.db")


@pytest.fixture
def store(path: str, clock: FrozenClock) -> Iterator[Store]:
    store = Store(path, clock)
    yield store
    store.close()


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def replies() -> FakeReplies:
    return FakeReplies()


@pytest.fixture
def hotline(engine: FakeEngine, replies: FakeReplies, store: Store, clock: FrozenClock, settings: Settings) -> Hotline:
    return Hotline(engine, replies, store, settings, clock, decide=fake_decide, patience=0.3)


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    monkeypatch.chdir(tmp_path)
    for name in ("DATABASE", "DATE", "CITY", "HOST", "PORT", "DATA", "TELEGRAM_BASE_URL", "LOG_LEVEL", "LOG_FORMAT"):
        monkeypatch.delenv(f"HOTLINE_{name}", raising=False)
    monkeypatch.delenv("TELEGRAM_BOT_TOKEN", raising=False)
    return Settings()


@pytest.fixture
def message() -> Write:
    numbers = itertools.count(1)

    def write(text: str, chat: str = "7", channel: Channel = "telegram", update: str = "", **more: str) -> Incoming:
        return Incoming(channel, chat, update or str(next(numbers)), text, NOON, **more)  # type: ignore[arg-type]

    return write


@pytest.fixture
def waiting(store: Store) -> Waiting:
    """The texts that wait in the outbox, in their order."""
    sql = "SELECT text FROM outbox WHERE status = 'pending' ORDER BY id"
    return lambda: store.read(lambda db: [row["text"] for row in db.query(sql)])


@pytest.fixture
def weak(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 is slow on purpose; tests that hash many passwords take it with little work."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    nobodys = hasher.hash("nobody's")
    monkeypatch.setattr(passwords, "_hasher", lambda: hasher)
    monkeypatch.setattr(passwords, "_nobodys", lambda: nobodys)
