"""The real engine for the tests of the understanding: opened once (fitted where the data changed, then kept)."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.replies import Replies
from intents.engine import Engine

HERE = Path(__file__).resolve().parent
Expect = Callable[[str, str, object], None]
SHARED = Path(os.environ.get("HOTLINE_SHARED", HERE.parent.parent / "shared"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a PostgreSQL server: ``make check`` leaves it to ``make test``."""
    for item in items:
        values = getattr(getattr(item, "callspec", None), "params", {}).values()
        if {"postgres", "own_postgres"} & set(getattr(item, "fixturenames", ())) or "postgresql" in values:
            item.add_marker("postgres")


@pytest.fixture(scope="session")
def real_engine() -> Engine:
    from tests.scenario import engine

    found: Engine = engine()
    return found


@pytest.fixture(scope="session")
def replies(real_engine: Engine) -> Replies:
    return Replies(real_engine.knowledge)


@pytest.fixture(scope="session")
def known_failures() -> dict[str, dict[str, str]]:
    read: dict[str, Any] = yaml.safe_load((HERE / "known_failures.yaml").read_text(encoding="utf-8"))
    return {name: rows or {} for name, rows in read.items()}


@pytest.fixture(scope="session")
def expect(known_failures: dict[str, dict[str, str]]) -> Expect:
    """Assert ``right``, unless tests/known_failures.yaml lists ``key`` in ``section``: then assert that it still fails."""

    def check(section: str, key: str, right: object) -> None:
        why = known_failures[section].get(key)
        if why is None:
            assert right, key
        else:
            assert not right, f"{key!r} is right now ({why}): remove it from tests/known_failures.yaml"

    return check


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared facts and examples; tests that need it are skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"no shared folder at {SHARED}")
    return SHARED
