"""Messages leave in order, each by one sender, and their ends are fenced, on both engines."""

from __future__ import annotations

import pytest

from bot.model import Button, CaseDraft, Reply, Turn
from bot.state import State
from bot.store.store import Store
from tests.bot.store.conftest import Open
from tests.bot.store.play import after, chats, incoming, put
from tests.fakes.engine import NOON


def test_a_taken_message_is_whole_and_belongs_to_its_sender(store: Store, opened: Open) -> None:
    store.accept(incoming())
    row = store.claim("telegram:7", NOON)
    assert row is not None
    store.finish(row, Turn((Reply("好", (Button("a", "b"),)),), State(), CaseDraft("P0", "emergency:x", ())), 0, NOON)
    (out,) = store.take("telegram", 10, NOON)
    assert (out.key, out.channel, out.address, out.lane) == (f"reply:{row.id}:0", "telegram", "telegram:7", "emergency")
    assert (out.text, out.buttons, out.attempt, out.part) == ("好", (Button("a", "b"),), 1, 0)
    assert opened().take("telegram", 10, NOON) == [] and store.take("web", 10, NOON) == []


def test_a_picture_stays_with_its_words_until_it_is_taken(store: Store) -> None:
    store.accept(incoming())
    row = store.claim("telegram:7", NOON)
    assert row is not None
    store.finish(row, Turn((Reply("看编号{case}", picture="refused:xian:zh"),), State(), CaseDraft("P1", "handoff:x", ())), 0, NOON)
    (out,) = store.take("telegram", 10, NOON)
    assert (out.text, out.picture) == ("看编号1", "refused:xian:zh")


def test_of_each_chat_the_oldest_goes_first(store: Store) -> None:
    put(store, "1", "1", "2")
    put(store, "1", "3", lane="emergency")
    rows = store.take("telegram", 10, NOON)
    assert sorted(chats(rows)) == ["1", "2", "3"] and {row.lane for row in rows if row.address == "telegram:1"} == {"reply"}
    assert store.take("telegram", 10, NOON) == []
    for row in rows:
        assert store.delivered(row.id, row.attempt, NOON)
    (second,) = store.take("telegram", 10, NOON)
    assert store.dead(second.id, second.attempt, "blocked", NOON)
    (third,) = store.take("telegram", 10, NOON)
    assert (second.lane, third.lane) == ("reply", "emergency")


def test_a_reminder_does_not_wait_for_a_reply(store: Store) -> None:
    put(store, "1")
    put(store, "1", lane="reminder")
    put(store, "1", "1", lane="broadcast")
    assert sorted(row.lane for row in store.take("telegram", 10, NOON)) == ["broadcast", "reminder", "reply"]


def test_several_that_have_arrived_are_settled_at_once_each_by_its_newest_attempt(store: Store) -> None:
    for chat in ("1", "2", "3"):
        put(store, chat)
    one, other, third = store.take("telegram", 10, NOON, lease_s=30)
    assert store.all_delivered([(other.id, 1, 1), (one.id, 1, 2)], NOON) == [True, True]
    (again,) = store.take("telegram", 10, after(30))
    assert store.all_delivered([(third.id, 1, 1), (one.id, 1, 2)], after(30)) == [False, True]  # told twice is no harm
    assert store.all_delivered([(again.id, 2, 1)], after(31)) == [True] and store.next_due("telegram", after(31)) is None
    assert store.all_delivered([], after(31)) == []


def test_only_the_newest_attempt_can_end_a_message(store: Store) -> None:
    put(store, "1")
    (first,) = store.take("telegram", 10, NOON, lease_s=30)
    assert store.take("telegram", 10, after(29.999)) == []
    (second,) = store.take("telegram", 10, after(30))
    assert (first.id, first.attempt, second.id, second.attempt) == (second.id, 1, second.id, 2)
    assert not store.delivered(first.id, 1, after(30))
    assert not store.delivered(first.id, 1, after(30), part=1, last=False)
    assert not store.retry(first.id, 1, "slow", after(40), after(30))
    assert not store.dead(first.id, 1, "slow", after(30)) and not store.uncertain(first.id, 1, "slow", after(30))
    store.give_back([(first.id, 1)], after(30))
    assert store.take("telegram", 10, after(31)) == []
    assert store.delivered(second.id, 2, after(31))
    assert not store.delivered(second.id, 2, after(31)) and not store.dead(second.id, 2, "x", after(31))
    assert store.next_due("telegram", after(31)) is None


