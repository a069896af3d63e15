"""``hotline duty`` and ``hotline case --snooze``, and a time as the staff write it."""

from __future__ import annotations

import datetime as dt

import click
import pytest

from bot.cli_when import moment
from bot.clock import CITY_TIME, SystemClock
from bot.desk.ticks import Ticks
from bot.model import CaseDraft
from bot.settings import Settings
from bot.store.store import Store
from intents.targets import Alarms, read_targets
from tests.bot.commands import hotline
from tests.bot.store.test_cases import turn

AT = dt.datetime(2022, 4, 5, 12, 0, tzinfo=CITY_TIME)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90m", dt.datetime(2022, 4, 5, 13, 30, tzinfo=CITY_TIME)),
        ("2h", dt.datetime(2022, 4, 5, 14, 0, tzinfo=CITY_TIME)),
        (" 1d ", dt.datetime(2022, 4, 6, 12, 0, tzinfo=CITY_TIME)),
        ("18:30", dt.datetime(2022, 4, 5, 18, 30, tzinfo=CITY_TIME)),
        ("12:00", dt.datetime(2022, 4, 6, 12, 0, tzinfo=CITY_TIME)),
        ("2022-04-07 08:05", dt.datetime(2022, 4, 7, 8, 5, tzinfo=CITY_TIME)),
    ],
)
def test_a_time_as_it_is_written(text: str, expected: dt.datetime) -> None:
    assert moment(text, AT.astimezone(dt.UTC)) == expected


@pytest.mark.parametrize("text", ["", "2", "h", "25:00", "12:60", "2022-02-30 10:00", "tomorrow", "-2h"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(click.UsageError, match="is no time"):
        moment(text, AT)


def test_on_duty_and_off(settings: Settings) -> None:
    assert hotline("duty", "--by", "ann").exit_code == 0
    Store(settings.database, SystemClock()).close()
    assert "Nobody" in hotline("duty").stderr
    assert "ann is on duty" in hotline("duty", "--start", "8h", "--team", "night\x1b[2J", "--by", "ann").stderr
    shown = hotline("duty").stdout
    assert shown.startswith("now ") and "ann  night" in shown and "\x1b" not in shown
    assert hotline("duty", "--start", "8h", "--stop").exit_code == 2 and hotline("duty", "--team", "x").exit_code == 2
    assert "at most 24 hours" in hotline("duty", "--start", "2d", "--by", "ann").stderr
    assert "off duty" in hotline("duty", "--stop", "--by", "ann").stderr
    assert "is not on duty" in hotline("duty", "--stop", "--by", "ann").stderr


def test_a_case_is_put_off_and_tells_its_clocks(settings: Settings) -> None:
    clock = SystemClock()
    store = Store(settings.database, clock)
    Ticks(store, clock, Alarms(every=3, supervisors=6)).start(read_targets())
    number = str(turn(store, CaseDraft("P1", "x", ()), now=clock.now() - dt.timedelta(minutes=15)))
    store.close()
    assert "acknowledge overdue by 5 min, first answer in 4 min" in hotline("case", number).stdout
    assert hotline("case", number, "--snooze", "soon", "--by", "ann").exit_code == 2
    assert "within the next seven days" in hotline("case", number, "--snooze", "0m", "--by", "ann").stderr
    assert "put off" in hotline("case", number, "--snooze", "answer", "--by", "ann").stderr
    assert "solve paused, put off until the resident writes" in hotline("case", number).stdout
