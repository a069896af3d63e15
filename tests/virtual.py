"""An event loop whose time passes at once while everybody waits, so that ten minutes of delivery take seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from bot.clock import FrozenClock
from bot.delivery import Delivery

T = TypeVar("T")


class VirtualLoop(asyncio.SelectorEventLoop):
    """Its time is that of a clock, which moves on to the next timer whenever nothing else is to be done."""

    def __init__(self, clock: FrozenClock) -> None:
        super().__init__()
        self._clock, self._at = clock, 0.0

    def time(self) -> float:
        """Seconds since the loop was made."""
        return self._at

    def _run_once(self) -> None:
        timers: list[Any] = self._scheduled  # type: ignore[attr-defined]
        live = [timer.when() for timer in timers if not timer.cancelled()]
        if not self._ready and live and min(live) > self._at:  # type: ignore[attr-defined]
            self._clock.advance(min(live) - self._at)
            self._at = min(live)
        super()._run_once()  # type: ignore[misc]


class Inline(Delivery):
    """A delivery whose questions to the store take no time: threads know nothing of the loop's."""

    async def call(self, work: Callable[[], T]) -> T:
        """Ask the store at once."""
        return work()


def run(clock: FrozenClock, work: Coroutine[Any, Any, T]) -> T:
    """Run it to its end in the clock's time."""
    loop = VirtualLoop(clock)
    try:
        asyncio.set_event_loop(loop)
        return loop.run_until_complete(work)
    finally:
        asyncio.set_event_loop(None)
        loop.close()
