"""A moment that was set for a chat comes once, as a row of the inbox, on both engines."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

from bot.effects import Later, NoLater
from bot.model import Turn
from bot.state import State
from bot.store.store import Store
from tests.bot.store.conftest import Open
from tests.bot.store.play import after, incoming
from tests.fakes.engine import NOON


def leave(store: Store, *effects: Later | NoLater, chat: str = "7", now: dt.datetime = NOON) -> None:
    """A turn of this chat with these effects."""
    store.accept(incoming(chat))
    row = store.claim(f"telegram:{chat}", now)
    assert row is not None
    store.finish(row, Turn((), State(), effects=effects), row.version, now)


def test_a_moment_comes_when_its_time_has_come(store: Store) -> None:
    leave(store, Later("ambulance", 300, "1"))
    assert store.next_moment() == after(300)
    assert store.come_due(after(299)) == [] and store.come_due(after(300)) == ["telegram:7"]
    row = store.claim("telegram:7", after(300))
    assert row is not None and (row.incoming.kind, row.incoming.text, row.incoming.chat) == ("due", "ambulance:1", "7")
    assert store.next_moment() is None and store.come_due(after(9_000)) == []


def test_nobody_is_said_to_have_said_it(store: Store) -> None:
    leave(store, Later("ambulance", 1))
    store.come_due(after(1))
    row = store.claim("telegram:7", after(1))
    assert row is not None
    before = len(store.history("telegram:7"))
    store.finish(row, Turn((), State()), row.version, after(1))
    assert len(store.history("telegram:7")) == before


def test_what_no_longer_matters_does_not_come(store: Store) -> None:
    leave(store, Later("ambulance", 1), Later("other", 2))
    leave(store, Later("ambulance", 1), chat="8")
    leave(store, NoLater("ambulance"))
    assert store.come_due(after(3)) == ["telegram:8", "telegram:7"]


def test_of_several_processes_one_raises_it(store: Store, opened: Open) -> None:
    for chat in range(20):
        leave(store, Later("ambulance", 1), chat=str(chat))
    others = [store, opened(), opened()]
    with ThreadPoolExecutor(3) as pool:
        raised = [address for found in pool.map(lambda other: other.come_due(after(1)), others) for address in found]
    assert sorted(raised) == sorted(f"telegram:{chat}" for chat in range(20))
    assert len(store.open_addresses()) == 20


def test_those_of_one_chat_come_alone(store: Store) -> None:
    leave(store, Later("ambulance", 2))
    leave(store, Later("ambulance", 1), chat="8")
    assert store.next_moment("telegram:7") == after(2) and store.next_moment("telegram:9") is None
    assert store.come_due(after(3), "telegram:9") == [] and store.come_due(after(3), "telegram:7") == ["telegram:7"]
    assert store.next_moment() == store.next_moment("telegram:8") == after(1)
