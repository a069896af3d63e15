"""Long polling that tells Telegram "received" only after the row is committed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from anyio import to_thread

from bot.clock import Clock
from bot.model import Incoming
from bot.telegram.backoff import Backoff, Stop, pause, unless
from bot.telegram.client import Client
from bot.telegram.incoming import NOWHERE, Me, Received, body, read
from bot.telegram.outgoing import pressed
from bot.telegram.ports import Desk

log = logging.getLogger(__name__)

_PATIENCE = 5
"""Failures of one update before it is offered in a form that any store can take."""


class Intake:
    """Fetches updates and hands them to ``Hotline.accept``, in order, each at least once."""

    def __init__(self, client: Client, desk: Desk, kept: Callable[[str], None], clock: Clock, backoff: Backoff, seconds: int) -> None:
        self.me = Me()
        self._client = client
        self._desk = desk
        self._kept = kept
        self._clock = clock
        self._backoff = backoff
        self._seconds = seconds
        self._failures: tuple[int, int] = (0, 0)
        self._answers: set[asyncio.Task[None]] = set()

    async def run(self, stop: Stop) -> None:
        """Poll until ``stop`` is set. Nothing that Telegram or the network does ends it."""
        offset: int | None = None
        while not stop.is_set():
            try:
                updates = await unless(stop, self._client.raw_updates(offset, self._seconds))
                for raw in updates or ():
                    number = raw.get("update_id")
                    if isinstance(number, int):
                        await self._keep(number, raw)
                        offset = number + 1
                self._backoff.reset()
            except Exception as error:
                log.warning("telegram intake: %s", type(error).__name__)
                await pause(stop, self._backoff.next(error))
        await asyncio.gather(*self._answers, return_exceptions=True)

    async def _keep(self, number: int, raw: dict[str, Any]) -> None:
        received = read(raw, self.me)
        if received is None:
            return
        attempt = self._failures[1] if self._failures[0] == number else 0
        try:
            address = await to_thread.run_sync(self._accept, number, raw, received, attempt >= _PATIENCE)
        except Exception:
            self._failures = (number, attempt + 1)
            raise
        if received.callback:
            task = asyncio.create_task(self._answer(received.callback))
            self._answers.add(task)
            task.add_done_callback(self._answers.discard)
        if received.chat != NOWHERE:
            self._kept(address)

    def _accept(self, number: int, raw: dict[str, Any], received: Received, plain: bool) -> str:
        """Commit one update, in a worker thread; its address."""
        text, kind = received.text, received.kind
        if kind == "button":
            text, offered = pressed(received.data, received.label, self._desk.history(f"telegram:{received.chat}"))
            kind = "button" if offered else "text"
        if plain:
            text = "".join(char if char.isprintable() or char == "\n" else " " for char in text)
        incoming = Incoming(
            channel="telegram",
            chat=received.chat,
            update=str(number),
            text=text,
            at=self._clock.now(),
            kind=kind,
            raw="" if plain else body(raw),
        )
        self._desk.accept(incoming)
        return incoming.address

    async def _answer(self, query: str) -> None:
        """Stop the button's spinner; of no consequence where it fails."""
        try:
            await self._client.answer_callback_query(query)
        except Exception as error:
            log.info("telegram callback not answered: %s", type(error).__name__)
