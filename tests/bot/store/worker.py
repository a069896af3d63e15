"""A process that answers or sends until nothing is left; a line of JSON for each row. Run by the tests of concurrency.

``python -m tests.bot.store.worker answer|slow|send DATABASE BEGUN SPEED``: its clock shows noon at the monotonic time BEGUN and runs
SPEED times as fast, so that all processes hand in one and the same time. ``slow`` works on each row for a while.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from collections.abc import Callable

from bot.store.pacer import Pace
from bot.store.store import Store
from tests.bot.store.play import answer
from tests.fakes.engine import NOON


def answer_all(store: Store, now: Callable[[], dt.datetime], say: Callable[..., None], slowly: bool) -> None:
    while store.open_addresses():
        for address in store.open_addresses(now()):
            row = answer(store, address, now(), work=0.01 if slowly else 0.0)
            if row is not None:
                say(id=row, address=address)


def send_all(store: Store, now: Callable[[], dt.datetime], say: Callable[..., None]) -> None:
    while (due := store.next_due("telegram", now())) is not None:
        at = now()
        for row in store.take("telegram", 7, at, lease_s=600):
            say(id=row.id, address=row.address, lane=row.lane, attempt=row.attempt, at=(at - NOON) // dt.timedelta(milliseconds=1) / 1000)
            assert store.delivered(row.id, row.attempt, now())
        time.sleep(min(0.02, max(0.0, (due - at).total_seconds())))


def main(mode: str, database: str, begun: str, speed: str) -> None:
    def now() -> dt.datetime:
        return NOON + dt.timedelta(seconds=(time.monotonic() - float(begun)) * float(speed))

    def say(**values: object) -> None:
        sys.stdout.write(json.dumps(values) + "\n")

    store = Store(database, pace=Pace(30, 1, 20) if mode == "send" else Pace(0, 0, 0))
    try:
        if mode == "send":
            send_all(store, now, say)
        else:
            answer_all(store, now, say, mode == "slow")
    finally:
        store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
