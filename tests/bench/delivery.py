"""How fast messages are taken in, answered and delivered, beside the database alone and beside a bot that stores nothing.

``python -m tests.bench.delivery``: a table with the bars; 1 where one is missed. Each setting is run once.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bot.clock import SystemClock
from bot.model import Incoming
from bot.store import inbox
from bot.store.store import Store
from bot.telegram.webhook import secret_of
from tests.bench.delivery_parts import SAYS
from tests.bench.delivery_raw import CHATS, bare
from tests.bench.delivery_table import PLACES, show
from tests.crash.fleet import Balancer, environment, free_port
from tests.crash.world import Api
from tests.fakes.bot_api import TOKEN, updates
from tests.fakes.bot_api.web import Caller
from tests.postgres import Postgres
from tests.postgres import serve as serve_postgres

INTAKE, TURNS, ENDS = 3_000, 1_000, 1_500
"""Messages of one measurement."""
PARTS = [sys.executable, "-m", "tests.bench.delivery_parts"]
_numbers = count(1)


class Bench:
    """One run. ``figures`` holds what was measured: a second, or milliseconds."""

    def __init__(self, folder: Path, server: Postgres) -> None:
        self.folder, self.server = folder, server
        self.figures: dict[str, float] = {}

    def database(self, place: str) -> str:
        """A new, empty one."""
        return self.server.fresh() if "Postgre" in place else str(self.folder / f"{next(_numbers)}.db")

    def processes(self, database: str, number: int, base_url: str, *given: str, webhook: bool = True) -> tuple[list[Any], Balancer]:
        """Start the service so many times; wait until all listen."""
        ports = [free_port() for _ in range(number)]
        balancer = Balancer(ports)
        started = []
        for port in ports:
            more = {"HOTLINE_PORT": str(port), "HOTLINE_WEBHOOK_URL": balancer.url if webhook else "", "HOTLINE_LOG_LEVEL": "ERROR"}
            env = {**environment(self.folder, database, base_url), **more}
            started.append(subprocess.Popen([*PARTS, *given], env=env, stdout=subprocess.DEVNULL))
        for port in ports:
            _listens(port)
        return started, balancer

    def intake(self, place: str) -> None:
        """Webhook call to committed row, by clients."""
        api = Api(self.folder, 1, ())
        started, balancer = self.processes(self.database(place), PLACES[place], api.url, "serve", "empty", "intake")
        try:
            for clients in (1, 16, 64):
                took, seconds = asyncio.run(_call(balancer.url, clients, INTAKE // (4 if clients == 1 else 1)))
                self.figures[f"intake {place} {clients}"] = len(took) / seconds
                for part in (50, 99):
                    self.figures[f"intake {place} {clients} p{part}"] = float(np.percentile(took, part)) * 1000
        finally:
            _end(started, balancer, api)

    def turns(self, place: str, kind: str) -> None:
        """What lies in the inbox to committed turns."""
        database = self.database(place)
        store, clock = Store(database), SystemClock()
        said = [Incoming("telegram", str(n % CHATS), str(n), SAYS[n % len(SAYS)], clock.now()) for n in range(TURNS)]
        store.write(lambda db: [inbox.accept(db, incoming) for incoming in said])
        env = {**environment(self.folder, database, ""), "HOTLINE_LOG_LEVEL": "ERROR"}
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        started = [subprocess.Popen([*PARTS, "turns", kind], env=env, **pipes) for _ in range(PLACES[place])]
        for process in started:
            assert process.stdout is not None and process.stdout.readline().strip() == "ready"
        begun = time.perf_counter()
        for process in started:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        while store.open_addresses():
            time.sleep(0.01)
        self.figures[f"turns {place} {kind}"] = TURNS / (time.perf_counter() - begun)
        for process in started:
            process.communicate(timeout=60)
        store.close()

    def end_to_end(self, place: str, kind: str) -> None:
        """Until the Bot API has as many replies as there were messages."""
        api = Api(self.folder, 1, ())
        started, balancer = self.processes(self.database(place), PLACES[place], api.url, "serve", kind, "all")
        try:
            self.figures[f"end {place} {kind}"] = _until_replied(api)
        finally:
            _end(started, balancer, api)

    def echo(self) -> None:
        """The bare bot."""
        api, port = Api(self.folder, 1, ()), free_port()
        process = subprocess.Popen([*PARTS, "echo", api.url, str(port)])
        _listens(port)
        try:
            self.figures["end echo"] = _until_replied(api)
        finally:
            _end([process], None, api)

    def raw(self) -> None:
        """The same rows by a bare loop."""
        for place in ("SQLite", "PostgreSQL"):
            self.figures |= {f"raw {part} {place}": rate for part, rate in bare(self.database(place)).items()}

    def steps(self) -> list[tuple[str, Callable[[], None]]]:
        """All there is to do."""
        steps: list[tuple[str, Callable[[], None]]] = [("raw engines", self.raw), ("echo bot", self.echo)]
        for place in PLACES:
            steps.append((f"intake, {place}", partial(self.intake, place)))
            for kind in ("empty", "real"):
                steps.append((f"turns, {place}", partial(self.turns, place, kind)))
                steps.append((f"end to end, {place}", partial(self.end_to_end, place, kind)))
        return steps


def _update(number: int) -> dict[str, Any]:
    return {"update_id": number, "message": {**updates.message(1 + number % CHATS, number), "text": SAYS[number % len(SAYS)]}}


async def _call(url: str, clients: int, messages: int) -> tuple[list[float], float]:
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


def _until_replied(api: Api) -> float:
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


def _listens(port: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise RuntimeError("the service does not start")


def _end(started: list[Any], balancer: Balancer | None, api: Api) -> None:
    for process in started:
        process.kill()
        process.wait()
    if balancer is not None:
        balancer.close()
    api.close()


def main() -> int:
    """Measure and print."""
    os.environ.setdefault("HOTLINE_LOG_LEVEL", "ERROR")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as made, serve_postgres() as server:
        bench = Bench(Path(made), server)
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("", total=len(bench.steps()))
            for name, step in bench.steps():
                bar.update(task, description=name)
                step()
                bar.advance(task)
    table, kept = show(bench.figures)
    Console(width=132).print(table)
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main())
