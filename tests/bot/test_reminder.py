"""When a reminder is due: against a slow model that looks at every minute."""

from __future__ import annotations

import datetime as dt
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock import CITY_TIME
from bot.conversation.computed import runs_out, sample_ends
from bot.conversation.when import When, changed, when
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


@given(TIMES, st.integers(2, 40), st.integers(-50, 50), st.integers(0, 30 * 24 * 60))
@settings(deadline=None)
def test_every_so_many_days_is_counted_from_its_first_day(times: list[str], step: int, begins: int, minutes: int) -> None:
    begin = NOON.astimezone(CITY_TIME).date() + dt.timedelta(days=begins)
    rule, after = Rule(tuple(sorted(set(times))), on=begin.isoformat(), step=step), NOON + minutes * MINUTE
    days = [begin + number * dt.timedelta(days=step) for number in range(120)]
    fits = [dt.datetime.combine(day, dt.time.fromisoformat(time), CITY_TIME) for day in days for time in times]
    assert rule.next(after) == min(moment for moment in fits if moment > after) and loaded(rule.dumped()) == rule


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
@settings(deadline=None)
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
        (Rule(("07:00",), on="2022-04-09", step=3), "8点", Rule(("08:00",), on="2022-04-09", step=3)),
        (Rule(("07:00",)), "隔天", Rule(("07:00",), on="2022-04-06", step=2)),
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
        # Days of the week that are named without "every", and what stands beside them.
        ("my dad's dialysis mon wed fri 6 am", Rule(("06:00",), (0, 2, 4)), "04-06 06:00"),
        ("我妈周二四六透析，早上7点", Rule(("07:00",), (1, 3, 5)), "04-07 07:00"),
        ("周2,4,6早上7点透析", Rule(("07:00",), (1, 3, 5)), "04-07 07:00"),
        ("每周一三点", Rule(("03:00",), (0,)), "04-11 03:00"),
        ("每周二十点", Rule(("10:00",), (1,)), "04-12 10:00"),
        ("每周1,3,5 7点", Rule(("07:00",), (0, 2, 4)), "04-06 07:00"),
        ("透析每周一三五，前一晚九点", Rule(("21:00",), (1, 3, 6)), "04-05 21:00"),
        # Times of day.
        ("早中晚", Rule(("08:00", "13:00", "20:00")), "04-05 13:00"),
        ("twice daily", Rule(("08:00", "20:00")), "04-05 20:00"),
        ("每天早七晚七", Rule(("07:00", "19:00")), "04-05 19:00"),
        ("每天6点11点4点9点", Rule(("06:00", "11:00", "16:00", "21:00")), "04-05 16:00"),
        ("insulin 7am n 7pm", Rule(("07:00", "19:00")), "04-05 19:00"),
        ("每天后晌五点", Rule(("17:00",)), "04-05 17:00"),
        ("明天五点四十", Rule(("05:40",), on="2022-04-06"), "04-06 05:40"),
        ("at half past 7 tonight", Rule(("19:30",), on="2022-04-05"), "04-05 19:30"),
        ("at 7 tonight", Rule(("19:00",), on="2022-04-05"), "04-05 19:00"),
        ("a quarter to 8 in the evening", Rule(("19:45",), on="2022-04-05"), "04-05 19:45"),
        ("每天早上七点半嗯不对八点吧八点", Rule(("08:00",)), "04-06 08:00"),
        ("是晚上七点不是早上七点", Rule(("19:00",), on="2022-04-05"), "04-05 19:00"),
        # Dates.
        ("二十八号复查，前一晚8点", Rule(("20:00",), on="2022-04-27"), "04-27 20:00"),
        ("下个月六号上午9点", Rule(("09:00",), on="2022-05-06"), "05-06 09:00"),
        ("on the 20th at 9am", Rule(("09:00",), on="2022-04-20"), "04-20 09:00"),
        # Days and nights.
        ("明早7点", Rule(("07:00",), on="2022-04-06"), "04-06 07:00"),
        ("明晚8点", Rule(("20:00",), on="2022-04-06"), "04-06 20:00"),
        ("3天后早上9点", Rule(("09:00",), on="2022-04-08"), "04-08 09:00"),
        ("in 2 days at 9am", Rule(("09:00",), on="2022-04-07"), "04-07 09:00"),
        ("两周后早上9点", Rule(("09:00",), on="2022-04-19"), "04-19 09:00"),
        ("每天晚上12点", Rule(("23:59",)), "04-05 23:59"),
        ("每天夜里2点", Rule(("02:00",)), "04-06 02:00"),
        ("every night at 12", Rule(("23:59",)), "04-05 23:59"),
        ("1小时30分钟后", Rule(("13:30",), on="2022-04-05"), "04-05 13:30"),
        ("1.5小时后", Rule(("13:30",), on="2022-04-05"), "04-05 13:30"),
        ("每3天08:00，从2022-05-10起", Rule(("08:00",), on="2022-05-10", step=3), "05-10 08:00"),
        # Every so many days.
        ("隔天早上9点", Rule(("09:00",), on="2022-04-06", step=2), "04-06 09:00"),
        ("every other day at 3pm", Rule(("15:00",), on="2022-04-05", step=2), "04-05 15:00"),
        ("每21天早上8点，上次是3月22号", Rule(("08:00",), on="2022-03-22", step=21), "04-12 08:00"),
        ("every second Wednesday 10am", Rule(("10:00",), on="2022-04-06", step=14), "04-06 10:00"),
        ("每两周周三早上9点", Rule(("09:00",), on="2022-04-06", step=14), "04-06 09:00"),
        ("every 3 weeks at 8am, last one was on 4 April", Rule(("08:00",), on="2022-04-04", step=21), "04-25 08:00"),
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
        ("每21天一次", "need_time"),
        ("next Friday 9am", "need_day"),
        ("下周9点", "need_day"),
        ("周末早上9点", "need_day"),
        ("every weekend at 9am", "need_day"),
        ("每星期3次，早上9点", "need_day"),
        ("每周三次，早上9点", "need_day"),
        ("every day except Sunday at 9am", "several"),
        ("每隔两天早上9点", "step"),
        ("每月15号早上9点", "monthly"),
        ("4月10日和4月24日早上9点", "several"),
        ("下周一三五早上7点", "several"),
        ("周二化疗，周四复查，早上7点", "several"),
        ("check is Friday 14:00, ping me Thursday", "several"),
        ("透析前一天晚上8点", "several"),
        ("12 hours before my chemo at 9am", "several"),
        ("车来之前半小时，7点", "several"),
        ("remind me", "nothing"),
    ],
)
def test_what_is_missing_or_impossible(text: str, problem: str) -> None:
    found = when(text, NOON)
    assert found.rule is None and found.problem == problem


def test_what_is_computed() -> None:
    left = runs_out("药还能吃5天", NOON)
    assert left is not None and local(left) == "04-08 09:00"
    assert runs_out("药没了", NOON) is None and runs_out("一天三次药", NOON) is None and runs_out("每3天打针", NOON) is None
    ten = runs_out("药还有十天量", NOON)
    assert ten is not None and local(ten) == "04-13 09:00"
    taken = sample_ends("我10点做的核酸", NOON)
    assert taken is not None and local(taken) == "04-07 06:00"
    assert sample_ends("昨天做的核酸", NOON) is None
