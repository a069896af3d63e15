"""What the staff do reaches the resident once, in order; what cannot be done is said in words. The exchanges: tests/scenarios/staff_*."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from bot.clock import FrozenClock
from bot.desk import LONGEST, Desk, Refused
from bot.effects import CloseCase, Forget
from bot.model import REOPENS, CaseDraft
from bot.store.store import Store
from tests.bot.commands import hotline
from tests.bot.store.test_cases import turn
from tests.bot.store.test_files import PHOTO, sent
from tests.fakes.engine import NOON

DRAFT = CaseDraft("P1", "handoff:care.dialysis", ("care.dialysis",), "xian", "yanta", facts=(("who", "elder"),))


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store, FrozenClock(NOON), "op")


@pytest.fixture
def store() -> Store:
    return Store(clock=FrozenClock(NOON))


@pytest.mark.parametrize("by", ["", "a b", "x" * 41, "张"])
def test_who_acts_has_a_short_name(store: Store, by: str) -> None:
    with pytest.raises(Refused, match="name"):
        Desk(store, FrozenClock(NOON), by)


def test_an_answer_is_a_moment_that_is_due_at_once(store: Store, desk: Desk) -> None:
    desk.answer(turn(store, DRAFT), " 几号楼？ ")
    assert store.come_due(NOON) == ["telegram:7"] and store.come_due(NOON) == []
    row = store.claim("telegram:7", NOON)
    assert row is not None and row.incoming.kind == "due" and '"几号楼？"' in row.incoming.text


@pytest.mark.parametrize("text", ["", "  ", "x" * (LONGEST + 1)])
def test_an_answer_has_words_and_not_too_many(store: Store, desk: Desk, text: str) -> None:
    with pytest.raises(Refused, match="characters"):
        desk.answer(turn(store, DRAFT), text)


def test_a_case_that_is_not_there_or_whose_resident_is_gone(store: Store, desk: Desk) -> None:
    with pytest.raises(Refused, match="no case 1"):
        desk.answer(1, "x")
    number = turn(store, DRAFT)
    turn(store, None, CloseCase(number, "resident"))
    turn(store, None, Forget())
    with pytest.raises(Refused, match="nobody to reach"):
        desk.answer(number, "x")


def test_what_is_closed_or_open_already_is_said(store: Store, desk: Desk) -> None:
    number = turn(store, DRAFT)
    with pytest.raises(Refused, match="is open"):
        desk.reopen(number)
    turn(store, None, CloseCase(number, "resident"))
    with pytest.raises(Refused, match="closed already"):
        desk.close(number, "helped")
    with pytest.raises(Refused, match="too long ago"):
        Desk(store, FrozenClock(NOON + REOPENS + dt.timedelta(seconds=1)), "op").reopen(number)


@pytest.mark.usefixtures("settings")
def test_a_case_is_shown_whole_and_answered_from_the_command_line(tmp_path: Path) -> None:
    assert "does not exist yet" in hotline("case", "1").stderr
    with_case = Store(str(tmp_path / "hotline.db"))
    number = turn(with_case, DRAFT, say="回\x1b[2J复")
    assert sent(with_case, PHOTO, CaseDraft("P3", "resident:photo", ())) == number
    shown = hotline("case", str(number))
    assert "photo: large" in shown.stdout
    assert shown.exit_code == 0 and "P1, open" in shown.stdout and "who: elder" in shown.stdout and "case.opened" in shown.stdout
    assert "\x1b" not in shown.stdout and "audit: intact" in shown.stdout
    assert hotline("case", str(number), "--answer", "马上派车", "--by", "op").exit_code == 0
    assert with_case.next_moment("telegram:7") is not None
    assert hotline("case", str(number), "--answer", "x", "--reopen").exit_code == 2
    for wrong in (("--over",), ("--note", "x", "--reason", "y"), ("--seen", "1")):
        assert hotline("case", str(number), *wrong).exit_code == 2
    assert "is yours" in hotline("case", str(number), "--take", "--by", "ann").stderr
    assert "ann works on case" in hotline("case", str(number), "--take", "--by", "bob").stderr
    assert "is yours" in hotline("case", str(number), "--take", "--over", "--by", "bob").stderr
    assert hotline("case", str(number), "--note", "打过\x1b[2J电话", "--by", "ann").exit_code == 0
    assert "a reason has" in hotline("case", str(number), "--priority", "P2", "--by", "bob").stderr
    assert "has changed" in hotline("case", str(number), "--priority", "P2", "--reason", "x", "--seen", "1", "--by", "bob").stderr
    assert "is P2" in hotline("case", str(number), "--priority", "P2", "--reason", "稳定了", "--by", "bob").stderr
    shown = hotline("case", str(number)).stdout
    assert "bob works on it" in shown and "note by ann: 打过[2J电话" in shown and "priority by bob: 稳定了" in shown and "\x1b" not in shown
    assert f"version {len(with_case.trail(number))}" in shown
    assert "back in the queue" in hotline("case", str(number), "--release", "--by", "bob").stderr
    assert "no case 99" in hotline("case", "99", "--close", "helped", "--by", "op").stderr
    with_case.close()
