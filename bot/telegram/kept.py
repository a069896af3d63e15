"""What follows once an update is committed: its chat is answered, and a pressed button stops spinning."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from bot.telegram.client import Client
from bot.telegram.keeper import Kept

log = logging.getLogger(__name__)


class Follow:
    """Called on the event loop with each update that was kept. ``open_row`` is told the address that has something to answer."""

    def __init__(self, client: Client, open_row: Callable[[str], None]) -> None:
        self._client = client
        self._open_row = open_row
        self._answers: set[asyncio.Task[None]] = set()

    def __call__(self, kept: Kept) -> None:
        """Nothing here waits: the acknowledgement goes out at once."""
        if kept.callback:
            task = asyncio.create_task(self._answer(kept.callback))
            self._answers.add(task)
            task.add_done_callback(self._answers.discard)
        if kept.address:
            self._open_row(kept.address)

    async def _answer(self, query: str) -> None:
        """Of no consequence where it fails: after 150 s Telegram takes no answer any more, and the press counts all the same."""
        try:
            await self._client.answer_callback_query(query)
        except Exception as error:
            log.info("telegram callback not answered: %s", type(error).__name__)

    async def close(self) -> None:
        """Wait for the answers that are on their way."""
        await asyncio.gather(*self._answers, return_exceptions=True)
