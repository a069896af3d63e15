"""One secret for all processes on a database, whoever asks first; and it goes where the database goes."""

from __future__ import annotations

import threading
from pathlib import Path

from bot.clock import FrozenClock
from bot.store.copy import copy_database
from bot.store.store import Store
from tests.bot.store.conftest import Open


def test_all_that_start_together_have_the_same_secret(opened: Open) -> None:
    stores = [opened() for _ in range(6)]
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda store=store: found.append(store.secret("page"))) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6 and len(set(found)) == 1 and len(found[0]) == 32
    assert opened().secret("page") == found[0] != opened().secret("another")


def test_every_database_has_its_own(tmp_path: Path, clock: FrozenClock) -> None:
    found = set()
    for name in ("a.db", "b.db"):
        store = Store(str(tmp_path / name), clock)
        found.add(store.secret("page"))
        store.close()
    assert len(found) == 2


def test_a_copy_has_that_of_its_source_even_where_the_target_was_started_once(tmp_path: Path, clock: FrozenClock) -> None:
    source, target = str(tmp_path / "a.db"), str(tmp_path / "b.db")
    kept = []
    for name in (source, target):
        store = Store(name, clock)
        kept.append(store.secret("page"))
        store.close()
    copy_database(source, target, 0, lambda *_: None)
    store = Store(target, clock)
    assert store.secret("page") == kept[0] != kept[1]
    store.close()
