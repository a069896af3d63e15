"""Running the Telegram edge for a test."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from bot.telegram.ports import Desk
from bot.telegram.runner import TelegramRunner
from tests.fakes.bot_api import TOKEN, BotApi


def play(api: BotApi, desk: Desk, *steps: Callable[[], object], token: str = TOKEN, seconds: float = 15, **more: Any) -> None:
    """Run the edge; each step is called again and again until it returns something true."""

    async def main() -> None:
        stop = asyncio.Event()
        runner = TelegramRunner(desk, token, api.url, poll_seconds=1, idle_seconds=0.05, first_backoff=0.02, **more)
        task = asyncio.create_task(runner.run(stop))
        try:
            for step in steps:
                async with asyncio.timeout(seconds):
                    while not step():
                        assert not task.done(), "the loop ended"
                        await asyncio.sleep(0.01)
            assert not task.done()
        finally:
            stop.set()
            await asyncio.wait_for(task, 10)

    asyncio.run(main())
