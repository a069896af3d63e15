"""When a reminder is due: against a slow model that looks at every minute."""

from __future__ import annotations

import datetime as dt
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import CITY_TIME
from bot.conversation.when import When, changed, runs_out, sample_ends, when
from bot.reminder import Rule, loaded
from tests.fakes.engine import NOON

MINUTE = dt.timedelta(minutes=1)
TIMES = st.lists(st.tuples(st.integers(0, 23), st.integers(0, 59)).map(lambda at: f"{at[0]:02d}:{at[1]:02d}"), min_size=1, max_size=3)
DAYS = st.sets(st.integers(0, 6), max_size=7).map(lambda days: tuple(sorted(days)))


@given(TIMES, DAYS, st.integers(0, 7 * 24 * 60))
def test_the_next_moment_is_the_first_minute_that_fits(times: list[str], days: tuple[int, ...], minutes: int) -> None:
    rule, after = Rule(tuple(sorted(set(times))), days), NOON + minutes * MINUTE
    moment = after.replace(second=0, microsecond=0) + MINUTE
    while True:
        local = moment.astimezone(CITY_TIME)
        if local.strftime("%H:%M") in times and (not days or local.weekday() in days):
            break
        moment += MINUTE
    assert rule.next(after) == moment and loaded(rule.dumped()) == rule


JUMPED = st.sampled_from([["02:00", "02:30"], ["01:30", "01:59", "02:15"]])
ZONES = {
    "Asia/Shanghai": dt.datetime(2024, 2, 27, tzinfo=dt.UTC),
    "Europe/Berlin": dt.datetime(2024, 3, 29, 12, tzinfo=dt.UTC),
    "America/New_York": dt.datetime(2024, 11, 1, 12, tzinfo=dt.UTC),
    "Australia/Lord_Howe": dt.datetime(2024, 10, 4, 12, tzinfo=dt.UTC),
}
"""Around a leap day, and around days on which clocks are set forward or back, one of them by half an hour."""


def shown(zone: str, begin: dt.datetime, minutes: int) -> list[tuple[dt.datetime, dt.datetime]]:
    """Each moment and what a clock shows for the first time then, minute by minute; times that it jumps over as much later as it jumps."""
    here, found = ZoneInfo(zone), list[tuple[dt.datetime, dt.datetime]]()
    before: dt.datetime | None = None
    for number in range(minutes):
        moment = begin + number * MINUTE
        local = moment.astimezone(here).replace(tzinfo=None)
        if before is not None and local > before + MINUTE:
            gap = (local - before) // MINUTE - 1
            found += [(moment + skipped * MINUTE, before + (skipped + 1) * MINUTE) for skipped in range(gap)]
        if moment.astimezone(here).fold == 0:
            found.append((moment, local))
        before = local
    return sorted(found)


@pytest.mark.parametrize("zone", ZONES)
@given(times=TIMES | JUMPED, days=DAYS, minutes=st.integers(0, 3 * 24 * 60))
def test_a_clock_that_is_set_forward_or_back_loses_and_doubles_nothing(
    zone: str, times: list[str], days: tuple[int, ...], minutes: int
) -> None:
    begin = ZONES[zone]
    rule, after = Rule(tuple(sorted(set(times))), days, zone=zone), begin + minutes * MINUTE
    fits = [moment for moment, time, day in clock_of(zone) if time in times and moment > after and (not days or day in days)]
    assert rule.next(after) == min(fits) and loaded(rule.dumped()) == rule


@cache
def clock_of(zone: str) -> list[tuple[dt.datetime, str, int]]:
    """Twelve days of a clock: each moment, the time it shows and the weekday."""
    found = shown(zone, ZONES[zone] - dt.timedelta(days=1), 12 * 24 * 60)
    return [(moment, local.strftime("%H:%M"), local.weekday()) for moment, local in found]


def test_a_day_in_february_that_is_there_every_fourth_year_only() -> None:
    assert Rule(("09:00",), on="2024-02-29").next(dt.datetime(2024, 2, 28, tzinfo=dt.UTC)) == dt.datetime(2024, 2, 29, 1, tzinfo=dt.UTC)
    assert when("2月29日早上9点提醒我产检", dt.datetime(2023, 1, 5, tzinfo=dt.UTC)).problem == "date"


def test_of_what_came_while_nobody_looked_the_last_is_told() -> None:
    rule = Rule(("08:00", "20:00"))
    first = dt.datetime(2022, 4, 5, 0, tzinfo=dt.UTC)
    assert rule.latest(first, first) == first
    assert rule.latest(first, first + dt.timedelta(days=3, hours=1)) == first + dt.timedelta(days=3)
    assert Rule(("08:00",), on="2022-04-05").latest(first, first + dt.timedelta(days=30)) == first


