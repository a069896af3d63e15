"""A reminder has one moment at a time, which comes once, on both engines."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.effects import ChangeReminder, Effect, Forget, MoveReminder, PutReminder
from bot.reminder import Reminder, Rule
from bot.store import reminders
from bot.store.reminders import MOST
from bot.store.store import Store
from tests.bot.store.play import after
from tests.bot.store.test_cases import turn
from tests.fakes.engine import NOON

DAILY = PutReminder("dialysis", "每天早上7点透析", Rule(("07:00",)))
SEVEN = dt.datetime(2022, 4, 5, 23, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def all_of(store: Store, address: str = "telegram:7") -> tuple[Reminder, ...]:
    return store.read(lambda db: reminders.of(db, address))


def do(store: Store, *effects: Effect, now: dt.datetime = NOON) -> None:
    turn(store, None, *effects, now=now)


def moments(store: Store, now: dt.datetime) -> list[str]:
    """What has come to the chat by now."""
    store.come_due(now)
    found = []
    while (row := store.claim("telegram:7", now)) is not None:
        assert row.incoming.kind == "due" and row.incoming.at <= now
        store.noted(row, now)
        found.append(row.incoming.text.partition(":")[2])
    return found


def due(store: Store, now: dt.datetime) -> str:
    """The reminder's moment as it comes to the chat; empty where none does."""
    return next(iter(moments(store, now)), "")


def test_its_moment_comes_once_and_then_the_next(store: Store) -> None:
    do(store, DAILY)
    (one,) = all_of(store)
    assert (one.number, one.status, one.next_at) == (1, "active", SEVEN)
    assert due(store, SEVEN - dt.timedelta(seconds=1)) == ""
    detail = due(store, SEVEN)
    assert store.read(lambda db: reminders.current(db, "telegram:7", detail)) == one and due(store, SEVEN) == ""
    do(store, MoveReminder(one.id), now=SEVEN)
    assert all_of(store)[0].next_at == SEVEN + DAY
    assert store.read(lambda db: reminders.current(db, "telegram:7", detail)) is None
    assert due(store, SEVEN + DAY) != ""


def test_after_a_long_silence_of_the_service_only_one_moment_has_come(store: Store) -> None:
    do(store, DAILY)
    late = SEVEN + 5 * DAY + dt.timedelta(hours=2)
    assert due(store, late) != "" and due(store, late) == ""
    do(store, MoveReminder(all_of(store)[0].id), now=late)
    assert all_of(store)[0].next_at == SEVEN + 6 * DAY


def test_one_that_was_for_once_is_done(store: Store) -> None:
    do(store, PutReminder("other", "x", Rule(("13:00",), on="2022-04-05")))
    (one,) = all_of(store)
    do(store, MoveReminder(one.id), now=after(3_600))
    assert all_of(store) == () and store.read(lambda db: reminders.due(db, "telegram:7", one.id)) is not None


@pytest.mark.parametrize("status", ["paused", "done"])
def test_a_stopped_one_does_not_come(store: Store, status: str) -> None:
    do(store, DAILY)
    do(store, ChangeReminder(1, status))  # type: ignore[arg-type]
    detail = due(store, SEVEN)
    assert store.read(lambda db: reminders.current(db, "telegram:7", detail)) is None
    assert len(all_of(store)) == (status == "paused")


def test_a_paused_one_goes_on_from_its_next_moment(store: Store) -> None:
    do(store, DAILY)
    do(store, ChangeReminder(0, "paused"))
    do(store, ChangeReminder(1, "active"), now=SEVEN + dt.timedelta(hours=1))
    assert all_of(store)[0].next_at == SEVEN + DAY
    details = moments(store, SEVEN + DAY)
    assert len(details) == 2
    current = [store.read(lambda db, one=one: reminders.current(db, "telegram:7", one)) for one in details]  # type: ignore[misc]
    assert sum(one is not None for one in current) == 1


def test_of_another_chat_nothing_is_changed_and_there_are_not_too_many(store: Store) -> None:
    turn(store, None, DAILY, chat="8")
    do(store, *[DAILY] * (MOST + 3))
    assert [one.number for one in all_of(store)] == list(range(1, MOST + 1))
    do(store, ChangeReminder(0, "done"))
    assert all_of(store) == () and len(all_of(store, "telegram:8")) == 1


def test_nothing_is_left_of_them_after_forgetting(store: Store) -> None:
    do(store, DAILY)
    do(store, Forget())
    assert all_of(store) == () and due(store, SEVEN) == ""
    assert store.read(lambda db: db.one("SELECT count(*) AS many FROM reminders"))["many"] == 0  # type: ignore[index]
