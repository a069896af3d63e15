"""Long polling that tells Telegram "received" only after the rows are committed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from anyio import to_thread

from bot.backoff import Backoff, Stop, pause, unless
from bot.errors import StoreUnavailable
from bot.telegram.asked import asked
from bot.telegram.client import Client
from bot.telegram.incoming import chat_in
from bot.telegram.keeper import Keeper
from bot.telegram.kept import Follow

log = logging.getLogger(__name__)

_PATIENCE = 5
"""Failures of one update before it is offered in a form that any store can take."""
_Lost = tuple[int, Exception]


class Polling:
    """Fetches updates and has each kept at least once, those of one chat in order."""

    def __init__(self, client: Client, keeper: Keeper, follow: Follow, backoff: Backoff, seconds: int) -> None:
        """``seconds``: how long Telegram may hold a poll that has nothing."""
        self._client = client
        self._keeper = keeper
        self._follow = follow
        self._backoff = backoff
        self._seconds = seconds
        self._failures: dict[int, int] = {}

    async def run(self, stop: Stop) -> None:
        """Poll until ``stop`` is set. Nothing that Telegram, the network or the store does ends it."""
        offset: int | None = None
        hooked = True
        while not stop.is_set():
            try:
                if hooked:
                    await unless(stop, self._client.delete_webhook(drop_pending_updates=False))
                    hooked = False
                    continue
                updates = await unless(stop, self._client.raw_updates(offset, self._seconds))
                if updates:
                    offset = await self._batch(updates)
                self._backoff.reset()
            except Exception as error:
                log.warning("telegram intake: %s", type(error).__name__)
                await pause(stop, self._backoff.next(asked(error)))

    async def _batch(self, updates: Iterable[Mapping[str, Any]]) -> int:
        """Have a batch kept, chats side by side; the offset that confirms what is committed and nothing beyond it.

        Raises the first failure where that would confirm nothing.
        """
        chats: dict[str, list[tuple[int, Mapping[str, Any]]]] = {}
        numbers: list[int] = []
        for raw in updates:
            number = raw.get("update_id")
            if isinstance(number, int):
                numbers.append(number)
                chats.setdefault(chat_in(raw), []).append((number, raw))
            else:
                self._follow(await to_thread.run_sync(self._keeper.keep, raw))
        if not numbers:
            raise ValueError("no update has a number")  # they would come again at once
        losses = [loss for loss in await asyncio.gather(*map(self._chat, chats.values())) if loss is not None]
        if not losses:
            self._failures.clear()
            return max(numbers) + 1
        first, error = min(losses, key=lambda loss: loss[0])
        if first == min(numbers):
            raise error
        return first

    async def _chat(self, updates: list[tuple[int, Mapping[str, Any]]]) -> _Lost | None:
        """Have the updates of one chat kept, lowest number first, up to the first failure, which is returned."""
        for number, raw in sorted(updates, key=lambda update: update[0]):
            plain = self._failures.get(number, 0) >= _PATIENCE
            try:
                kept = await to_thread.run_sync(partial(self._keeper.keep, raw, plain=plain))
            except Exception as error:
                if not isinstance(error, StoreUnavailable):
                    self._failures[number] = self._failures.get(number, 0) + 1
                return number, error
            self._follow(kept)
        return None
