"""Answering accepted messages in worker threads: chats side by side, each chat's messages one after the other."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from anyio import to_thread

from bot.backoff import Backoff, Stop
from bot.telegram.ports import Desk

log = logging.getLogger(__name__)

COUNT = 6
"""Chats answered side by side: enough that their commits share the disk's time, few enough that the event loop gets its turn.

Measured: with 4 a third fewer turns on SQLite, with 8 a tenth fewer replies on PostgreSQL.
"""
_TRIES = 6


class Workers:
    """Calls ``Hotline.process`` for chats that have something open. ``answered`` is called after each success."""

    def __init__(self, desk: Desk, answered: Callable[[], None], count: int, first: float) -> None:
        self._desk = desk
        self._answered = answered
        self._count = count
        self._first = first
        self._queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._waiting: set[str] = set()
        self._busy: set[str] = set()
        self._again: set[str] = set()
        self._backoff: dict[str, Backoff] = {}

    def add(self, address: str) -> None:
        """This chat has an open row. On the event loop's thread."""
        if address in self._busy:
            self._again.add(address)
        elif address not in self._waiting:
            self._waiting.add(address)
            self._queue.put_nowait(address)

    async def run(self, stop: Stop) -> None:
        """Work until ``stop`` is set; a row that is then still open stays open in the inbox."""
        async with asyncio.TaskGroup() as group:
            for _ in range(self._count):
                group.create_task(self._work(stop))
            await stop.wait()
            for _ in range(self._count):
                self._queue.put_nowait(None)

    async def _work(self, stop: Stop) -> None:
        while (address := await self._queue.get()) is not None and not stop.is_set():
            self._waiting.discard(address)
            self._busy.add(address)
            try:
                await to_thread.run_sync(self._desk.process, address)
                self._backoff.pop(address, None)
                self._answered()
            except Exception as error:
                self._later(address, error)
            finally:
                self._busy.discard(address)
            if address in self._again:
                self._again.discard(address)
                self.add(address)

    def _later(self, address: str, error: Exception) -> None:
        backoff = self._backoff.setdefault(address, Backoff(first=self._first))
        delay = backoff.next()
        log.error("telegram chat not answered, attempt %d: %s", backoff.failures, type(error).__name__)
        if backoff.failures < _TRIES:
            asyncio.get_running_loop().call_later(delay, self.add, address)
        else:
            del self._backoff[address]
