"""Delivery: what waits in the outbox is taken, handed to a channel and settled. Chats side by side, each chat in order.

The store has committed an attempt before the channel hears of it, and counts an end only for the newest attempt. So a reply
is sent at least once, a reminder or a broadcast at most once, whatever is killed in between.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from bot.backoff import Backoff, Stop, pause
from bot.channel import Channel
from bot.clock import Clock
from bot.flight import Flight, Pace
from bot.gather import Gather
from bot.log import get_logger
from bot.outbox import Outbox
from bot.store.outbox import OutRow

log = get_logger(__name__)
T = TypeVar("T")


class Delivery:
    """Sends for one channel. Any number of processes may do so at once."""

    def __init__(self, outbox: Outbox, channel: Channel, clock: Clock, pace: Pace | None = None) -> None:
        self._outbox = outbox
        self._channel = channel
        self._clock = clock
        self._pace = pace or Pace()
        self._wake = asyncio.Event()
        self._flights: set[asyncio.Task[None]] = set()
        self._rest = Backoff(self._pace.first, self._pace.most_rest)
        self._rest_until = 0.0
        self._threads: CapacityLimiter | None = None
        self._arrived: Gather[tuple[int, int, int], bool] = Gather(lambda ends: outbox.all_delivered(ends, clock.now()), self.call)

    def wake(self) -> None:
        """There may be something new in the outbox. On the event loop's thread."""
        self._wake.set()

    async def run(self, stop: Stop) -> None:
        """Deliver until ``stop`` is set, then end within ``Pace.grace`` and a second. Nothing that fails ends it before."""
        refused = Backoff(self._pace.first, self._pace.most_rest)
        hurry = asyncio.Event()
        while not stop.is_set():
            self._wake.clear()
            free = 0 if self._resting() > 0 else self._pace.width - len(self._flights)
            # The store counts the lease from the moment it is asked with, however late it answers.
            asked = asyncio.get_running_loop().time()
            try:
                rows = await self._take(free, stop) if free > 0 else []
                refused.reset()
                for row in rows:
                    self._start(row, asked, stop, hurry)
                await self._wait(stop, taken=len(rows), free=free)
            except Exception as error:
                log.error("outbox_unavailable", channel=self._channel.name, error=type(error).__name__)
                await pause(stop, refused.next())
        if self._flights:
            await asyncio.wait(self._flights, timeout=self._pace.grace)
        hurry.set()
        if self._flights:
            await asyncio.wait(self._flights, timeout=1.0)
        for flight in self._flights:
            flight.cancel()
        await asyncio.gather(*self._flights, return_exceptions=True)

    async def call(self, work: Callable[[], T]) -> T:
        """Ask the store, off the event loop."""
        self._threads = self._threads or CapacityLimiter(self._pace.width + 1)
        return await to_thread.run_sync(work, limiter=self._threads)

    async def delivered(self, id: int, attempt: int, parts: int) -> bool:
        """The whole message has arrived; committed together with others that arrive at this moment."""
        return await self._arrived.add((id, attempt, parts))

    def trouble(self) -> None:
        """Nothing arrives anywhere: rest a while, longer each time."""
        if self._resting() <= 0:
            self._rest_until = asyncio.get_running_loop().time() + self._rest.next()

    def fine(self) -> None:
        """The channel answers."""
        self._rest.reset()

    def _resting(self) -> float:
        return self._rest_until - asyncio.get_running_loop().time()

    async def _take(self, free: int, stop: Stop) -> list[OutRow]:
        now = self._clock.now()
        rows = await self.call(partial(self._outbox.take, self._channel.name, free, now, self._pace.lease))
        if rows and stop.is_set():
            await self.call(partial(self._outbox.give_back, [(row.id, row.attempt) for row in rows], now))
            return []
        return rows

    def _start(self, row: OutRow, asked: float, stop: Stop, hurry: asyncio.Event) -> None:
        flight = Flight(self, self._outbox, self._channel, self._clock, self._pace, row, asked, stop, hurry)
        task = asyncio.create_task(flight.run())
        self._flights.add(task)
        task.add_done_callback(self._landed)

    def _landed(self, flight: asyncio.Task[None]) -> None:
        self._flights.discard(flight)
        self.wake()  # the chat's next message may go
        if not flight.cancelled() and (error := flight.exception()) is not None:
            log.error("delivery_failed", channel=self._channel.name, error=type(error).__name__, exc_info=error)

    async def _wait(self, stop: Stop, *, taken: int, free: int) -> None:
        """Until there may be something to take: a new message, an end of a flight, of a pause or of a rest."""
        pace = self._pace
        seconds = pace.idle
        if (rest := self._resting()) > 0:
            seconds = min(seconds, rest)
        elif 0 < taken == free:
            seconds = pace.least
        elif free > 0 and not taken:
            due = await self.call(partial(self._outbox.next_due, self._channel.name, self._clock.now()))
            if due is not None:
                seconds = min(seconds, max(pace.least, (due - self._clock.now()).total_seconds()))
        ends = [asyncio.ensure_future(stop.wait()), asyncio.ensure_future(self._wake.wait())]
        try:
            await asyncio.wait(ends, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in ends:
                end.cancel()
            await asyncio.gather(*ends, return_exceptions=True)
        if self._flights and not stop.is_set():
            await asyncio.sleep(pace.linger)
