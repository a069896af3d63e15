"""The Telegram edge as one thing to run."""

from __future__ import annotations

import asyncio
import logging

from bot.clock import Clock, SystemClock
from bot.telegram.backoff import Backoff, Stop, pause
from bot.telegram.client import connect
from bot.telegram.delivery import Delivery
from bot.telegram.incoming import Me
from bot.telegram.intake import Intake
from bot.telegram.ports import Desk
from bot.telegram.workers import Workers

log = logging.getLogger(__name__)


class TelegramRunner:
    """Takes messages in, has them answered, sends the answers. One for each token: Telegram allows one poller."""

    def __init__(
        self,
        desk: Desk,
        token: str,
        base_url: str = "",
        *,
        clock: Clock | None = None,
        poll_seconds: int = 25,
        workers: int = 4,
        idle_seconds: float = 1.0,
        first_backoff: float = 1.0,
    ) -> None:
        self._desk = desk
        self._token = token
        self._base_url = base_url
        self._clock = clock or SystemClock()
        self._poll_seconds = poll_seconds
        self._workers = workers
        self._idle = idle_seconds
        self._first = first_backoff

    async def run(self, stop: Stop) -> None:
        """Serve until ``stop`` is set, on asyncio. A network that is away, a refused token or a broken reply do not end it."""
        client = connect(self._token, self._base_url)
        delivery = Delivery(client, self._desk, self._first, self._idle)
        workers = Workers(self._desk, delivery.wake, self._workers, self._first)
        intake = Intake(client, self._desk, workers.add, self._clock, Backoff(self._first), self._poll_seconds)

        async def introduce() -> None:
            """Ask who we are; needed only to know what is meant for us in a group."""
            backoff = Backoff(self._first)
            while not stop.is_set():
                try:
                    me = await client.get_me()
                    intake.me = Me(me.id, me.username or "")
                    return
                except Exception as error:
                    log.warning("telegram getMe: %s", type(error).__name__)
                    await pause(stop, backoff.next(error))

        try:
            async with asyncio.TaskGroup() as group:
                for part in (introduce(), intake.run(stop), workers.run(stop), delivery.run(stop)):
                    group.create_task(part)
        finally:
            await client.close_connections()
