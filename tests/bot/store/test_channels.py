"""A chat that moved takes everything with it; who cannot be reached is remembered."""

from __future__ import annotations

from bot.model import CaseDraft, Reply, Turn
from bot.state import State
from bot.store.store import Store
from tests.bot.store.conftest import Open
from tests.bot.store.play import after, answer, incoming, put
from tests.fakes.engine import NOON


def logged(store: Store, chat: str, state: State, at: float = 0.0) -> None:
    store.accept(incoming(chat))
    row = store.claim(f"telegram:{chat}", after(at))
    assert row is not None
    turn = Turn((Reply("好"),), state, CaseDraft("P1", "handoff:other", ()))
    store.finish(row, turn, store.conversation(f"telegram:{chat}")[1], after(at))


def test_a_chat_that_moved_takes_everything_with_it(store: Store) -> None:
    logged(store, "-1", State(city="xian"))
    open_id = store.accept(incoming("-1"))
    store.reroute("telegram", "telegram:-1", "telegram:-100", NOON)
    store.reroute("telegram", "telegram:-1", "telegram:-100", NOON)
    assert store.open_addresses() == ["telegram:-100"]
    assert store.conversation("telegram:-100")[0].city == "xian" and store.conversation("telegram:-1")[1] == 0
    assert [case.address for case in store.queue()] == ["telegram:-100"]
    assert len(store.history("telegram:-100")) == 2 and store.history("telegram:-1") == []
    assert [row.address for row in store.take("telegram", 10, NOON)] == ["telegram:-100"]
    assert answer(store, "telegram:-100") == open_id


def test_what_was_being_sent_stays_its_senders(store: Store) -> None:
    put(store, "-1")
    (row,) = store.take("telegram", 10, NOON)
    store.reroute("telegram", "telegram:-1", "telegram:-100", NOON)
    assert store.take("telegram", 10, after(1)) == []
    assert store.retry(row.id, row.attempt, "migrated", after(1), after(1))
    assert [again.address for again in store.take("telegram", 10, after(1))] == ["telegram:-100"]


def test_of_two_conversations_the_one_that_moved_last_is_kept_and_no_case_is_lost(store: Store) -> None:
    logged(store, "-1", State(city="xian"), at=5)
    logged(store, "-100", State(city="beijing"), at=1)
    logged(store, "-3", State(city="xian"), at=1)
    logged(store, "-300", State(city="beijing"), at=5)
    for old, new, kept in (("-1", "-100", "xian"), ("-3", "-300", "beijing")):
        store.reroute("telegram", f"telegram:{old}", f"telegram:{new}", after(9))
        assert store.conversation(f"telegram:{new}")[0].city == kept
    assert len(store.queue()) == 4


def test_who_cannot_be_reached_is_remembered_until_they_write(store: Store) -> None:
    assert store.why_unreachable("telegram:1") == ""
    store.unreachable("telegram:1", "blocked", NOON)
    store.unreachable("telegram:1", "kicked", NOON)
    assert store.why_unreachable("telegram:1") == "kicked" and store.why_unreachable("telegram:2") == ""
    store.reachable("telegram:1", NOON)
    store.reachable("telegram:2", NOON)
    assert store.why_unreachable("telegram:1") == ""
    store.unreachable("telegram:1", "", NOON)
    assert store.why_unreachable("telegram:1") == "unknown"


def test_an_update_that_comes_again_after_its_chat_moved_is_known(store: Store) -> None:
    first = store.accept(incoming("-1", update="900"))
    second = store.accept(incoming("-1", update="901"))
    store.reroute("telegram", "telegram:-1", "telegram:-100", NOON)
    assert store.accept(incoming("-1", update="900")) == first
    row = store.claim("telegram:-100", NOON)
    assert row is not None and (row.id, row.incoming.chat, row.incoming.address) == (first, "-100", "telegram:-100")
    store.finish(row, Turn((Reply("好"),), State()), 0, NOON)
    assert answer(store, "telegram:-100") == second and store.open_addresses() == []
    assert store.history("telegram:-1") == []


def test_one_process_at_a_time_fetches_from_a_channel(store: Store, opened: Open) -> None:
    other = opened()
    assert store.poll("telegram", NOON, 10) and not other.poll("telegram", NOON, 10)
    assert store.poll("telegram", after(5), 10) and not other.poll("telegram", after(10), 10)
    assert other.poll("telegram", after(15), 10) and not store.poll("telegram", after(16), 10)
    assert other.poll("telegram", after(17), 0) and store.poll("telegram", after(17), 10)
    store.pause("telegram", after(60), after(17))
    assert not other.poll("telegram", after(18), 10)


def test_a_clock_that_was_set_back_does_not_hold_the_turn_for_hours(store: Store, opened: Open) -> None:
    assert store.poll("telegram", after(7200), 10)
    assert opened().poll("telegram", NOON, 10)
