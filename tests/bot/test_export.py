"""What is exported stays text in every spreadsheet, and whole."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path

import pytest

from bot import export
from bot.clock import FrozenClock
from bot.export import BOM, CASES, cell, line
from bot.model import CaseDraft
from bot.oversight import Oversight, midnight
from bot.settings import Settings
from bot.store import openings
from bot.store.store import Store
from intents.targets import read_targets
from tests.bot.commands import hotline
from tests.bot.store.test_cases import turn
from tests.fakes.engine import NOON

DAY = dt.date(2022, 4, 5)
COMMAND = "cmd|' /C calc'!A0"
HOSTILE = [
    f"{first}{COMMAND}"
    for first in ("=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "\u3000=", "\u00a0+", "\ufeff=", "\u200b@", "\x00=", "\x1b=")
]
HOSTILE += [f"{first}1+1" for first in ("＝", "＋", "－", "＠", "﹢", "﹣", "−", "–", "—", "|", "%", "'=", '"=', ' "=')]
HOSTILE += [f"harmless{between}=1+1" for between in (",", ";", "\t", "\n", "\r\n", "; ", ';"', "|", "\n\u3000")]


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_no_cell_is_executed_whatever_the_spreadsheet_takes_for_the_separator(text: str) -> None:
    written = line([text, "after"])
    for separator in (",", ";", "\t", "|"):
        for row in csv.reader(io.StringIO(written, newline=""), delimiter=separator):
            for value in row:
                bare = value.replace("\ufeff", "").replace("\u200b", "").strip(' \t\r\n"\u3000\u00a0')
                assert not bare or bare[0] not in "=+-@＝＋－＠﹢﹣−–—|%", (separator, value)
    assert "\x00" not in written and "\x1b" not in written


@pytest.mark.parametrize("text", ["透析", "029-82631000", "8-10", "a = b", "第3栋-2单元", "", "x; y, z", "a@b"])
def test_harmless_words_stay_as_they_are(text: str) -> None:
    assert cell(text) == text


def test_numbers_and_times_stay_what_they_are() -> None:
    assert (cell(-1), cell(None), cell(NOON)) == ("-1", "", "2022-04-05 12:00:00")


def test_quotes_and_lines_within_a_cell_come_back() -> None:
    (row,) = csv.reader(io.StringIO(line(['他说 "不收"', "一\n二", "a,b"]), newline=""))
    assert row == ['他说 "不收"', "一\n二", "a,b"]


@pytest.fixture
def cases(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Seven cases, three of them in one millisecond, read two at a time."""
    monkeypatch.setattr(openings, "BATCH", 2)
    hours = (-1, 0, 5, 5, 5, 23, 24)
    for number, hour in enumerate(hours):
        draft = CaseDraft("P1", "handoff:x", ("care.dialysis", "care.refused"), "xian", "yanta", "=HYPERLINK(1)", (("reach", "+86"),))
        turn(store, draft, chat=str(number), now=midnight(DAY) + dt.timedelta(hours=hour))
    return store


def test_all_cases_of_the_days_come_once_and_in_order(cases: Store) -> None:
    text = "".join(export.cases(cases, DAY, DAY))
    assert text.startswith(BOM)
    rows = list(csv.DictReader(io.StringIO(text[1:], newline="")))
    assert [row["number"] for row in rows] == ["2", "3", "4", "5", "6"] and tuple(rows[0]) == CASES
    assert rows[0]["hospital"] == "'=HYPERLINK(1)" and rows[0]["opened_at"] == "2022-04-05 00:00:00"
    assert rows[0]["topics"] == "care.dialysis care.refused" and "没饭" not in text and "+86" not in text


def test_words_come_only_where_they_are_asked_for(cases: Store) -> None:
    rows = list(csv.DictReader(io.StringIO("".join(export.cases(cases, DAY, DAY, with_words=True))[1:], newline="")))
    assert {row["words"] for row in rows} == {"没饭"} and {row["facts"] for row in rows} == {"reach: +86"}


