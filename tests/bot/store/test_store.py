"""Conversations, cases, the audit and the outbox in the store."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.clock import FrozenClock
from bot.model import Button, CaseDraft, Incoming, Reply, Turn
from bot.state import State
from bot.store import rows
from bot.store.store import Store
from tests.fakes.engine import NOON


def incoming(text: str, update: str = "1") -> Incoming:
    return Incoming("telegram", "7", update, text, NOON)


def test_the_audit_shows_a_change_and_holds_no_words(store: Store) -> None:
    for number, reason in enumerate(("handoff:care.refused", "我妈的话 in words")):
        store.accept(incoming("没饭", str(number)))
        row = store.claim("telegram:7", NOON)
        assert row is not None
        store.finish(row, Turn((), State(), CaseDraft("P1", reason, ())), store.conversation("telegram:7")[1], NOON)
    trail = store.trail(1)
    assert [row.detail["reason"] for row in trail] == ["handoff:care.refused", "?"]
    assert trail[1].previous == trail[0].hash and trail[0].at == NOON
    assert store.intact(1)
    store.write(lambda db: db.execute("UPDATE audit SET detail = '{}' WHERE seq = 1"))
    assert not store.intact(1)


def test_a_state_survives_the_table() -> None:
    state = State("xian", "yanta", "sealed", "self", ("care.fever", "care.entry"), "zh", True, "ask.district", 4, NOON)
    assert rows.load_state(rows.dump_state(state)) == state
    assert rows.load_state('{"city": "xian", "from_the_future": 1}') == State(city="xian")


def test_an_unreadable_state_starts_anew(store: Store) -> None:
    store.write(lambda db: db.execute("INSERT INTO conversations VALUES ('telegram:7', '[]', 3, 0)"))
    assert store.conversation("telegram:7") == (State(), 3)


def test_a_reply_is_queued_once_with_its_number_and_buttons(store: Store) -> None:
    store.accept(incoming("没饭"))
    row = store.claim("telegram:7", NOON)
    assert row is not None
    replies = (Reply("no. {case}", (Button("see {case}", "状态 {case}"),)), Reply("second"))
    turn = Turn(replies, State(), CaseDraft("P2", "handoff:other", ("other",), "xian", "yanta", "a hospital"))
    assert store.finish(row, turn, 0, NOON) == (1, None)
    keys = store.read(lambda db: [r["key"] for r in db.query("SELECT key FROM outbox")])
    assert keys == [f"reply:{row.id}:0", f"reply:{row.id}:1"]
    first = store.take("telegram", 10, NOON)[0]
    assert (first.text, first.buttons) == ("no. 1", (Button("see 1", "状态 1"),))
    assert store.queue()[0].district == "yanta"


def test_nothing_is_kept_in_memory(clock: FrozenClock) -> None:
    store = Store(":memory:", clock)
    store.accept(incoming("没饭"))
    assert store.open_addresses() == ["telegram:7"]
    store.close()


def test_times_are_aware(store: Store) -> None:
    with pytest.raises(ValueError):
        store.accept(Incoming("web", "1", "1", "x", dt.datetime(2022, 4, 5)))
