"""A broadcast whose processes are killed and stopped in the middle reaches each person at most once, and nobody is forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.cast import play, wrong
from tests.postgres import NoServer, serve


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_at_most_once_whatever_is_killed(tmp_path: Path, engine: str) -> None:
    if engine == "sqlite":
        found = play(str(tmp_path / "cast.db"), tmp_path, 8_000, kills=3, stops=1, seed=3)
    else:
        try:
            with serve() as server:
                found = play(server.fresh(), tmp_path, 8_000, kills=3, stops=1, seed=3)
        except NoServer as error:
            pytest.skip(str(error))
    assert wrong(found) == []
    assert found.kills >= 2 and found.stops >= 1, "it was over before it was disturbed"
