"""No window of time ever holds more than a channel, a chat or a group may have; no lane starves; a pause holds for all."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from bot.store import channels
from bot.store.lanes import LANES, choose, cycle
from bot.store.outbox import Lane
from bot.store.pacer import SECOND, Pace
from bot.store.store import Store
from tests.bot.store.conftest import Open
from tests.bot.store.play import after, chats, put
from tests.fakes.engine import NOON

LIMIT = SECOND / 1000
"""Seconds that the pacer takes for one."""


def fullest(times: list[float], span: float) -> int:
    """The most that any stretch of this length holds, its end left out."""
    stamps, length = [round(at * 1000) for at in times], round(span * 1000)
    return max((sum(at <= other < at + length for other in stamps) for at in stamps), default=0)


def test_the_lanes_have_their_turns_evenly() -> None:
    turns = cycle({"emergency": 8, "reply": 4, "reminder": 2, "broadcast": 1})
    assert Counter(turns) == {"emergency": 8, "reply": 4, "reminder": 2, "broadcast": 1}
    assert all(turns[i] != turns[i + 1] or turns[i] == "emergency" for i in range(14)) and len(set(turns[:8])) >= 3
    for bad in ({"emergency": 1, "reply": 1, "reminder": 1}, dict.fromkeys(LANES, 0)):
        with pytest.raises(ValueError):
            cycle(bad)  # type: ignore[arg-type]


def test_a_lane_without_messages_gives_its_turn_away() -> None:
    turns = cycle(dict.fromkeys(LANES, 1))
    waiting: dict[Lane, list[int]] = {"broadcast": [1, 2, 3], "reply": [10]}
    assert choose(turns, 0, waiting, 3, lambda _: True) == ([10, 1, 2], 3)
    assert choose(turns, 0, waiting, 9, lambda one: one != 2) == ([10, 1, 3], 3)
    assert choose(turns, 7, {}, 9, lambda _: True) == ([], 7)


def test_no_lane_starves(store: Store) -> None:
    for lane in LANES:
        put(store, *(f"{lane}{number}" for number in range(60)), lane=lane)
    served: Counter[str] = Counter()
    for _ in range(60):  # one at a time, the hardest case
        (row,) = store.take("telegram", 1, NOON)
        served[row.lane] += 1
        store.delivered(row.id, row.attempt, NOON)
    assert served == {"emergency": 32, "reply": 16, "reminder": 8, "broadcast": 4}


def test_a_channel_sends_no_more_than_its_rate(opened: Open) -> None:
    stores = [opened(Pace(30, 0, 0)) for _ in range(3)]
    put(stores[0], *(str(number) for number in range(150)))
    random_ = random.Random(20220405)
    now, times = 0.0, []
    while len(times) < 150:
        rows = random_.choice(stores).take("telegram", random_.choice((1, 5, 100)), after(now))
        times += [now] * len(rows)
        for row in rows:
            stores[0].delivered(row.id, row.attempt, after(now))
        now = round(now + random_.choice((0.001, 0.02, 0.3)), 3)
    assert fullest(times, 1.0) <= 30
    assert times[-1] >= 4.0 and now < 30


def test_a_chat_and_a_group_have_rates_of_their_own(opened: Open) -> None:
    stores = [opened(Pace(0, 1, 20)) for _ in range(2)]
    put(stores[0], *["1"] * 5, *["-100"] * 25)
    sent: dict[str, list[float]] = {"1": [], "-100": []}
    now = 0.0
    while stores[0].next_due("telegram", after(now)) is not None:
        for row in stores[int(now * 10) % 2].take("telegram", 10, after(now)):
            sent[chats([row])[0]].append(now)
            stores[0].delivered(row.id, row.attempt, after(now))
        now = round(now + 0.25, 3)
    assert len(sent["1"]) == 5 and len(sent["-100"]) == 25
    assert fullest(sent["1"], 1) == fullest(sent["-100"], 1) == 1 and fullest(sent["-100"], 60) == 20
    assert 60 <= now < 70


def test_the_parts_of_a_long_message_count(opened: Open) -> None:
    store = opened(Pace(2, 1, 0))
    put(store, "1", "1", "2", "3")
    first, second = store.take("telegram", 10, NOON)
    assert chats([first, second]) == ["1", "2"] and store.take("telegram", 10, after(0.5)) == []
    assert store.delivered(first.id, 1, after(0.9), part=1, last=False)
    assert chats(store.take("telegram", 10, after(LIMIT))) == ["3"]
    store.delivered(first.id, 1, after(LIMIT), part=2)
    assert store.take("telegram", 10, after(1.8)) == []
    assert chats(store.take("telegram", 10, after(0.9 + LIMIT))) == ["1"]


def test_it_is_known_when_the_next_can_go(opened: Open) -> None:
    store = opened(Pace(2, 1, 20))
    put(store, "1", "1", "2", "3")
    for at, count, due in ((0.0, 2, LIMIT), (0.4, 0, LIMIT), (LIMIT, 2, None)):
        rows = store.take("telegram", 10, after(at))
        assert len(rows) == count
        for row in rows:
            store.delivered(row.id, row.attempt, after(at))
        assert store.next_due("telegram", after(at)) == (None if due is None else after(due))


def test_it_never_says_too_late(opened: Open) -> None:
    """Whatever the state: nothing can be had before the moment that is told, and something at it or soon after."""
    store = opened(Pace(3, 1, 5))
    random_ = random.Random(7)
    put(store, *random_.choices(["1", "2", "3", "-4", "-5"], k=80))
    now, looks = 0.0, 0
    while (due := store.next_due("telegram", after(now))) is not None:
        looks += 1
        rows = store.take("telegram", random_.randint(1, 4), after(now))
        assert not rows or due == after(now)
        for row in rows:
            if random_.random() < 0.2:
                store.retry(row.id, row.attempt, "later", after(now + random_.randint(0, 3)), after(now))
            else:
                store.delivered(row.id, row.attempt, after(now))
        soon = store.next_due("telegram", after(now))
        now = max(now + 0.001, (soon - NOON).total_seconds()) if soon else now
    assert looks < 800 and store.outbox_counts()["pending"] == 0


def test_a_pause_holds_for_all_and_is_only_extended(store: Store, opened: Open) -> None:
    other = opened()
    put(store, "1")
    store.pause("telegram", after(10), NOON)
    other.pause("telegram", after(5), NOON)
    assert other.next_due("telegram", after(1)) == after(10)
    assert other.take("telegram", 10, after(9.999)) == []
    other.pause("telegram", after(12), after(9.9))
    assert store.take("telegram", 10, after(11)) == []
    assert len(store.take("telegram", 10, after(12))) == 1


def test_a_clock_that_is_set_back_holds_nothing_for_hours(opened: Open) -> None:
    store = opened(Pace(1, 1, 1))
    put(store, "1", "-2", "3")
    hour = 3600
    (row,) = store.take("telegram", 1, after(hour))
    store.retry(row.id, row.attempt, "x", after(hour + 60), after(hour))
    (other,) = store.take("telegram", 1, after(hour + LIMIT))
    store.pause("telegram", after(hour + 600), after(hour + 2))
    assert store.next_due("telegram", NOON) == NOON
    assert [again.id for again in store.take("telegram", 1, NOON)] == [row.id]
    assert [again.id for again in store.take("telegram", 1, after(LIMIT))] == [other.id]


def test_a_clock_that_jumps_ahead_loses_nothing(store: Store) -> None:
    put(store, "1", "2")
    (row,) = store.take("telegram", 1, NOON)
    day = 24 * 3600
    assert {again.id for again in store.take("telegram", 10, after(day))} >= {row.id}


def test_broadcasts_go_slower_after_refusals_and_faster_again(store: Store) -> None:
    def slow(at: float) -> int:
        return store.read(lambda db: channels.slowness(db, "telegram", after(at)))

    assert slow(0) == 0
    for at in (10.0, 10.2, 10.9):  # of one heap
        store.pause("telegram", after(at + 1), after(at))
    assert [slow(at) for at in (11, 30, 31)] == [1, 1, 0]
    for at in range(40, 100, 2):
        store.pause("telegram", after(at + 1), after(at))
    assert slow(99) == channels.SLOWEST == 10
    assert [slow(at) for at in (118.5, 158, 400)] == [9, 7, 0]
    assert slow(-3_600) == 0, "a clock that was set back slows nobody down"


def test_replies_are_not_slowed_down(opened: Open) -> None:
    store = opened(Pace(10, 0, 0))
    for second in range(3):
        store.pause("telegram", after(2 * second + 0.5), after(2 * second))
    put(store, *[str(number) for number in range(30)])
    assert len(store.take("telegram", 30, after(6))) == 10
