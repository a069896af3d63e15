"""Who is on duty, on both engines: shifts of one person that touch are one; the bounds of a shift."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.clock import FrozenClock
from bot.duty import Duty, DutyRefused
from bot.staff import Shift
from bot.store.store import Store
from tests.fakes.engine import NOON


def at(hours: float) -> dt.datetime:
    return NOON + dt.timedelta(hours=hours)


@pytest.fixture
def roster(store: Store, clock: FrozenClock) -> Duty:
    return Duty(store, clock)


def names(roster: Duty, hours: float) -> list[str]:
    return [shift.name for shift in roster.on_duty(at(hours))]


def test_on_duty_from_the_first_moment_until_the_last_which_is_not(roster: Duty, clock: FrozenClock) -> None:
    roster.start("ann", at(8), team="夜班")
    roster.plan("bob", at(8), at(16))
    assert [names(roster, hours) for hours in (0, 7.99, 8, 15.99, 16)] == [["ann"], ["ann"], ["bob"], ["bob"], []]
    assert roster.planned() == (Shift("ann", "夜班", at(0), at(8)), Shift("bob", "", at(8), at(16)))
    clock.advance(3600)
    roster.stop("ann")
    assert names(roster, 1) == [] and names(roster, 9) == ["bob"]
    with pytest.raises(DutyRefused, match="not on duty"):
        roster.stop("ann")


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [((1, 3), (2, 5), [(1, 5)]), ((1, 3), (3, 5), [(1, 5)]), ((1, 6), (2, 3), [(1, 6)]), ((1, 2), (3, 4), [(1, 2), (3, 4)])],
)
def test_shifts_of_one_person_that_touch_are_one(
    roster: Duty, first: tuple[int, int], second: tuple[int, int], together: list[tuple[int, int]]
) -> None:
    for shift in (first, second):
        roster.plan("ann", at(shift[0]), at(shift[1]))
    roster.plan("bob", at(1), at(9))
    assert [(one.starts_at, one.ends_at) for one in roster.planned() if one.name == "ann"] == [(at(a), at(b)) for a, b in together]


@pytest.mark.parametrize(("start", "end"), [(2, 2), (3, 2), (-3, -1), (0, 24.1), (24 * 61, 24 * 61 + 1)])
def test_a_shift_that_is_none(roster: Duty, start: float, end: float) -> None:
    with pytest.raises(DutyRefused, match="a shift"):
        roster.plan("ann", at(start), at(end))
    assert roster.planned(99) == ()


def test_a_planned_shift_is_taken_back_until_it_begins(roster: Duty, clock: FrozenClock) -> None:
    roster.plan("ann", at(2), at(4))
    clock.advance(2 * 3600)
    with pytest.raises(DutyRefused, match="no planned shift"):
        roster.drop("ann", at(2))
    roster.plan("ann", at(5), at(6))
    roster.drop("ann", at(5))
    assert names(roster, 5) == [] and names(roster, 2) == ["ann"]
