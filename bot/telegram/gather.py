"""Updates that come at the same time are committed together, as the writer of the database likes best."""

from __future__ import annotations

import asyncio
from functools import partial

from anyio import to_thread

from bot.telegram.keeper import Item, Keeper, Kept

_LANES = 2
"""While one lane waits for the disk, the other reads."""
_MOST = 64


class Gather:
    """Called on the event loop; the work is done in worker threads."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._waiting: list[tuple[Item, asyncio.Future[Kept]]] = []
        self._lanes: set[asyncio.Task[None]] = set()

    async def keep(self, item: Item) -> Kept:
        """Return once it is committed. Raises why it is not."""
        future: asyncio.Future[Kept] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if len(self._lanes) < _LANES:
            lane = asyncio.create_task(self._work())
            self._lanes.add(lane)
            lane.add_done_callback(self._lanes.discard)
        return await future

    async def _work(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
            results: list[Kept | Exception]
            try:
                results = await to_thread.run_sync(partial(self._keeper.keep, [item for item, _ in batch]))
            except Exception as error:
                results = [error] * len(batch)
            for (_, future), result in zip(batch, results, strict=True):
                if future.done():
                    continue  # whoever waited has given up
                if isinstance(result, Exception):
                    future.set_exception(result)
                else:
                    future.set_result(result)
