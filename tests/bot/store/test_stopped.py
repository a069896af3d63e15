"""A real sender is stopped with SIGSTOP past its lease and wakes up: its end no longer counts, and nothing goes out that must not."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.store.outbox import OutRow
from bot.store.store import Store
from tests.bot.store.play import put

ROOT = Path(__file__).resolve().parents[3]
LEASE = 2.0
"""On a slow machine a sender may give a message back for want of time and take it again: no test counts its attempts."""
SECONDS = 60.0
now = SystemClock().now


@contextmanager
def sender(database: str, place: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.bot.store.sender", database, place, str(LEASE)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()  # a stopped one too
        process.communicate()


def wait_until(what: Callable[[], object]) -> None:
    until = time.monotonic() + SECONDS
    while not what():
        assert time.monotonic() < until
        time.sleep(0.01)


def is_stopped(process: subprocess.Popen[str]) -> bool:
    return Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def row_of(store: Store, id: int) -> tuple[str, int]:
    (row,) = store.read(lambda db: db.query("SELECT status, attempts FROM outbox WHERE id = :id", id=id))
    return row["status"], row["attempts"]


def wake(process: subprocess.Popen[str], store: Store) -> list[str]:
    """Let it go on until it has sent something newer, then end it; the addresses it ever sent to."""
    os.kill(process.pid, signal.SIGCONT)
    put(store, "2")
    wait_until(lambda: store.read(lambda db: db.query("SELECT 1 AS found FROM outbox WHERE address = 'telegram:2' AND status = 'sent'")))
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == 0
    return [json.loads(line)["address"] for line in out.splitlines()]


def overtake(store: Store) -> OutRow:
    """Take the message up when its lease is over, and keep it."""
    taken: list[OutRow] = []
    wait_until(lambda: taken.extend(store.take("telegram", 1, now(), lease_s=600)) or taken)
    return taken[0]


pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc to see a stopped process in")


@pytest.mark.parametrize(("place", "sent"), [("before", 0), ("after", 1)])
def test_a_reply_is_taken_over_and_the_late_end_is_fenced(store: Store, database: str, place: str, sent: int) -> None:
    put(store, "1")
    with sender(database, place) as process:
        wait_until(lambda: is_stopped(process))
        row = overtake(store)
        assert row.attempt >= 2
        addresses = wake(process, store)
    assert addresses.count("telegram:1") == sent  # and the one who took over sends it: at least once
    assert row_of(store, row.id) == ("sending", row.attempt)  # whatever the first one reported
    assert store.delivered(row.id, row.attempt, now())
    assert row_of(store, row.id) == ("sent", row.attempt)


@pytest.mark.parametrize(("place", "sent", "ends"), [("before", 0, {"uncertain"}), ("after", 1, {"sent", "uncertain"})])
def test_a_broadcast_arrives_at_most_once(store: Store, database: str, place: str, sent: int, ends: set[str]) -> None:
    put(store, "1", lane="broadcast")
    with sender(database, place) as process:
        wait_until(lambda: is_stopped(process))
        # Nobody takes it over: it may have arrived.
        wait_until(lambda: store.take("telegram", 1, now()) or store.outbox_counts()["uncertain"])
        (item,) = store.outbox_list(["uncertain"], 10)
        assert item.reason == "lease"
        addresses = wake(process, store)
    assert addresses.count("telegram:1") == sent
    status, attempts = row_of(store, item.id)
    assert status in ends and attempts == item.attempts  # its call ran out of time while it was stopped, or was over by then
