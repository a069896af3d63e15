"""A broadcast to many while its processes are killed, and stopped past their lease, again and again; then everybody is counted.

``python -m tests.crash.cast serve DATABASE FILE`` is one such process: it looks after broadcasts and delivers them as the service does,
to a channel that writes each message into FILE before it answers, as the network does.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.channel import Arrived, NotShown, Outcome
from bot.clock import SystemClock
from bot.delivery import Delivery
from bot.flight import Pace as FlightPace
from bot.model import Button
from bot.store.pacer import Pace
from bot.store.store import Store
from tests.postgres import serve as postgres

LEASE = 1.5
"""Seconds: so that the test need not wait for long."""
SLOW = 0.04
"""Seconds until the channel answers: a kill hits many that have arrived and are not known to have."""
SERVE = "serve"


class File:
    """A channel whose other side is a file: one line a message, written whole or not at all."""

    name = "telegram"

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def parts(self, text: str) -> Sequence[str]:
        """As it is."""
        return [text]

    async def send(self, address: str, text: str, buttons: Sequence[Button], quotes: int = 0) -> Outcome:
        """It arrives, and a moment later that is told."""
        os.write(self._file, f"{address}\n".encode())
        await asyncio.sleep(SLOW)
        return Arrived()

    async def show(self, address: str, picture: str, buttons: Sequence[Button]) -> NotShown:
        """No pictures."""
        return NotShown("none")


def serve(database: str, file: str) -> None:
    """Until it is killed."""
    from tests.bot.store.casts import Desk, rules

    clock = SystemClock()
    store = Store(database, clock, pace=Pace(0, 0, 0))
    desk = Desk(store, clock, rules(approve_above=10_000_000))  # type: ignore[arg-type]

    def tick() -> None:
        while True:
            desk.caster.tick()
            time.sleep(0.02)

    threading.Thread(target=tick, daemon=True).start()
    asyncio.run(Delivery(store, File(file), clock, FlightPace(width=64, lease=LEASE, call=LEASE / 2, idle=0.05)).run(asyncio.Event()))


@dataclass(frozen=True)
class Found:
    """What there was at the end."""

    people: int
    rows: int
    """Rows of recipients."""
    arrived: int
    """Different people that have it."""
    twice: int
    statuses: dict[str, int]
    counted: dict[str, int]
    """As the run itself counts them."""
    lost: int
    """Counted as sent, and not there."""
    kills: int
    stops: int
    filling: int
    """Kills while the run was being filled."""


def play(database: str, folder: Path, many: int, kills: int, stops: int, seed: int, processes: int = 2, seconds: float = 600) -> Found:
    """Send it, killing by chance; wait until nobody of it waits any more."""
    from tests.bot.store.casts import Desk, draft, people, rules

    chance, clock, file = random.Random(seed), SystemClock(), folder / "arrived"
    store = Store(database, clock)
    people(store, many, clock.now())
    ann = Desk(store, clock, rules(approve_above=10_000_000)).by("ann")  # type: ignore[arg-type]
    number = ann.write(draft())
    ann.send(number)
    running: list[subprocess.Popen[bytes]] = []
    killed = stopped = filling = 0
    end = time.monotonic() + seconds

    def start() -> None:
        running.append(subprocess.Popen([sys.executable, "-m", "tests.crash.cast", SERVE, database, str(file)]))

    for _ in range(processes):
        start()
    while time.monotonic() < end:
        found = ann.progress(number)
        if found and found[0].run.status == "done":
            break
        begun = bool(found)
        if killed < kills and begun and (not killed or chance.random() < 0.5):
            victim = running.pop(chance.randrange(len(running)))
            filling += found[0].run.status == "filling"
            victim.kill()
            victim.wait()
            killed += 1
            start()
        elif stopped < stops and killed:
            victim = chance.choice(running)
            victim.send_signal(signal.SIGSTOP)
            time.sleep(LEASE * 1.5)
            victim.send_signal(signal.SIGCONT)
            stopped += 1
        time.sleep(chance.uniform(0.0, 0.5) if killed else 0.005)  # the first one while it is being filled
    for process in running:
        process.kill()
        process.wait()
    run = ann.progress(number)[0].run
    rows = store.read(lambda db: db.query("SELECT address, status FROM recipients WHERE run = :run", run=run.id))
    store.close()
    lines = Counter(file.read_text(encoding="ascii").split()) if file.exists() else Counter()
    sent = {row["address"] for row in rows if row["status"] == "sent"}
    counts = run.counts
    return Found(
        people=many,
        rows=len(rows),
        arrived=len(lines),
        twice=sum(1 for times in lines.values() if times > 1),
        statuses=dict(Counter(row["status"] for row in rows)),
        counted={"sent": counts.sent, "uncertain": counts.uncertain, "people": counts.people},
        lost=len(sent - set(lines)),
        kills=killed,
        stops=stopped,
        filling=filling,
    )


def wrong(found: Found) -> list[str]:
    """What must not be."""
    settled = found.statuses.get("sent", 0) + found.statuses.get("uncertain", 0)
    checks = {
        f"{found.twice} people have it twice": found.twice,
        f"{found.rows} rows for {found.people} people": found.rows != found.people,
        f"{found.people - settled} people are neither sent nor uncertain": settled != found.people,
        f"{found.lost} count as sent and do not have it": found.lost,
        f"the run counts {found.counted}, its rows are {found.statuses}": (
            found.counted["sent"] != found.statuses.get("sent", 0)
            or found.counted["uncertain"] != found.statuses.get("uncertain", 0)
            or found.counted["people"] != found.people
        ),
    }
    return [what for what, is_wrong in checks.items() if is_wrong]


def main(people: int = 100_000, kills: int = 60, stops: int = 6) -> int:
    """Play it at length on both engines and print; 1 where something is wrong."""
    with tempfile.TemporaryDirectory(prefix="hotline-cast-") as made, postgres() as server:
        folders = {engine: Path(made) / engine for engine in ("sqlite", "postgresql")}
        for folder in folders.values():
            folder.mkdir()
        failed = 0
        for engine, folder in folders.items():
            database = str(folder / "cast.db") if engine == "sqlite" else server.fresh()
            found = play(database, folder, people, kills, stops, seed=5)
            print(f"broadcast to {people}, {engine}: {found}")
            for line in wrong(found):
                failed = 1
                print(f"{engine}: {line}")
    return failed


if __name__ == "__main__":
    if sys.argv[1:2] == [SERVE]:
        serve(*sys.argv[2:4])
    else:
        sys.exit(main())
