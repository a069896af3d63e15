"""People at risk are put down, counted and taken off, on both engines."""

from __future__ import annotations

import pytest

from bot.errors import StoreError
from bot.person import Count, Entry
from bot.store import register
from bot.store.store import Store
from tests.bot.store.play import after


def put(store: Store, address: str, *entries: Entry) -> None:
    for seconds, entry in enumerate(entries):
        store.write(lambda db, entry=entry, seconds=seconds: register.put(db, address, entry, after(seconds)))  # type: ignore[misc]


def of(store: Store, address: str) -> tuple[Entry, ...]:
    return store.read(lambda db: register.of(db, address))


def test_what_is_told_later_is_added_and_what_is_not_told_stays(store: Store) -> None:
    put(
        store,
        "web:a",
        Entry("dialysis"),
        Entry("dialysis", "self", "xian", "yanta"),
        Entry("dialysis", next_on="2022-04-06", next_words="周三"),
    )
    assert of(store, "web:a") == (Entry("dialysis", "self", "xian", "yanta", "2022-04-06", "周三"),)
    put(store, "web:a", Entry("dialysis", "self", "beijing", "chaoyang"))
    assert of(store, "web:a") == (Entry("dialysis", "self", "beijing", "chaoyang", "2022-04-06", "周三"),)
    # Another day in words that name none: the old date no longer counts.
    put(store, "web:a", Entry("dialysis", next_words="-"))
    assert of(store, "web:a")[0].next_on == ""


def test_a_relative_is_another_person(store: Store) -> None:
    put(store, "web:a", Entry("dialysis"), Entry("dialysis", "family"), Entry("newborn", "family"))
    store.write(lambda db: register.remove(db, "web:a", "dialysis", "family"))
    assert of(store, "web:a") == (Entry("dialysis"), Entry("newborn", "family"))
    store.write(lambda db: register.remove(db, "web:a"))
    assert of(store, "web:a") == ()


def test_counted_by_group_and_district(store: Store) -> None:
    for chat, group, district in (("a", "dialysis", "yanta"), ("b", "dialysis", "yanta"), ("c", "dialysis", "beilin"), ("d", "alone", "")):
        put(store, f"web:{chat}", Entry(group, "self", "xian" if district else "", district))
    assert store.read(register.counts) == [
        Count("alone", "", "", 1),
        Count("dialysis", "xian", "beilin", 1),
        Count("dialysis", "xian", "yanta", 2),
    ]


def test_a_group_that_does_not_exist_is_refused(store: Store) -> None:
    with pytest.raises(StoreError):
        put(store, "web:a", Entry("nobody"))
    assert store.read(register.counts) == []


def test_a_chat_that_moves_takes_its_entries_along(store: Store) -> None:
    put(store, "telegram:7", Entry("dialysis", district="yanta"), Entry("alone"))
    put(store, "telegram:70", Entry("dialysis", district="beilin"))
    store.reroute("telegram", "telegram:7", "telegram:70", after(9))
    assert of(store, "telegram:7") == ()
    assert {(entry.group, entry.district) for entry in of(store, "telegram:70")} == {("dialysis", "beilin"), ("alone", "")}