def test_a_late_report_counts_while_nobody_else_has_begun(store: Store) -> None:
    put(store, "1")
    (row,) = store.take("telegram", 10, NOON, lease_s=1)
    assert store.delivered(row.id, row.attempt, after(3600))


def test_a_retry_waits(store: Store) -> None:
    put(store, "1", "1")
    (row,) = store.take("telegram", 10, NOON)
    assert store.retry(row.id, row.attempt, "timeout", after(8), NOON)
    assert store.next_due("telegram", NOON) == after(8)
    assert store.take("telegram", 10, after(7.999)) == []
    (again,) = store.take("telegram", 10, after(8))
    assert (again.id, again.attempt) == (row.id, 2)


def test_what_is_given_back_goes_at_once(store: Store) -> None:
    put(store, "1", "2")
    rows = store.take("telegram", 10, NOON)
    store.give_back([(row.id, row.attempt) for row in rows], NOON)
    assert [row.attempt for row in store.take("telegram", 10, NOON)] == [2, 2]


def test_the_parts_that_arrived_are_not_sent_again(store: Store) -> None:
    put(store, "1")
    (row,) = store.take("telegram", 10, NOON, lease_s=30)
    assert store.delivered(row.id, row.attempt, after(20), part=1, last=False)
    assert store.delivered(row.id, row.attempt, after(40), part=2, last=False)
    assert store.next_due("telegram", after(40)) == after(70) and store.take("telegram", 10, after(69)) == []
    (again,) = store.take("telegram", 10, after(70))
    assert (again.attempt, again.part) == (2, 2)
    assert store.delivered(again.id, again.attempt, after(70), part=3)
    assert store.next_due("telegram", after(70)) is None


@pytest.mark.parametrize("lane", ["reminder", "broadcast"])
def test_a_broadcast_is_never_sent_twice_unasked(store: Store, lane: str) -> None:
    put(store, "1", lane=lane)  # type: ignore[arg-type]
    (row,) = store.take("telegram", 10, NOON, lease_s=30)
    assert store.take("telegram", 10, after(31)) == []
    (item,) = store.outbox_list(["uncertain"], 10)
    assert (item.id, item.reason, item.attempts, item.lane) == (row.id, "lease", 1, lane)
    if lane == "broadcast":
        assert store.outbox_retry(None, after(40)) == 0, "that is decided where the broadcast is looked at"
        return
    assert store.outbox_retry(None, after(40)) == 1
    (again,) = store.take("telegram", 10, after(40))
    assert again.attempt == 2
    assert not store.delivered(row.id, 1, after(40))


def test_an_uncertain_broadcast_whose_sender_reports_is_known_again(store: Store) -> None:
    put(store, "1", "2", lane="broadcast")
    one, other = store.take("telegram", 10, NOON, lease_s=30)
    store.take("telegram", 10, after(31))
    assert store.outbox_counts()["uncertain"] == 2
    assert store.delivered(one.id, 1, after(32)) and store.retry(other.id, 1, "refused", after(33), after(32))
    assert store.outbox_counts() == {"pending": 1, "sending": 0, "dead": 0, "uncertain": 0}


def test_the_list_says_what_and_why_and_holds_no_words(store: Store) -> None:
    put(store, "1", "2", "3", "4")
    for row, end in zip(store.take("telegram", 4, NOON), ("dead", "uncertain", "retry", ""), strict=True):
        if end == "retry":
            store.retry(row.id, 1, "server:500", after(60), NOON)
        elif end:
            getattr(store, end)(row.id, 1, f"why {end}", NOON)
    assert store.outbox_counts() == {"pending": 1, "sending": 1, "dead": 1, "uncertain": 1}
    items = store.outbox_list(["dead", "uncertain", "pending", "sending"], 10)
    assert [(item.status, item.reason, item.attempts) for item in items] == [
        ("dead", "why dead", 1),
        ("uncertain", "why uncertain", 1),
        ("pending", "server:500", 1),
        ("sending", "", 1),
    ]
    assert items[2].not_before == after(60) and items[0].not_before is None and items[0].created_at == NOON
    assert len(store.outbox_list(["dead", "uncertain"], 1)) == 1
    assert store.outbox_oldest() == NOON
    assert store.outbox_retry([items[1].id, items[2].id, 999], NOON) == 1
    assert store.outbox_retry(None, NOON) == 1
    assert store.outbox_counts() == {"pending": 3, "sending": 1, "dead": 0, "uncertain": 0}


def test_an_empty_outbox_waits_for_nothing(store: Store) -> None:
    assert store.next_due("telegram", NOON) is None and store.outbox_oldest() is None
    assert set(store.outbox_counts().values()) == {0}
