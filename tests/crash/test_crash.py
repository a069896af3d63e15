"""A short run of ``make crash``: both engines at once, and nothing is lost."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from tests.crash.__main__ import run

KILLS, SEED = 15, 7


def test_nothing_is_lost_whenever_it_is_killed(tmp_path: Path) -> None:
    for result in run(["sqlite", "postgresql"], KILLS, SEED, tmp_path, Console(file=io.StringIO())):
        assert result.verdict.wrong == []
        assert result.fine
        assert result.kills == KILLS
        assert result.stored == result.said > 100
