"""Those who write to the service that is measured: by webhook calls, or through the fake Bot API."""

from __future__ import annotations

import asyncio
import json
import time
from itertools import count
from typing import Any

from bot.telegram.webhook import secret_of
from tests.bench.delivery_parts import SAYS
from tests.bench.delivery_raw import CHATS
from tests.crash.world import Api
from tests.fakes.bot_api import TOKEN, updates
from tests.fakes.bot_api.web import Caller

ENDS = 1_500
"""Messages that are followed to their replies."""
_numbers = count(1)


def _update(number: int) -> dict[str, Any]:
    return {"update_id": number, "message": {**updates.message(1 + number % CHATS, number), "text": SAYS[number % len(SAYS)]}}


async def call(url: str, clients: int, messages: int) -> tuple[list[float], float]:
    """Post so many updates; what each took, and the whole, in seconds."""
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret_of(TOKEN, url)}
    bodies = [json.dumps(_update(next(_numbers))).encode() for _ in range(messages)]
    took: list[float] = []

    async def client() -> None:
        caller = Caller()
        while bodies:
            body, begun = bodies.pop(), time.perf_counter()
            status, _ = await caller.post(url, body, headers, 30)
            assert status == 200, status
            took.append(time.perf_counter() - begun)
        caller.close()

    begun = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    return took, time.perf_counter() - begun


def until_replied(api: Api) -> float:
    """Messages a second, until each has its reply. Some that warm up come first."""
    for number, messages in enumerate((CHATS, ENDS)):
        before = api.ask("state")["sent"]
        begun = time.perf_counter()
        api.ask("says", [{"chat": 1 + n % CHATS, "text": SAYS[(n + number) % len(SAYS)]} for n in range(messages)])
        while api.ask("state")["sent"] - before < messages:
            if time.perf_counter() - begun > 120:
                raise RuntimeError("replies do not come")
            time.sleep(0.02)
        rate = messages / (time.perf_counter() - begun)
    return rate
