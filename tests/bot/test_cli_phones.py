"""An operator's look at the numbers, and word on them."""

from __future__ import annotations

import pytest

from bot.clock import SystemClock
from bot.settings import Settings
from bot.store import phones
from bot.store.store import Store
from tests.bot.commands import hotline, lines

LINE = "029-86320424"


@pytest.fixture
def reported(settings: Settings) -> None:
    store = Store("hotline.db")
    for chat in ("a", "b", "c"):
        store.write(lambda db, chat=chat: phones.report(db, "12345", "noanswer", f"web:{chat}", SystemClock().now()))  # type: ignore[misc]
    store.close()


@pytest.mark.usefixtures("reported")
def test_numbers_are_listed_put_behind_and_restored() -> None:
    assert hotline("phones", "demote", LINE).exit_code == 0
    rows = {row["number"]: row for row in lines(hotline("phones", "--jsonl"))}
    assert {number: row["demoted"] for number, row in rows.items()} == {"12345": "residents", LINE: "operator"}
    assert rows["12345"]["minutes"] in {0, 1} and rows[LINE]["minutes"] is None and rows[LINE]["name"]
    shown = hotline("phones").stdout.splitlines()
    assert len(shown) == 2 and "behind the others (operator)" in shown[0] and "web:" not in "".join(shown)
    for number in (LINE, "12345"):
        assert hotline("phones", "restore", number).exit_code == 0
    assert [row["demoted"] for row in lines(hotline("phones", "--jsonl"))] == ["", ""]


@pytest.mark.usefixtures("reported")
@pytest.mark.parametrize("number", ["120", "110", "119", "999", "029-00000000", ""])
def test_numbers_of_danger_and_unknown_ones_are_refused(number: str) -> None:
    before = hotline("phones", "--jsonl").stdout
    for word in ("demote", "restore"):
        assert hotline("phones", word, number).exit_code == 2
    assert hotline("phones", "--jsonl").stdout == before


def test_without_a_database_or_a_report(settings: Settings) -> None:
    assert hotline("phones").exit_code == 0 and "does not exist yet" in hotline("phones").stderr
    assert hotline("phones", "demote", LINE).exit_code == 1
    Store("hotline.db").close()
    assert "Nothing is said against any number" in hotline("phones").stderr
