"""A process that delivers and stops itself with SIGSTOP at one place of its first message. Run by the tests of stopped senders.

``python -m tests.bot.store.sender DATABASE before|after LEASE``: ``before`` stops between the commit of the attempt and the call,
``after`` between the call and its report. A line of JSON for each call. It ends on SIGTERM.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Sequence

from bot.channel import Arrived, NotShown, Outcome
from bot.clock import SystemClock
from bot.delivery import Delivery
from bot.flight import Pace
from bot.model import Button
from bot.store import pacer
from bot.store.store import Store


class Stopping:
    """Says what is sent, and stops its own process once."""

    name = "telegram"

    def __init__(self, place: str) -> None:
        self._place = place

    def parts(self, text: str) -> Sequence[str]:
        self._stop("before")
        return (text,)

    async def send(self, address: str, text: str, buttons: Sequence[Button], quotes: int = 0) -> Outcome:
        sys.stdout.write(json.dumps({"address": address}) + "\n")
        sys.stdout.flush()
        self._stop("after")
        return Arrived()

    async def show(self, address: str, picture: str, buttons: Sequence[Button]) -> NotShown:
        return NotShown("no pictures")

    def _stop(self, place: str) -> None:
        if place == self._place:
            self._place = ""
            os.kill(os.getpid(), signal.SIGSTOP)


async def deliver(store: Store, place: str, lease: float) -> None:
    end = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, end.set)
    pace = Pace(first=0.02, idle=0.05, gap=0.0, grace=5.0, lease=lease, call=lease / 3)
    await Delivery(store, Stopping(place), SystemClock(), pace).run(end)


def main(database: str, place: str, lease: str) -> None:
    store = Store(database, pace=pacer.Pace(0, 0, 0))
    try:
        asyncio.run(deliver(store, place, float(lease)))
    finally:
        store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
