"""One message on its way: its parts are sent one after the other, and what became of them is settled."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from bot.backoff import Backoff, Stop, jittered, pause, unless
from bot.channel import Arrived, Channel, Moved, Never, NotSent, NotShown, Outcome, TooFast, Unclear
from bot.clock import Clock
from bot.log import get_logger
from bot.outbox import Outbox, Tower
from bot.store.outbox import OutRow

log = get_logger(__name__)
T = TypeVar("T")
ONCE = frozenset({"reminder", "broadcast"})
"""Lanes of which nothing may arrive twice."""
PICTURE_TRIES = 5
"""A picture that did not arrive so often gives way to its words: whatever the chat waits for waits behind it."""
MOVES = 8
"""A chat that moved so often is moving in a circle."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How the delivery goes about it; seconds, unless said otherwise."""

    width: int = 32
    """Chats served side by side."""
    lease: float = 30.0
    """How long a message that was taken belongs to us."""
    call: float = 20.0
    """How long one call to the channel may take."""
    gap: float = 1.0
    """Between two parts of a long message."""
    first: float = 1.0
    """The first wait after a failure; it doubles, up to ``most``."""
    most: float = 300.0
    most_rest: float = 30.0
    """The longest rest while nothing arrives anywhere, or while the store is away."""
    idle: float = 1.0
    """How often to look where nobody has told us of anything."""
    least: float = 0.02
    """No two looks are closer."""
    linger: float = 0.005
    """While something is on its way: more ends, and more to take, may be a moment off."""
    grace: float = 8.0
    """At the end, for what is on its way."""


