"""Broadcasts: a million people put into a run, and ten simulated minutes at the limit with replies beside them.

``python -m tests.bench.cast [--people N]``: a table with the bars; 1 where one is missed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.audience import Audience
from bot.clock import FrozenClock
from bot.store import broadcasts, runs
from bot.store.store import Store
from tests.bench.cast_rate import measure
from tests.bot.store.casts import RULES, draft, people
from tests.fakes.engine import NOON
from tests.postgres import NoServer, serve

WITHIN, REPLY = 0.02, 5.0
"""So near to the limit, and so many seconds at most for 95 of 100 replies."""
GROWS = 40.0
"""MB that the process may grow by while it fills."""
AUDIENCES = {
    "everybody": Audience(),
    "a district, not one topic": Audience(districts=("xian/yanta",), not_topics=("care.dialysis",)),
}


def resident() -> float:
    """MB that this process holds now."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def fan_out(database: str, many: int) -> list[tuple[str, str, str, bool]]:
    """Fill runs of as many people; rows of the table."""
    clock = FrozenClock(NOON)
    store = Store(database, clock)
    for first in range(1, many + 1, 50_000):
        people(store, min(50_000, many + 1 - first), clock.now(), first=first)
    kind = RULES.kind("service")
    assert kind is not None
    shown = []
    for name, audience in AUDIENCES.items():
        number = store.write(lambda db, audience=audience: broadcasts.add(db, draft(audience=audience), "ann", NOON))  # type: ignore[misc]
        run = store.write(
            lambda db, number=number: runs.begin(db, number, NOON, "service", draft().plan.expires, NOON)  # type: ignore[misc]
        )
        before, put, most = resident(), 0, 0.0
        begun = time.perf_counter()
        while (step := store.write(lambda db, run=run, audience=audience: runs.fill(db, run, audience, kind, NOON))) >= 0:  # type: ignore[misc]
            put += step
            most = max(most, resident())
        seconds = time.perf_counter() - begun
        grown = most - before
        place = "PostgreSQL" if "://" in database else "SQLite"
        shown.append(
            (
                f"fan-out, {place}, {name}",
                f"{put} in {seconds:.1f} s: {put / seconds:,.0f} a second",
                f"grew by {grown:.1f} MB",
                grown <= GROWS,
            )
        )
    store.close()
    return shown


def at_the_limit(folder: Path, limit: int, seconds: float, latency: tuple[float, float]) -> tuple[str, str, str, bool]:
    """One simulation; a row of the table. Only a steady network is held to the bar: the limit counts what arrives."""
    found = measure(str(folder / f"{limit}-{latency[1]}.db"), limit=limit, seconds=seconds, latency=latency)
    steady = latency[0] == latency[1]
    off = abs(found.rate - limit) / limit
    kept = not steady or (off <= WITHIN and not found.refused and found.reply_p95 <= REPLY and not found.early)
    name = f"{limit} a second for {seconds:.0f} s, messages take {latency[0] * 1000:.0f} to {latency[1] * 1000:.0f} ms"
    what = f"{found.rate:.2f} a second ({found.broadcasts} broadcasts, {found.replies} replies), refused (429) {found.refused}"
    return name, what, f"replies p95 {found.reply_p95:.2f} s", kept


def main() -> int:
    """Measure and print."""
    given = argparse.ArgumentParser()
    given.add_argument("--people", type=int, default=1_000_000)
    many = given.parse_args().people
    rows: list[tuple[str, str, str, bool]] = []
    with tempfile.TemporaryDirectory(prefix="hotline-cast-") as made, ExitStack() as stack:
        rows += fan_out(str(Path(made) / "cast.db"), many)
        try:
            rows += fan_out(stack.enter_context(serve()).fresh(), many)
        except NoServer as error:
            print(error, file=sys.stderr)
        rows += [
            at_the_limit(Path(made), limit, seconds, latency)
            for limit, seconds, latency in ((30, 600.0, (0.04, 0.04)), (1_000, 60.0, (0.04, 0.04)), (30, 600.0, (0.02, 0.12)))
        ]
    table = Table("", "measured", "", "bar", title="Broadcasts")
    for name, what, more, kept in rows:
        table.add_row(name, what, more, "holds" if kept else "MISSED")
    Console(width=170).print(table)
    return int(not all(kept for *_, kept in rows))


if __name__ == "__main__":
    sys.exit(main())