def test_it_is_written_while_it_is_read(cases: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = export.cases(cases, DAY, DAY)
    assert next(pieces).startswith(BOM) and "telegram" not in next(pieces)
    monkeypatch.setattr(cases, "read", None)
    next(pieces)
    with pytest.raises(TypeError):
        list(pieces)


def test_figures_are_a_number_a_line(cases: Store) -> None:
    oversight = Oversight(cases, FrozenClock(NOON), read_targets())
    text = "".join(export.figures(oversight, DAY - dt.timedelta(days=1), DAY + dt.timedelta(days=3)))
    rows = [tuple(row) for row in csv.reader(io.StringIO(text[1:], newline=""))][1:]
    assert ("2022-04-05", "opened", "", "4") in rows and ("2022-04-05", "opened_by_hour", "05", "3") in rows
    assert ("2022-04-04", "opened", "", "1") in rows and ("2022-04-05", "district", "xian/yanta", "4") in rows
    assert ("2022-04-05", "refused_at", "other", "4") in rows and "HYPERLINK" not in text
    assert {row[0] for row in rows} == {"2022-04-04", "2022-04-05"}


@pytest.fixture
def kept(settings: Settings) -> None:
    store = Store("hotline.db")
    turn(store, CaseDraft("P0", "emergency:x", ("care.dialysis",), "xian", "yanta", "@SUM(1)"), now=NOON)
    store.close()


@pytest.mark.usefixtures("kept")
def test_the_commands() -> None:
    shown = hotline("oversight", "--day", "2022-04-05", "--lang", "en")
    assert shown.exit_code == 0 and "new cases: 1 (day before, same time: 0)" in shown.stdout and "Dialysis" in shown.stdout
    assert "hospitals outside the directory" in shown.stdout and "SUM" not in shown.stdout
    assert hotline("oversight", "--day", "2999-01-01").exit_code == 2
    assert hotline("brief", "--day", "2022-04-05", "--lang", "en", "out.html").exit_code == 0
    text = Path("out.html").read_text("utf-8")
    assert "Daily brief" in text and "SUM" not in text
    told = hotline("export", "cases", "--from", "2022-04-01", "--to", "2022-04-30")
    assert told.exit_code == 0 and told.stdout_bytes.startswith(b'\xef\xbb\xbf"number"') and '"\'@SUM(1)"' in told.stdout
    assert '"2022-04-05","opened","","1"' in hotline("export", "figures", "--from", "2022-04-05", "--to", "2022-04-06").stdout
    assert hotline("export", "cases", "--from", "2022-04-02", "--to", "2022-04-01").exit_code == 2
    assert hotline("export", "figures", "--words").exit_code == 2
    assert json.dumps(hotline("export", "cases").stdout).count("\\n") == 1


def test_without_a_database(settings: Settings) -> None:
    assert hotline("oversight").exit_code == 0 and "does not exist yet" in hotline("oversight").stderr
    assert hotline("brief", "x.html").exit_code == 1 and hotline("export", "cases").exit_code == 1


@pytest.mark.parametrize(
    ("given", "folder"),
    [
        ({"database": "/srv/x/h.db"}, "/srv/x/briefs"),
        ({"database": ":memory:"}, None),
        ({"database": "postgresql://h/x"}, None),
        ({"database": "postgresql://h/x", "briefs": "/b"}, "/b"),
        ({"database": "/srv/x/h.db", "brief_hour": "off"}, None),
    ],
)
def test_where_briefs_go(given: dict[str, str], folder: str | None) -> None:
    found = Settings(**given).briefs_path  # type: ignore[arg-type]
    assert (str(found) if found else None) == folder


@pytest.mark.parametrize(("said", "hour"), [("0", 0), ("23", 23), ("off", "off")])
def test_the_hour_of_the_brief(monkeypatch: pytest.MonkeyPatch, said: str, hour: object) -> None:
    monkeypatch.setenv("HOTLINE_BRIEF_HOUR", said)
    assert Settings().brief_hour == hour
