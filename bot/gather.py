"""What comes at the same time is done together: one commit for many, as a database likes best."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Generic, TypeVar

from anyio import to_thread

Item = TypeVar("Item")
Result = TypeVar("Result")
Runs = Callable[[Callable[[], Any]], Awaitable[Any]]

_LANES = 2
"""While one lane waits for the disk, the other reads."""
_MOST = 64


class Gather(Generic[Item, Result]):
    """Called on the event loop; ``work`` is done in worker threads, by ``run``.

    ``work`` gives for each item in its order what it came to, or the exception why not; what it raises holds for all.
    """

    def __init__(self, work: Callable[[Sequence[Item]], Sequence[Result | Exception]], run: Runs = to_thread.run_sync) -> None:
        self._work = work
        self._run = run
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._lanes = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def add(self, item: Item) -> Result:
        """Return once it is done. Raises why it is not."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._lanes < _LANES:
            self._lanes += 1
            task = asyncio.create_task(self._go())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await future

    async def _go(self) -> None:
        try:
            await self._work_off()
        finally:
            # In the same breath as the last look at what waits: a task counts as done only a round of the loop later, and what
            # came in between would wait for the next that comes.
            self._lanes -= 1

    async def _work_off(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
            results: Sequence[Result | Exception]
            try:
                results = await self._run(partial(self._work, [item for item, _ in batch]))
            except Exception as error:
                results = [error] * len(batch)
            for (_, future), result in zip(batch, results, strict=True):
                if future.done():
                    continue  # whoever waited has given up
                if isinstance(result, Exception):
                    future.set_exception(result)
                else:
                    future.set_result(result)