class Flight:
    """One attempt at one message."""

    def __init__(
        self,
        tower: Tower,
        outbox: Outbox,
        channel: Channel,
        clock: Clock,
        pace: Pace,
        row: OutRow,
        asked: float,
        stop: Stop,
        hurry: asyncio.Event,
    ) -> None:
        """``asked``: the event loop's time at which the row was asked for; its lease began then."""
        self._tower, self._outbox, self._channel, self._clock, self._pace = tower, outbox, channel, clock, pace
        self._row, self._stop, self._hurry = row, stop, hurry
        self._renewed = asked

    async def run(self) -> None:
        """Send what is left of the message and settle it."""
        row = self._row
        if row.picture and row.part == 0 and row.attempt <= PICTURE_TRIES and await self._shown():
            return
        parts = self._channel.parts(row.text)
        if row.part >= len(parts):
            # Nothing to send, or the part that was last is known to have arrived.
            await (self._settle(self._outbox.delivered) if parts else self._settle(self._outbox.dead, "empty"))
            return
        for number in range(row.part, len(parts)):
            if self._stop.is_set() or self._left() < min(self._pace.call, self._pace.lease / 3):
                # The next who takes it goes on with this part; after the lease it might be sent twice.
                await self._keep_trying(partial(self._outbox.give_back, [(row.id, row.attempt)], self._clock.now()))
                return
            last = number == len(parts) - 1
            outcome = await self._outcome(
                self._channel.send(row.address, parts[number], row.buttons if last else (), 0 if number else row.quotes)
            )
            if not isinstance(outcome, Arrived):
                await self._failed(outcome)
                return
            self._tower.fine()
            settled = asyncio.get_running_loop().time()
            if last:
                self._told(await self._until_heard(partial(self._tower.delivered, row.id, row.attempt, number + 1)))
                return
            if not await self._settle(self._outbox.delivered, part=number + 1, last=False):
                return
            self._renewed = settled
            await pause(self._stop, self._pace.gap)

    async def _shown(self) -> bool:
        """Show the picture in place of the text and settle it; False where the text is to be sent."""
        row = self._row
        outcome = await self._outcome(self._channel.show(row.address, row.picture, row.buttons))
        if isinstance(outcome, NotShown):
            log.warning("picture_not_shown", channel=row.channel, outbox=row.id, reason=outcome.reason)
            return False
        if not isinstance(outcome, Arrived):
            await self._failed(outcome)
            return True
        self._tower.fine()
        self._told(await self._until_heard(partial(self._tower.delivered, row.id, row.attempt, 1)))
        return True

    def _left(self) -> float:
        """What is left of the lease, also after the process was stopped for a while."""
        return self._renewed + self._pace.lease - asyncio.get_running_loop().time()

    async def _outcome(self, call: Coroutine[Any, Any, T]) -> T | Unclear:
        """What became of a call to the channel, whatever it raised and however long it took."""
        row = self._row
        try:
            async with asyncio.timeout(min(self._pace.call, self._left())):
                outcome = await unless(self._hurry, call)
        except TimeoutError:
            return Unclear("timeout")
        except Exception as error:
            log.error("channel_failed", channel=row.channel, outbox=row.id, error=type(error).__name__, exc_info=error)
            return Unclear(type(error).__name__)
        return outcome or Unclear("stopped")

    async def _failed(self, outcome: Outcome) -> None:
        row = self._row
        match outcome:
            case TooFast(seconds):
                until = self._clock.now() + dt.timedelta(seconds=seconds)
                await self._keep_trying(partial(self._outbox.pause, row.channel, until, self._clock.now()))
                await self._again("too fast", seconds)
                log.warning("channel_paused", channel=row.channel, seconds=seconds)
            case Moved(address) if address == row.address or row.attempt > MOVES:
                await self._dead("moved in a circle")
            case Moved(address):
                await self._keep_trying(partial(self._outbox.reroute, row.channel, row.address, address, self._clock.now()))
                await self._again("moved", 0)
            case Never(reason, unreachable):
                await self._dead(reason)
                if unreachable:
                    await self._keep_trying(partial(self._outbox.unreachable, row.address, reason, self._clock.now()))
            case NotSent(reason, everybody):
                if everybody:
                    self._tower.trouble()
                await self._again(reason, self._delay())
            case Unclear(reason) if row.lane in ONCE:
                await self._settle(self._outbox.uncertain, reason)
                log.warning("message_uncertain", channel=row.channel, outbox=row.id, reason=reason)
            case Unclear(reason):
                await self._again(reason, self._delay())

    async def _dead(self, reason: str) -> None:
        await self._settle(self._outbox.dead, reason)
        log.warning("message_dead", channel=self._row.channel, outbox=self._row.id, reason=reason)

    async def _again(self, reason: str, seconds: float) -> None:
        await self._settle(self._outbox.retry, reason, self._clock.now() + dt.timedelta(seconds=seconds))

    def _delay(self) -> float:
        return jittered(self._pace.first, self._pace.most, self._row.attempt - 1)

    async def _settle(self, how: Callable[..., bool], *given: object, **more: object) -> bool:
        """End the attempt; False where it is no longer the newest, and then somebody else has the message."""
        row = self._row
        return self._told(await self._keep_trying(lambda: how(row.id, row.attempt, *given, self._clock.now(), **more)))

    def _told(self, fenced: bool | None) -> bool:
        row = self._row
        if fenced is False:
            log.warning("attempt_overtaken", channel=row.channel, outbox=row.id, attempt=row.attempt)
        return fenced is not False

    async def _keep_trying(self, work: Callable[[], T]) -> T | None:
        return await self._until_heard(partial(self._tower.call, work))

    async def _until_heard(self, tell: Callable[[], Awaitable[T]]) -> T | None:
        """Until the store has heard; what has arrived must not be sent again for a database that was away. None at the end."""
        backoff = Backoff(self._pace.first, self._pace.most_rest)
        while True:
            try:
                return await tell()
            except Exception as error:
                log.error("outbox_unavailable", channel=self._row.channel, outbox=self._row.id, error=type(error).__name__)
                if self._hurry.is_set():
                    return None
                await pause(self._hurry, backoff.next())
