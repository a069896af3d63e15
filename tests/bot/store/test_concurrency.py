"""Many threads and many processes at one database: each row once, each chat in order, no rate exceeded, on both engines."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.store.lanes import LANES
from bot.store.store import Store
from tests.bot.store.conftest import Open
from tests.bot.store.play import answer, incoming, put
from tests.bot.store.test_pacer import fullest
from tests.fakes.engine import NOON

ROOT = Path(__file__).resolve().parents[3]


def together(count: int, work: Callable[[int], Any]) -> None:
    """Run ``work(0)`` … in threads; what one raises is raised here."""
    failures: list[BaseException] = []

    def run(number: int) -> None:
        try:
            work(number)
        except BaseException as error:  # raised below, in the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def worker_command(mode: str, database: str, speed: float) -> list[str]:
    """A worker whose clock shows noon now."""
    return [sys.executable, "-m", "tests.bot.store.worker", mode, database, str(time.monotonic()), str(speed)]


def processes(mode: str, database: str, count: int, speed: float = 1.0) -> list[list[dict[str, Any]]]:
    """What each of ``count`` workers did."""
    command = worker_command(mode, database, speed)
    workers = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(count)]
    did = []
    for worker in workers:
        out, errors = worker.communicate(timeout=120)
        assert worker.returncode == 0, errors
        did.append([json.loads(line) for line in out.splitlines()])
    return did


def test_a_message_that_comes_in_many_times_at_once_is_kept_once(store: Store) -> None:
    ids: list[int] = []
    together(8, lambda number: ids.extend(store.accept(incoming(str(step), f"u{step}")) for step in range(20)))
    assert len(ids) == 160 and len(set(ids)) == 20


def test_threads_claim_each_row_once(opened: Open) -> None:
    stores = [opened() for _ in range(2)]
    ids = [stores[0].accept(incoming(str(number % 4))) for number in range(40)]
    done: list[int] = []

    def work(number: int) -> None:
        store = stores[number % 2]
        while store.open_addresses():
            for chat in range(4):
                row = answer(store, f"telegram:{chat}")
                if row is not None:
                    done.append(row)

    together(6, work)
    assert sorted(done) == ids
    for chat in range(4):
        lines = [line.text for line in stores[0].history(f"telegram:{chat}") if line.author == "bot"]
        assert lines == sorted(lines, key=lambda text: int(text.split()[1]))


def test_threads_take_each_message_once(opened: Open) -> None:
    stores = [opened() for _ in range(2)]
    put(stores[0], *(str(number % 25) for number in range(100)))
    taken: list[tuple[str, int]] = []

    def work(number: int) -> None:
        store = stores[number % 2]
        while store.next_due("telegram", NOON) is not None:
            for row in store.take("telegram", 5, NOON):
                taken.append((row.address, row.id))
                assert row.attempt == 1 and store.delivered(row.id, 1, NOON)

    together(6, work)
    assert len(taken) == len(set(taken)) == 100
    for chat in range(25):
        mine = [row for address, row in taken if address == f"telegram:{chat}"]
        assert mine == sorted(mine)


def test_a_case_is_opened_once_for_a_chat(opened: Open) -> None:
    """Two that add to one chat's case at one moment, as an operator and a turn may."""
    from bot.model import CaseDraft
    from bot.store import cases

    stores = [opened() for _ in range(2)]
    row = stores[0].accept(incoming())
    draft = CaseDraft("P1", "handoff:other", ())

    def work(number: int) -> None:
        for _ in range(5):
            stores[number % 2].write(lambda db: cases.log_case(db, "telegram:7", draft, words="", inbox_id=row, now=NOON))

    together(4, work)
    (case,) = stores[0].queue()
    assert len(stores[0].trail(case.number)) == 20 and stores[0].intact(case.number)


@pytest.mark.parametrize("count", [3])
def test_processes_answer_each_row_once_and_in_order(store: Store, database: str, count: int) -> None:
    ids = [store.accept(incoming(str(number % 9))) for number in range(180)]
    did = processes("answer", database, count)
    done = [line["id"] for worker in did for line in worker]
    assert sorted(done) == ids
    for chat in range(9):
        lines = [line.text for line in store.history(f"telegram:{chat}") if line.author == "bot"]
        assert len(lines) == 20 and lines == sorted(lines, key=lambda text: int(text.split()[1]))
    assert store.open_addresses() == []


def test_workers_that_are_killed_leave_nothing_undone_and_nothing_done_twice(store: Store, database: str) -> None:
    ids = [store.accept(incoming(str(number % 9))) for number in range(450)]
    command = worker_command("slow", database, 20.0)  # a lease of ten seconds is over in half of one
    chance = random.Random(20220405)
    workers = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) for _ in range(3)]
    kills = 0
    try:
        while kills < 6 and store.open_addresses():
            time.sleep(chance.uniform(0.3, 0.6))
            victim = chance.randrange(3)
            workers[victim].kill()
            workers[victim].wait()
            workers[victim] = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
            kills += 1
        for worker in workers:
            assert worker.wait(60) == 0
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    assert kills >= 3
    replies = [line for chat in range(9) for line in store.history(f"telegram:{chat}") if line.author == "bot"]
    assert len(replies) == len(ids) and store.open_addresses() == []
    for chat in range(9):
        lines = [line.text for line in store.history(f"telegram:{chat}") if line.author == "bot"]
        assert lines == sorted(lines, key=lambda text: int(text.split()[1]))


def test_processes_share_one_pacer(store: Store, database: str) -> None:
    for number in range(30):
        for lane in LANES:
            put(store, str(number), str(number % 3), lane=lane)
    put(store, *["-9"] * 3)
    did = processes("send", database, 3, speed=20.0)
    rows = [line for worker in did for line in worker]
    assert len(rows) == len({line["id"] for line in rows}) == 243 and {line["attempt"] for line in rows} == {1}
    assert fullest([line["at"] for line in rows], 1.0) <= 30
    for address in {line["address"] for line in rows}:
        mine = sorted((line for line in rows if line["address"] == address), key=lambda line: line["at"])
        assert fullest([line["at"] for line in mine], 1.0) == 1
        talk = [line["id"] for line in mine if line["lane"] in ("emergency", "reply")]
        assert talk == sorted(talk)
