"""A message is kept once, taken up by one worker at a time and in its chat's order, on both engines."""

from __future__ import annotations

import pytest

from bot.errors import Overtaken
from bot.model import Turn
from bot.state import State
from bot.store.inbox import LEASE
from bot.store.store import Store
from tests.bot.store.conftest import Open
from tests.bot.store.play import after, answer, incoming
from tests.fakes.engine import NOON

DONE = Turn((), State())


def test_a_message_is_kept_once(store: Store) -> None:
    first = store.accept(incoming(update="900"))
    assert store.accept(incoming(update="900", text="other words")) == first
    assert store.accept(incoming(chat="8", update="900")) != first
    row = store.claim("telegram:7", NOON)
    assert row is not None and (row.id, row.incoming, row.attempts) == (first, incoming(update="900"), 1)


def test_what_one_worker_holds_no_other_gets(store: Store, opened: Open) -> None:
    other = opened()
    ids = [store.accept(incoming()) for _ in range(3)]
    row = store.claim("telegram:7", NOON)
    assert row is not None and row.id == ids[0]
    assert store.claim("telegram:7", NOON) is None and other.claim("telegram:7", NOON) is None
    assert other.open_addresses() == ["telegram:7"] and other.open_addresses(NOON) == []
    store.finish(row, DONE, 0, NOON)
    assert other.open_addresses(NOON) == ["telegram:7"]
    assert [answer(other, "telegram:7"), answer(store, "telegram:7"), answer(other, "telegram:7")] == [ids[1], ids[2], None]


def test_the_next_message_is_taken_up_with_the_end_of_the_one_before(store: Store, opened: Open) -> None:
    other, state = opened(), State(district="雁塔区")
    ids = [store.accept(incoming()) for _ in range(2)]
    row = store.claim("telegram:7", NOON)
    assert row is not None
    _, following = store.finish(row, Turn((), state), 0, NOON, then_lease_s=LEASE)
    assert following is not None and (following.id, following.state, following.version) == (ids[1], state, 1)
    assert other.claim("telegram:7", NOON) is None
    assert store.finish(following, DONE, 1, NOON, then_lease_s=LEASE) == (0, None)


def test_a_turn_that_was_overtaken_takes_up_nothing(store: Store, opened: Open) -> None:
    other = opened()
    for _ in range(2):
        store.accept(incoming())
    late = store.claim("telegram:7", NOON)
    row = other.claim("telegram:7", after(LEASE))
    assert late is not None and row is not None
    with pytest.raises(Overtaken):
        store.finish(late, DONE, 0, after(LEASE), then_lease_s=LEASE)
    _, following = other.finish(row, DONE, 0, after(LEASE), then_lease_s=LEASE)
    assert following is not None and following.attempts == 1


def test_who_writes_can_be_reached(store: Store) -> None:
    store.unreachable("telegram:7", "blocked", NOON)
    store.accept(incoming())
    row = store.claim("telegram:7", NOON)
    assert row is not None and row.unreachable


def test_a_lease_runs_out_and_the_late_worker_writes_nothing(store: Store, opened: Open) -> None:
    other = opened()
    store.accept(incoming())
    late = store.claim("telegram:7", NOON)
    assert late is not None and other.claim("telegram:7", after(LEASE - 0.001)) is None
    row = other.claim("telegram:7", after(LEASE))
    assert row is not None and row.attempts == 2
    with pytest.raises(Overtaken):
        store.finish(late, DONE, 0, after(LEASE))
    store.release(late)
    assert other.claim("telegram:7", after(LEASE)) is None
    other.finish(row, DONE, 0, after(LEASE))
    with pytest.raises(Overtaken):
        other.finish(row, DONE, 1, after(LEASE))
    assert store.open_addresses() == [] and len(store.history("telegram:7")) == 1


def test_what_is_given_back_can_be_taken_up_at_once(store: Store) -> None:
    store.accept(incoming())
    row = store.claim("telegram:7", NOON)
    assert row is not None
    store.release(row)
    again = store.claim("telegram:7", NOON)
    assert again is not None and again.attempts == 2
    store.release(row)  # too late: it is no longer the first attempt's
    assert store.claim("telegram:7", NOON) is None


def test_a_clock_that_is_set_back_holds_no_chat_for_hours(store: Store) -> None:
    store.accept(incoming())
    assert store.claim("telegram:7", after(3600)) is not None
    assert store.open_addresses(NOON) == ["telegram:7"]
    row = store.claim("telegram:7", NOON)
    assert row is not None and row.attempts == 2


def test_the_longest_waiting_chat_comes_first(store: Store) -> None:
    for chat in ("3", "1", "2", "1", "3"):
        store.accept(incoming(chat))
    assert store.open_addresses() == ["telegram:3", "telegram:1", "telegram:2"]
    assert store.claim("telegram:3", NOON) is not None
    assert store.open_addresses(NOON) == ["telegram:1", "telegram:2"]


def test_text_of_any_kind_comes_back_as_it_went_in(store: Store) -> None:
    for text in ("'; DROP TABLE cases; --", "%s %(name)s :name ::", "😀 汉字 \u202e", "x" * 100_000, ""):
        store.accept(incoming(text=text))
        row = store.claim("telegram:7", NOON)
        assert row is not None and row.incoming.text == text
        store.finish(row, DONE, store.conversation("telegram:7")[1], NOON)
    store.accept(incoming(text="a\x00b\ud83dc"))
    row = store.claim("telegram:7", NOON)
    assert row is not None and row.incoming.text == "ab\ufffdc"
