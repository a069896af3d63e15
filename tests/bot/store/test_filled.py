"""The database that the bench fills is one that the service can work with; else ``make bench`` would learn it after minutes."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.store.store import Store
from tests.bench import delivery_growth as growth
from tests.bench.delivery_fill import fill

SIZE = 2_000


def test_a_filled_database_is_one_of_the_service(database: str) -> None:
    fill(database, SIZE)
    store = Store(database)
    now = dt.datetime.now(dt.UTC)
    assert [case.number for case in store.queue(3)] == [4, 8, 12]
    assert {case.status for case in store.queue(SIZE)} == {"open"} and len(store.queue(SIZE)) == SIZE // 2
    assert [line.author for line in store.history("telegram:7")] == ["resident", "bot"]
    assert store.open_addresses() == []
    assert store.outbox_counts()["pending"] == SIZE // 1_000
    moment = store.next_moment()
    assert moment is not None and moment > now + dt.timedelta(days=365)
    store.close()


def test_each_part_of_the_way_is_measured(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(database, SIZE)
    monkeypatch.setattr(growth, "SAMPLES", 3)
    monkeypatch.setattr(growth, "WARM", 2)
    took = growth.measure({"any": {SIZE: database}}, lambda _: None)
    assert {(part, len(samples)) for (_, part, _), samples in took.items()} == {(part, 3) for part in growth.PARTS}
    store = Store(database)
    assert len(store.queue(SIZE)) > SIZE // 2, "a message in a chat without an open case opens one"
    store.close()


def test_the_bar_is_on_the_largest_beside_the_smallest() -> None:
    def took(largest: float) -> growth.Figures:
        times = dict(zip(growth.SIZES, (1.0, 9.0, largest), strict=True))
        return {("any", part, size): [time] * 5 for part in growth.PARTS for size, time in times.items()}

    assert growth.show(took(2.0))[1] is True
    assert growth.show(took(2.1))[1] is False