@pytest.mark.parametrize(
    ("rule", "words", "after"),
    [
        (Rule(("07:00",), (0, 2, 4)), "改成早上8点", Rule(("08:00",), (0, 2, 4))),
        (Rule(("07:00",), (0, 2, 4)), "周二四六", Rule(("07:00",), (1, 3, 5))),
        (Rule(("07:00",), (0, 2, 4)), "tue and thu", Rule(("07:00",), (1, 3))),
        (Rule(("07:00",)), "8am and 8pm", Rule(("08:00", "20:00"))),
        (Rule(("07:00",), (0,)), "every day", Rule(("07:00",))),
        (Rule(("07:00",)), "每隔6小时", Rule(hours=6)),
        (Rule(hours=6), "每天早上9点", Rule(("09:00",))),
        (Rule(("07:00",), on="2022-04-09"), "4月10日", Rule(("07:00",), on="2022-04-10")),
        (Rule(("07:00",), on="2022-04-09"), "8点", Rule(("08:00",), on="2022-04-09")),
    ],
)
def test_what_is_not_said_of_a_change_stays(rule: Rule, words: str, after: Rule) -> None:
    assert changed(words, rule, NOON).rule == after


@pytest.mark.parametrize(("words", "problem"), [("25点", "time"), ("2月30日", "date"), ("我妈胸口疼", "nothing")])
def test_a_change_that_cannot_be_is_said_to_be_none(words: str, problem: str) -> None:
    assert changed(words, Rule(("07:00",), (0,)), NOON) == When(None, problem)  # type: ignore[arg-type]


def test_once_and_every_few_hours() -> None:
    once = Rule(("09:00",), on="2022-04-06")
    first = once.next(NOON)
    assert first is not None and first.astimezone(CITY_TIME).isoformat() == "2022-04-06T09:00:00+08:00"
    assert once.next(first) is None and Rule(hours=8).next(NOON) == NOON + dt.timedelta(hours=8)


def local(found: When) -> str:
    assert found.first is not None
    return found.first.astimezone(CITY_TIME).strftime("%m-%d %H:%M")


@pytest.mark.parametrize(
    ("text", "rule", "first"),
    [
        ("每周一三五早上7点提醒我透析", Rule(("07:00",), (0, 2, 4)), "04-06 07:00"),
        ("remind me every Mon/Wed/Fri 7am", Rule(("07:00",), (0, 2, 4)), "04-06 07:00"),
        ("every monday, wednesday and friday at 7 am", Rule(("07:00",), (0, 2, 4)), "04-06 07:00"),
        ("后天下午3点", Rule(("15:00",), on="2022-04-07"), "04-07 15:00"),
        ("the day after tomorrow 3pm", Rule(("15:00",), on="2022-04-07"), "04-07 15:00"),
        ("每隔8小时", Rule(hours=8), "04-05 20:00"),
        ("every 8 hours", Rule(hours=8), "04-05 20:00"),
        ("每天早晚提醒我量体温", Rule(("08:00", "20:00")), "04-05 20:00"),
        ("每天早晚7点", Rule(("07:00", "19:00")), "04-05 19:00"),
        ("每天早上七点半和晚上十点三刻", Rule(("07:30", "22:45")), "04-05 22:45"),
        ("every day at 8am and 8pm", Rule(("08:00", "20:00")), "04-05 20:00"),
        ("周四下午两点半", Rule(("14:30",), on="2022-04-07"), "04-07 14:30"),
        ("半小时后", Rule(("12:30",), on="2022-04-05"), "04-05 12:30"),
        ("两个半小时后", Rule(("14:30",), on="2022-04-05"), "04-05 14:30"),
        ("in half an hour", Rule(("12:30",), on="2022-04-05"), "04-05 12:30"),
        ("早上7点", Rule(("07:00",), on="2022-04-06"), "04-06 07:00"),
    ],
)
def test_plain_words(text: str, rule: Rule, first: str) -> None:
    found = when(text, NOON)
    assert (found.rule, found.problem) == (rule, "") and local(found) == first


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("每天25点", "time"),
        ("every day at 25:00", "time"),
        ("早上7点75分", "time"),
        ("2月30日9点", "date"),
        ("30 February at 9am", "date"),
        ("2月29日9点", "date"),
        ("昨天9点", "past"),
        ("今天上午9点", "past"),
        ("下周三", "need_time"),
        ("every day", "need_time"),
        ("提醒我透析", "nothing"),
        ("remind me", "nothing"),
    ],
)
def test_what_is_missing_or_impossible(text: str, problem: str) -> None:
    found = when(text, NOON)
    assert found.rule is None and found.problem == problem


def test_what_is_computed() -> None:
    left = runs_out("药还能吃5天", NOON)
    assert left is not None and local(left) == "04-08 09:00"
    assert runs_out("药没了", NOON) is None
    taken = sample_ends("我10点做的核酸", NOON)
    assert taken is not None and local(taken) == "04-07 06:00"
    assert sample_ends("昨天做的核酸", NOON) is None
