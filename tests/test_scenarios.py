"""Whole conversations come out exactly as written down; ``make update-scenarios`` writes them anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenario import FOLDER, difference

PATHS = sorted(FOLDER.glob("*.yaml"))


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOTLINE_DATE", "HOTLINE_CITY", "HOTLINE_DATABASE"):
        monkeypatch.delenv(name, raising=False)


def test_there_are_scenarios() -> None:
    assert len(PATHS) >= 16


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_the_exchange_is_the_one_written_down(path: Path) -> None:
    found = difference(path)
    assert not found, f"\n{found}\nRight? Then: make update-scenarios, and read the diff before committing."
