"""Telegram gives a bot's updates to one poller: of several processes on one database one polls, and another where that one is gone."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable

from anyio import to_thread

from bot.backoff import Stop, pause
from bot.clock import Clock

log = logging.getLogger(__name__)

LEASE = 10.0
"""Seconds that the turn is held without a sign of life."""
RENEWED = 3.0
"""Seconds after which it is asked for again, by whoever holds it and by those who wait."""
Ask = Callable[[dt.datetime, float], bool]
"""Asks the database for the turn for so many seconds; blocks. 0 gives it back."""


class Turn:
    """Whose turn it is to poll. Two that poll at once do no harm but to be refused in turn: each update is kept once all the same."""

    def __init__(self, ask: Ask | None, clock: Clock, lease: float = LEASE, renewed: float = RENEWED) -> None:
        """Without ``ask`` it is always ours."""
        self._ask, self._clock, self._lease, self._renewed = ask, clock, lease, renewed
        self._mine = asyncio.Event()
        self._lost = asyncio.Event()
        (self._mine if ask is None else self._lost).set()

    @property
    def mine(self) -> Stop:
        """Set while it is our turn."""
        return self._mine

    @property
    def lost(self) -> Stop:
        """Set while it is not."""
        return self._lost

    async def run(self, stop: Stop) -> None:
        """Ask again and again until ``stop`` is set; then give it back, so that nobody waits for it."""
        if self._ask is None:
            return
        while not stop.is_set():
            self._is(await self._asked(self._lease))
            await pause(stop, self._renewed)
        if self._mine.is_set():
            await self._asked(0.0)

    async def _asked(self, seconds: float) -> bool:
        if self._ask is None:
            return True
        try:
            return await to_thread.run_sync(self._ask, self._clock.now(), seconds)
        except Exception as error:
            # Without the database nothing could be kept either.
            log.warning("telegram turn: %s", type(error).__name__)
            return False

    def _is(self, mine: bool) -> None:
        if mine == self._mine.is_set():
            return
        log.info("telegram: %s", "this process polls" if mine else "another process polls")
        (self._mine if mine else self._lost).set()
        (self._lost if mine else self._mine).clear()
