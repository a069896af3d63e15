"""Long polling that tells Telegram "received" only after the rows are committed."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from anyio import to_thread

from bot.backoff import Backoff, Stop, pause, unless
from bot.telegram.asked import asked
from bot.telegram.client import Client
from bot.telegram.keeper import Keeper, Kept
from bot.telegram.kept import Follow
from bot.telegram.turn import Turn

log = logging.getLogger(__name__)


class Polling:
    """Fetches updates and has each kept at least once, in their order."""

    def __init__(self, client: Client, keeper: Keeper, follow: Follow, backoff: Backoff, seconds: int, turn: Turn) -> None:
        """``seconds``: how long Telegram may hold a poll that has nothing."""
        self._client = client
        self._keeper = keeper
        self._follow = follow
        self._backoff = backoff
        self._seconds = seconds
        self._turn = turn

    async def run(self, stop: Stop) -> None:
        """Poll until ``stop`` is set. Nothing that Telegram, the network or the store does ends it."""
        offset: int | None = None
        hooked = True
        while not stop.is_set():
            try:
                if not self._turn.mine.is_set():
                    await unless(stop, self._turn.mine.wait())
                    offset = None  # another has confirmed more since
                    continue
                if hooked:
                    await unless(stop, self._client.delete_webhook(drop_pending_updates=False))
                    hooked = False
                    continue
                updates = await unless(stop, unless(self._turn.lost, self._client.raw_updates(offset, self._seconds)))
                if updates:
                    offset = await self._batch(updates)
                self._backoff.reset()
            except Exception as error:
                log.warning("telegram intake: %s", type(error).__name__)
                await pause(stop, self._backoff.next(asked(error)))

    async def _batch(self, updates: Sequence[Mapping[str, Any]]) -> int:
        """Have a batch kept; the offset that confirms what is committed and nothing beyond it.

        Raises the first failure where that would confirm nothing.
        """
        ordered = sorted(updates, key=_number)  # the offset confirms all numbers below it
        results = await to_thread.run_sync(self._keeper.keep, ordered)
        for result in results:
            if isinstance(result, Kept):
                self._follow(result)
        numbers = [number for raw in ordered if (number := _number(raw)) >= 0]
        if not numbers:
            raise ValueError("no update has a number")  # they would come again at once
        for raw, result in zip(ordered, results, strict=True):
            if isinstance(result, Exception) and (number := _number(raw)) >= 0:
                if number == numbers[0]:
                    raise result
                return number
        return numbers[-1] + 1


def _number(raw: Mapping[str, Any]) -> int:
    """The update's number; -1 where it has none."""
    number = raw.get("update_id")
    return number if isinstance(number, int) and not isinstance(number, bool) else -1
