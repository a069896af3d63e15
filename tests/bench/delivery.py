"""How fast messages are taken in, answered and delivered, beside the database alone and beside a bot that stores nothing.

``python -m tests.bench.delivery``: tables with the bars, memory and growth too; 1 where a bar is missed. What is held against
something else is measured with it, in turns, and the medians count: these machines are now faster and now slower.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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
from tests.bench import delivery_growth as growth
from tests.bench import delivery_memory as memory
from tests.bench.delivery_calls import call, until_replied
from tests.bench.delivery_parts import SAYS
from tests.bench.delivery_raw import CHATS, bare
from tests.bench.delivery_table import ONE, PLACES, TWO, show
from tests.crash.fleet import Balancer, environment, free_port
from tests.crash.world import Api
from tests.postgres import Postgres
from tests.postgres import serve as serve_postgres

INTAKE, TURNS = 3_000, 1_000
"""Messages of one measurement."""
ROUNDS = 3
"""How often those that are held against each other take turns."""
PARTS = [sys.executable, "-m", "tests.bench.delivery_parts"]
_numbers = count(1)


class Bench:
    """One run. ``figures`` holds what was measured: a second, or milliseconds. ``tell`` is told how far a long step is."""

    def __init__(self, folder: Path, server: Postgres, tell: Callable[[str], None]) -> None:
        self.folder, self.server, self._tell = folder, server, tell
        self.figures: dict[str, float] = {}
        self.held: dict[str, list[float]] = {}
        self.took: growth.Figures = {}
        self._filled: dict[str, dict[int, str]] = {}

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
                took, seconds = asyncio.run(call(balancer.url, clients, INTAKE // (4 if clients == 1 else 1)))
                self.figures[f"intake {place} {clients}"] = len(took) / seconds
                for part in (50, 99):
                    self.figures[f"intake {place} {clients} p{part}"] = float(np.percentile(took, part)) * 1000
        finally:
            _end(started, balancer, api)

    def turns(self, place: str, kind: str) -> float:
        """What lies in the inbox to committed turns; how many a second."""
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
        rate = TURNS / (time.perf_counter() - begun)
        for process in started:
            process.communicate(timeout=60)
        store.close()
        return rate

    def in_turn(self, kind: str) -> None:
        """Turns and end to end in all places, of the empty understanding beside the raw engines and the bare bot."""
        measures: dict[str, Callable[[], dict[str, float]]] = {"raw engines": self.raw, "echo bot": self.echo} if kind == "empty" else {}
        # What is understood takes longer: beside the two that are held against each other once is enough.
        for place in PLACES:
            measures[f"turns, {place}"] = lambda place=place: {f"turns {place} {kind}": self.turns(place, kind)}  # type: ignore[misc]
            measures[f"end to end, {place}"] = partial(self.end_to_end, place, kind)
        seen: dict[str, list[float]] = {}
        for number in range(ROUNDS):
            for name, measure in measures.items():
                if kind == "real" and number and not name.endswith((ONE, TWO)):
                    continue
                self._tell(f"{name}, {number + 1} of {ROUNDS}")
                for figure, rate in measure().items():
                    seen.setdefault(figure, []).append(rate)
        self.figures |= {figure: statistics.median(rates) for figure, rates in seen.items()}

    def end_to_end(self, place: str, kind: str) -> dict[str, float]:
        """Until the Bot API has as many replies as there were messages."""
        api = Api(self.folder, 1, ())
        started, balancer = self.processes(self.database(place), PLACES[place], api.url, "serve", kind, "all")
        try:
            return {f"end {place} {kind}": until_replied(api)}
        finally:
            _end(started, balancer, api)

    def echo(self) -> dict[str, float]:
        """The bare bot."""
        api, port = Api(self.folder, 1, ()), free_port()
        process = subprocess.Popen([*PARTS, "echo", api.url, str(port)])
        _listens(port)
        try:
            return {"end echo": until_replied(api)}
        finally:
            _end([process], None, api)

    def raw(self) -> dict[str, float]:
        """The same rows by a bare loop."""
        found = {place: bare(self.database(place)) for place in ("SQLite", "PostgreSQL")}
        return {f"raw {part} {place}": rate for place, parts in found.items() for part, rate in parts.items()}

    def memory(self) -> None:
        """What 200,000 updates leave behind. Meanwhile the databases are filled: neither is measured in seconds."""
        with ThreadPoolExecutor(1) as beside:
            filled = beside.submit(growth.databases, self.folder, self.server)
            self.held = memory.measure({"SQLite": self.database("SQLite")}, self.folder, self._tell)
            self._tell("filling databases")
            self._filled = filled.result()

    def growth(self) -> None:
        """The same work among more conversations."""
        self.took = growth.measure(self._filled, self._tell)

    def steps(self) -> list[tuple[str, Callable[[], object]]]:
        """All there is to do."""
        steps: list[tuple[str, Callable[[], object]]] = [(f"intake, {place}", partial(self.intake, place)) for place in PLACES]
        steps += [(f"turns and delivery, {kind}", partial(self.in_turn, kind)) for kind in ("empty", "real")]
        return [*steps, ("memory", self.memory), ("growth", self.growth)]


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
    with (
        tempfile.TemporaryDirectory(prefix="hotline-bench-") as made,
        serve_postgres() as server,
        Progress(*columns, console=Console(stderr=True), transient=True) as bar,
    ):
        task = bar.add_task("")
        bench = Bench(Path(made), server, lambda now: bar.update(task, description=now))
        bar.update(task, total=len(bench.steps()))
        for name, step in bench.steps():
            bar.update(task, description=name)
            step()
            bar.advance(task)
    shown = (show(bench.figures), memory.show(bench.held), growth.show(bench.took))
    for table, _ in shown:
        Console(width=132).print(table)
    return int(not all(kept for _, kept in shown))


if __name__ == "__main__":
    sys.exit(main())
