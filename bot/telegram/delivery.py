"""Sending the outbox: plain text, in order for each chat, chats side by side, as fast as Telegram allows."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from anyio import to_thread

from bot.backoff import Backoff, Stop, pause
from bot.telegram.client import Client
from bot.telegram.ports import Desk, OutRow
from bot.telegram.sending import Sender

log = logging.getLogger(__name__)

_LIMIT = 200
_AT_ONCE = 8
"""Chats that are served side by side."""


@dataclass
class _Rest:
    """A chat that could not be reached, and when to try again (the loop's clock)."""

    backoff: Backoff
    until: float = field(default=0.0)


class Delivery:
    """Takes rows from ``Hotline.outgoing`` and marks each as sent or failed; one that can still arrive stays in the outbox."""

    def __init__(self, client: Client, desk: Desk, first: float, idle: float) -> None:
        self._desk = desk
        self._first = first
        self._idle = idle
        self._sender = Sender(client)
        self._wake = asyncio.Event()
        self._gates = asyncio.Semaphore(_AT_ONCE)
        self._active: dict[str, asyncio.Task[None]] = {}
        self._resting: dict[str, _Rest] = {}

    def wake(self) -> None:
        """There may be something new in the outbox. On the event loop's thread."""
        self._wake.set()

    async def run(self, stop: Stop) -> None:
        """Send until ``stop`` is set. Nothing that Telegram, the network or the store does ends it."""
        backoff = Backoff(self._first)
        while not stop.is_set():
            self._wake.clear()
            served = set(self._active)  # what they send meanwhile may still stand in the rows below
            try:
                rows = await to_thread.run_sync(self._desk.outgoing, "telegram", _LIMIT)
            except Exception as error:
                log.error("telegram outbox: %s", type(error).__name__)
                await pause(stop, backoff.next())
                continue
            backoff.reset()
            self._start(rows, served, stop)
            await self._wait(stop)
        await asyncio.gather(*self._active.values(), return_exceptions=True)

    def _start(self, rows: Sequence[OutRow], served: set[str], stop: Stop) -> None:
        now = asyncio.get_running_loop().time()
        chats: dict[str, list[OutRow]] = {}
        for row in rows:
            chats.setdefault(row.address, []).append(row)
        for address, waiting in chats.items():
            rest = self._resting.get(address)
            if address not in served and (rest is None or rest.until <= now):
                self._active[address] = asyncio.create_task(self._chat(address, waiting, stop))

    async def _wait(self, stop: Stop) -> None:
        end = asyncio.ensure_future(stop.wait())
        wake = asyncio.ensure_future(self._wake.wait())
        await asyncio.wait((end, wake), timeout=self._idle, return_when=asyncio.FIRST_COMPLETED)
        end.cancel()
        wake.cancel()
        await asyncio.gather(end, wake, return_exceptions=True)

    async def _chat(self, address: str, rows: Sequence[OutRow], stop: Stop) -> None:
        """The rows of one chat, in order: where one has to wait, those behind it wait too."""
        try:
            async with self._gates:
                for row in rows:
                    if not await self._row(row, stop):
                        break
            self._resting.pop(address, None)
            self.wake()
        except Exception as error:
            log.warning("telegram delivery: %s", type(error).__name__)
            rest = self._resting.setdefault(address, _Rest(Backoff(self._first)))
            rest.until = asyncio.get_running_loop().time() + rest.backoff.next()
        finally:
            del self._active[address]

    async def _row(self, row: OutRow, stop: Stop) -> bool:
        """Whether the row is settled; False where it is left in the outbox because the service ends."""
        outcome = await self._sender.send(row, stop)
        if outcome == "stopped":
            return False
        if outcome == "sent":
            await to_thread.run_sync(self._desk.sent, row.id)
        else:
            await to_thread.run_sync(self._desk.failed, row.id, outcome)
        self._sender.forget(row.id)
        return True
