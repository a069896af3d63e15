"""A channel that does as told, and running the delivery over it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

from bot.channel import Arrived, NotShown, Outcome
from bot.clock import SystemClock
from bot.delivery import Delivery
from bot.flight import Pace
from bot.model import Button
from tests.fakes.outbox import FakeOutbox

QUICK = Pace(first=0.02, most=1.0, idle=0.05, gap=0.0, grace=2.0)
Plan = Callable[[str, str], Awaitable[Outcome]]


class Script:
    """A channel: each part of a message is a line of it. ``plan`` says what becomes of one."""

    name = "test"

    def __init__(self, plan: Plan | None = None, *, shows: bool = True) -> None:
        self.shows = shows
        self.heard: list[tuple[str, str]] = []
        self.buttons: list[int] = []
        self.most = 0
        self._plan = plan
        self._now = 0

    def parts(self, text: str) -> Sequence[str]:
        return text.split("\n") if text else ()

    async def send(self, address: str, text: str, buttons: Sequence[Button], quotes: int = 0) -> Outcome:
        self.heard.append((address, text))
        self.buttons.append(len(buttons))
        self._now += 1
        self.most = max(self.most, self._now)
        try:
            return await self._plan(address, text) if self._plan else Arrived()
        finally:
            self._now -= 1

    async def show(self, address: str, picture: str, buttons: Sequence[Button]) -> Outcome | NotShown:
        return await self.send(address, f"[{picture}]", buttons) if self.shows else NotShown("no pictures")


def answers(*outcomes: Outcome | Exception) -> Plan:
    """These, one after the other, then whatever was last."""
    left = list(outcomes)

    async def plan(_: str, __: str) -> Outcome:
        outcome = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return plan


def deliver(outbox: FakeOutbox, channel: Script, *steps: Callable[[], object], pace: Pace = QUICK) -> float:
    """Run until each step in turn is true; the seconds that the end took."""

    async def main() -> float:
        stop = asyncio.Event()
        delivery = Delivery(outbox, channel, SystemClock(), pace)
        running = asyncio.create_task(delivery.run(stop))
        try:
            for step in steps:
                async with asyncio.timeout(15):
                    while not step():
                        assert not running.done()
                        await asyncio.sleep(0.005)
        finally:
            ended = time.monotonic()
            stop.set()
            await running
        return time.monotonic() - ended

    return asyncio.run(main())
