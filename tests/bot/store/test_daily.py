"""The brief is made once each day, by one of any number of processes, whole or not at all; on both engines."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest

from bot.clock import FrozenClock
from bot.daily import SCHEDULE, Daily
from bot.model import CaseDraft
from bot.names import Names
from bot.oversight import Oversight, midnight
from bot.store import slots
from bot.store.store import Store
from intents.load import data_folder, load
from intents.targets import read_targets
from tests.bot.store.conftest import Open
from tests.bot.store.test_cases import turn
from tests.bot.store.test_concurrency import together

TODAY = dt.date(2022, 4, 5)
FILES = ["brief-2022-04-04.en.html", "brief-2022-04-04.zh.html"]


@pytest.fixture(scope="module")
def names() -> Names:
    return Names(load(data_folder()))


@pytest.fixture
def morning(clock: FrozenClock) -> FrozenClock:
    clock.advance((midnight(TODAY) + dt.timedelta(hours=7) - clock.now()).total_seconds())
    return clock


def daily(store: Store, clock: FrozenClock, names: Names, folder: Path, hour: int = 7) -> Daily:
    return Daily(store, clock, lambda: (Oversight(store, clock, read_targets(), names.hospitals), names), folder, hour)


def made(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir()) if folder.exists() else []


def test_of_several_processes_one_makes_it_from_its_hour_on(opened: Open, morning: FrozenClock, names: Names, tmp_path: Path) -> None:
    workers = [daily(opened(), morning, names, tmp_path / f"of{number}") for number in range(4)]
    morning.advance(-1)
    assert not any(worker.tick() for worker in workers)
    morning.advance(1)
    got: list[bool] = []
    together(8, lambda number: got.append(workers[number % 4].tick()))
    assert got.count(True) == 1
    (folder,) = [tmp_path / f"of{number}" for number in range(4) if made(tmp_path / f"of{number}")]
    assert made(folder) == FILES
    assert all((folder / name).stat().st_mode & 0o777 == 0o600 for name in FILES)
    morning.advance(3600)
    assert not any(worker.tick() for worker in workers)
    morning.advance(24 * 3600)
    assert sum(worker.tick() for worker in workers) == 1


def test_a_process_that_was_killed_over_it_is_replaced(store: Store, morning: FrozenClock, names: Names, tmp_path: Path) -> None:
    slot = TODAY.isoformat()
    assert store.write(lambda db: slots.take(db, SCHEDULE, slot, morning.now()))
    other = daily(store, morning, names, tmp_path)
    assert not other.tick()
    morning.advance(slots.LEASE.total_seconds())
    assert other.tick() and made(tmp_path) >= FILES[:1]


def test_a_folder_that_cannot_be_written_is_tried_again(store: Store, morning: FrozenClock, names: Names, tmp_path: Path) -> None:
    folder = tmp_path / "briefs"
    folder.write_text("a file stands where the folder is to be")
    one = daily(store, morning, names, folder)
    assert not one.tick()
    folder.unlink()
    assert not one.tick()
    morning.advance(slots.LEASE.total_seconds())
    assert one.tick() and made(folder) == FILES


def test_no_word_of_a_resident_is_in_it(store: Store, morning: FrozenClock, names: Names, tmp_path: Path) -> None:
    words = ("没饭", "我家楼下那家", "<b>我的小区</b>", "00000001")
    draft = CaseDraft("P1", "handoff:care.refused", ("care.refused",), "xian", "yanta", words[1], facts=(("reach", words[3]),))
    turn(store, draft, now=midnight(TODAY) - dt.timedelta(hours=3))
    store.write(lambda db: db.execute("UPDATE cases SET site = :site", site=words[2]))
    assert daily(store, morning, names, tmp_path).tick()
    for name in FILES:
        text = (tmp_path / name).read_text("utf-8")
        assert not [word for word in words if word in text]
        assert "http" not in text.replace("http-equiv", "") and "<script" not in text
    assert "名单以外的医院" in (tmp_path / FILES[1]).read_text("utf-8")


def test_a_write_that_breaks_off_leaves_nothing(
    store: Store, morning: FrozenClock, names: Names, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError("no space")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        assert not daily(store, morning, names, tmp_path / "briefs").tick()
    assert made(tmp_path / "briefs") == []
