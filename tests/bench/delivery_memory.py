"""What the serving process holds after 20,000 updates and after 200,000: it must not grow with what it has served.

``python -m tests.bench.delivery_memory`` measures on both engines, ``make bench`` on SQLite; ``… serve`` is what is measured: the
service, whole, with the understanding that does nothing. The way of an update is its own: the webhook's answer, the inbox, turns,
the outbox, the delivery, the Bot API's library. Only the sockets are left out on both sides, because 200,000 updates by HTTP take
longer than the whole bench: updates are handed to the webhook as bytes, and calls to Telegram are answered in the process.
Nobody keeps them.
"""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from telegram.request import BaseRequest, RequestData

from bot.app import build
from bot.settings import read_settings
from bot.telegram.webhook import secret_of
from tests.bench.delivery_parts import SAYS, engine_of
from tests.crash.fleet import environment
from tests.fakes.bot_api import TOKEN, updates
from tests.postgres import serve as serve_postgres

EVERY, FEW, MANY = 20_000, 20_000, 200_000
"""Updates between two looks, before the first figure, and before the last."""
BAR = 1.1
WRITERS, EACH = 64, 5
"""Residents who write side by side, and how many lines each writes before another comes: 40,000 chats in all."""
URL = "http://127.0.0.1:1/telegram"


class Left:
    """How many replies a resident waits for."""

    def __init__(self, many: int) -> None:
        self._many = many
        self.none = asyncio.Event()

    def one_less(self) -> None:
        self._many -= 1
        if self._many == 0:
            self.none.set()


class Taken(BaseRequest):
    """Telegram, which takes every message at once and tells the chat's resident."""

    def __init__(self, replies: Mapping[int, Left]) -> None:
        self._replies = replies

    @property
    def read_timeout(self) -> float | None:
        return None

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    async def do_request(self, url: str, method: str, request_data: RequestData | None = None, *_: Any, **__: Any) -> tuple[int, bytes]:
        result: Any = True
        if url.endswith("sendMessage") and request_data is not None:
            chat = int(request_data.json_parameters["chat_id"])
            result = {"message_id": 1, "date": updates.SPOKEN, "chat": {"id": chat, "type": "private"}}
            if chat in self._replies:  # else it was sent twice
                self._replies[chat].one_less()
        elif url.endswith("getMe"):
            result = {"id": int(TOKEN.partition(":")[0]), "is_bot": True, "first_name": "Green", "username": "green_bot"}
        return 200, json.dumps({"ok": True, "result": result}).encode()


def serve() -> None:
    """The service, which is written to; a line of JSON with its memory after each :data:`EVERY` updates."""
    app = build(read_settings(), engine=engine_of("empty"))
    edge: Any = app.telegram
    replies: dict[int, Left] = {}
    edge._client._request = (taken := Taken(replies), taken)
    writing: list[asyncio.Task[None]] = []
    app.run(lambda _: writing.append(asyncio.create_task(_write_all(edge.webhook, replies))))
    app.close()
    writing[0].result()


async def _write_all(webhook: Any, replies: dict[int, Left]) -> None:
    numbers = iter(range(1, MANY + 1))
    try:
        for upto in range(EVERY, MANY + 1, EVERY):
            part = _up_to(numbers, upto)
            await asyncio.gather(*(_write(webhook, part, replies) for _ in range(WRITERS)))
            print(json.dumps([upto, resident()]), flush=True)
    finally:
        signal.raise_signal(signal.SIGTERM)


def _up_to(numbers: Iterator[int], last: int) -> Iterator[int]:
    for number in numbers:
        yield number
        if number == last:
            return


async def _write(webhook: Any, numbers: Iterator[int], replies: dict[int, Left]) -> None:
    """Residents, one after another: each writes some lines at once, and the next comes when all are answered."""
    headers = {"x-telegram-bot-api-secret-token": secret_of(TOKEN, URL)}

    async def hand_over(chat: int, number: int) -> None:
        message = {**updates.message(chat, number), "text": SAYS[number % len(SAYS)]}
        answer = await webhook.answer(headers, json.dumps({"update_id": number, "message": message}).encode())
        assert answer.status == 200, answer.status

    for chat in numbers:
        lines = (chat, *(number for _, number in zip(range(EACH - 1), numbers, strict=False)))
        replies[chat] = left = Left(len(lines))
        await asyncio.gather(*(hand_over(chat, number) for number in lines))
        await left.none.wait()
        del replies[chat]


def resident() -> float:
    """What this process holds in memory now, in MB."""
    return int(Path("/proc/self/status").read_text(encoding="utf-8").split("VmRSS:")[1].split()[0]) / 1024


def measure(engines: Mapping[str, str], folder: Path, tell: Callable[[str], None]) -> dict[str, list[float]]:
    """Memory in MB after each :data:`EVERY` updates, by the name of the database, which is empty before.

    Several side by side: nothing here is measured in seconds. ``tell`` is told how far it is.
    """
    started = {}
    for engine, database in engines.items():
        env = {
            **environment(folder, database, "http://127.0.0.1:1"),
            "HOTLINE_WEBHOOK_URL": URL,
            "HOTLINE_PORT": "0",
            "HOTLINE_LOG_LEVEL": "ERROR",
        }
        command = [sys.executable, "-m", "tests.bench.delivery_memory", "serve"]
        started[engine] = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
    figures: dict[str, list[float]] = {engine: [] for engine in engines}
    for engine, process in started.items():
        assert process.stdout is not None
        for line in process.stdout:
            upto, held = json.loads(line)
            figures[engine].append(held)
            tell(f"memory, {engine}, {upto:,} of {MANY:,}")
        process.wait()
    if any(len(held) != MANY // EVERY for held in figures.values()):
        raise RuntimeError("a process that was measured has ended too early")
    return figures


def show(figures: dict[str, list[float]]) -> tuple[Table, bool]:
    """The table, and whether the bar holds."""
    table = Table(title="Memory of the serving process, MB", title_justify="left", title_style="bold")
    for column in ("after updates", *figures):
        table.add_column(column, justify="right" if column != "after updates" else "left")
    for place, upto in enumerate(range(EVERY, MANY + 1, EVERY)):
        table.add_row(f"{upto:,}", *(f"{held[place]:.1f}" for held in figures.values()))
    table.add_section()
    ratios = [held[MANY // EVERY - 1] / held[FEW // EVERY - 1] for held in figures.values()]
    table.add_row(f"{MANY:,} / {FEW:,} ≤ {BAR:.2f}", *(f"{ratio:.2f} {'holds' if ratio <= BAR else 'MISSED'}" for ratio in ratios))
    return table, all(ratio <= BAR for ratio in ratios)


def main() -> int:
    """Measure and print."""
    told = Console(stderr=True)
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as made, serve_postgres() as server:
        engines = {"SQLite": str(Path(made) / "memory.db"), "PostgreSQL": server.fresh()}
        table, kept = show(measure(engines, Path(made), told.print))
    Console(width=132).print(table)
    return int(not kept)


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        serve()
        sys.exit()
    sys.exit(main())
