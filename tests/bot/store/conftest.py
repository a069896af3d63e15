"""Both engines: what these tests ask of a store, they ask of it on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from bot.clock import FrozenClock
from bot.store.pacer import Pace
from bot.store.store import Store
from tests.postgres import NoServer, Postgres, serve

Open = Callable[..., Store]
FREE = Pace(0, 0, 0)
"""No limits."""


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with ExitStack() as stack:
        try:
            server = stack.enter_context(serve())
        except NoServer as error:
            pytest.skip(str(error))
        # These tests cut no power: a commit need not reach the disk, which saves them minutes.
        server.run("ALTER SYSTEM SET fsync = off")
        server.run("SELECT pg_reload_conf()")
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, path: str) -> str:
    """A path or a URL of an empty database."""
    if request.param == "sqlite":
        return path
    server: Postgres = request.getfixturevalue("postgres")
    return server.fresh()


@pytest.fixture
def opened(database: str, clock: FrozenClock) -> Iterator[Open]:
    """Opens the database once more, as another process would."""
    stores: list[Store] = []

    def again(pace: Pace = FREE, **more: Any) -> Store:
        store = Store(database, clock, pace=pace, **more)
        stores.append(store)
        return store

    yield again
    for store in stores:
        store.close()


@pytest.fixture
def store(opened: Open) -> Store:
    return opened()
