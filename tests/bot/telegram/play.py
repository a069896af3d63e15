"""Running the Telegram edge for a test."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from bot.flight import Pace
from bot.telegram.runner import TelegramRunner
from tests.fakes.bot_api import TOKEN, BotApi

QUICK = Pace(first=0.02, idle=0.05, gap=0.0, most=1.0)


def play(
    api: BotApi,
    desk: Any,
    *steps: Callable[[], object],
    outbox: Any = None,
    token: str = TOKEN,
    seconds: float = 15,
    pace: Pace = QUICK,
    **more: Any,
) -> None:
    """Run the edge; each step is called again and again until it returns something true."""

    async def main() -> None:
        stop = asyncio.Event()
        runner = TelegramRunner(desk, outbox or desk.outbox, token, api.url, poll_seconds=1, pace=pace, **more)
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
