"""Waiting after failures: longer each time, by chance, and never beyond the end of the service."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class Stop(Protocol):
    """What ends the service: an ``asyncio.Event`` or an ``anyio.Event``."""

    def is_set(self) -> bool:
        """Whether it is time to end."""
        ...

    def wait(self) -> Coroutine[Any, Any, Any]:
        """Return when it is time to end."""
        ...


@dataclass
class Backoff:
    """Delays of ``first`` seconds, doubling up to ``most``, each times 0.5 to 1.5 by chance."""

    first: float = 1.0
    most: float = 60.0
    failures: int = field(default=0, init=False)

    def reset(self) -> None:
        """It worked: the next failure waits for ``first`` again."""
        self.failures = 0

    def next(self, at_least: float = 0.0) -> float:
        """The seconds to wait after one more failure; never less than ``at_least``."""
        delay = jittered(self.first, self.most, self.failures)
        self.failures += 1
        return max(delay, at_least)


def jittered(first: float, most: float, failures: int) -> float:
    """The seconds to wait after so many failures before this one."""
    return min(most, first * 2.0 ** min(failures, 30)) * random.uniform(0.5, 1.5)  # noqa: S311  (jitter)


async def pause(stop: Stop, seconds: float) -> None:
    """Wait, but no longer than until ``stop`` is set."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        pass


async def unless(stop: Stop, work: Coroutine[Any, Any, T]) -> T | None:
    """The result of ``work``; None where ``stop`` was set before, and then the work is cancelled."""
    task = asyncio.ensure_future(work)
    end = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait((task, end), return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        for future in (task, end):
            future.cancel()
        await asyncio.gather(task, end, return_exceptions=True)
