"""A broadcast going out at Telegram's limit for ten minutes of simulated time, replies beside it, to a server that enforces the limit."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from bot.channel import Arrived, NotShown, Outcome, TooFast
from bot.clock import FrozenClock, to_ms
from bot.flight import Pace as FlightPace
from bot.model import Button
from bot.store.connection import Connection
from bot.store.pacer import Pace
from bot.store.store import Store
from tests.bot.store.casts import Desk, draft, people, rules
from tests.fakes.engine import NOON
from tests.virtual import Inline, run

REPLIES_A_SECOND = 5.0
"""So many residents are answered meanwhile."""


@dataclass
class Server:
    """Takes ``limit`` messages in any second, counted as they arrive; more are refused, and so is whoever comes too early after that.

    ``latency``: seconds until a message arrives there, from and to.
    """

    clock: FrozenClock
    limit: int
    latency: tuple[float, float]
    random: random.Random
    storm: float = 0.0
    """The chance that a call is refused although there is room."""
    name: str = "telegram"
    arrived: deque[float] = field(default_factory=deque)
    broadcasts: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    """Seconds from a reply's making to its arrival."""
    refused: int = 0
    early: int = 0
    """Calls that were made after a refusal had been told and before the time that it named."""
    until: float = 0.0
    begun: dt.datetime = NOON

    def now(self) -> float:
        return (self.clock.now() - self.begun).total_seconds()

    def parts(self, text: str) -> Sequence[str]:
        return [text]

    async def send(self, address: str, text: str, buttons: Sequence[Button], quotes: int = 0) -> Outcome:
        """One message. Words that begin with ``reply`` hold the moment at which they were written."""
        self.early += self.now() < self.until
        await asyncio.sleep(self.random.uniform(*self.latency) / 2)
        now = self.now()
        while self.arrived and self.arrived[0] <= now - 1.0 + 1e-6:
            self.arrived.popleft()
        if len(self.arrived) >= self.limit or self.random.random() < self.storm:
            self.refused += 1
            seconds = self.random.choice((1, 2, 5)) if self.storm else 1
            await asyncio.sleep(self.random.uniform(*self.latency) / 2)
            # Whoever calls from now on was told; what is on its way already cannot be called back.
            self.until = max(self.until, now + seconds)
            return TooFast(seconds)
        self.arrived.append(now)
        if text.startswith("reply "):
            self.waits.append(now - float(text.removeprefix("reply ")))
        else:
            self.broadcasts.append(now)
        await asyncio.sleep(self.random.uniform(*self.latency) / 2)
        return Arrived()

    async def show(self, address: str, picture: str, buttons: Sequence[Button]) -> NotShown:
        return NotShown("none")


@dataclass(frozen=True)
class Figures:
    """What was measured."""

    seconds: float
    broadcasts: int
    replies: int
    refused: int
    early: int
    reply_p95: float

    @property
    def rate(self) -> float:
        """Messages of both kinds a second."""
        return (self.broadcasts + self.replies) / self.seconds


def _put(db: Connection, **values: object) -> int:
    sql = """
        INSERT INTO outbox (key, channel, address, lane, text, buttons, status, created_at, updated_at)
        VALUES (:key, 'telegram', :address, 'reply', :text, '[]', 'pending', :now, :now)
        """
    return db.execute(sql, **values)


def measure(
    path: str,
    *,
    limit: int = 30,
    seconds: float = 600.0,
    latency: tuple[float, float] = (0.04, 0.04),
    storm: float = 0.0,
    processes: int = 2,
    seed: int = 1,
) -> Figures:
    """Broadcasts of so many processes on one database, for so long."""
    clock, chance = FrozenClock(NOON), random.Random(seed)
    server = Server(clock, limit, latency, chance, storm)
    stores = [Store(path, clock, pace=Pace(bulk=limit)) for _ in range(processes)]
    desks = [Desk(store, clock, rules(approve_above=10_000_000), limit) for store in stores]
    people(stores[0], int(limit * seconds * 1.2) + 100, clock.now())
    ann = desks[0].by("ann")
    ann.send(ann.write(draft()))
    deliveries = [Inline(store, server, clock, FlightPace(width=128)) for store in stores]

    async def tick(desk: Desk) -> None:
        while True:
            desk.caster.tick()
            await asyncio.sleep(1.0)

    async def write() -> None:
        number = 0
        while True:
            number += 1
            values = {"key": f"reply:{number}:0", "address": f"telegram:{9_000_000 + number}", "now": to_ms(clock.now())}
            stores[0].write(partial(_put, text=f"reply {server.now()}", **values))
            deliveries[number % processes].wake()
            await asyncio.sleep(chance.expovariate(REPLIES_A_SECOND))

    async def main() -> None:
        stop = asyncio.Event()
        tasks = [asyncio.create_task(one.run(stop)) for one in deliveries]
        others = [asyncio.create_task(tick(desk)) for desk in desks] + [asyncio.create_task(write())]
        await asyncio.sleep(seconds)
        for other in others:
            other.cancel()
        stop.set()
        await asyncio.gather(*tasks, return_exceptions=True)

    run(clock, main())
    broadcasts = [at for at in server.broadcasts if at <= seconds]
    waits = sorted(server.waits)
    for store in stores:
        store.close()
    return Figures(seconds, len(broadcasts), len(waits), server.refused, server.early, waits[int(len(waits) * 0.95)] if waits else 0.0)
