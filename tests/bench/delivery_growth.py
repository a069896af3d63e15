"""What the service asks of the database must take as long among a million conversations and cases as among a thousand.

``python -m tests.bench.delivery_growth``: p99 of each part of a message's way, on both engines. The sizes take turns, so that
whatever else the machine does meets all of them.
"""

from __future__ import annotations

import datetime as dt
import random
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from bot.model import CaseDraft, Incoming, Reply, Turn
from bot.state import State
from bot.store.inbox import LEASE
from bot.store.store import Store
from tests.bench.delivery_fill import fill
from tests.postgres import Postgres
from tests.postgres import serve as serve_postgres

SIZES = (1_000, 100_000, 1_000_000)
SAMPLES, WARM, SEED = 1_200, 150, 7
BAR = 2.0
PARTS = ("intake", "turn", "outbox", "queue", "history")
SAID = {
    "intake": "intake: the row of a message",
    "turn": "turn: claim, finish, next",
    "outbox": "outbox: take, delivered",
    "queue": "queue of 50",
    "history": "history of a chat",
}
_TURN = Turn(
    (Reply("{case} {expects} " + "现在打给社区，说清病情和透析日期。" * 6),),
    State(),
    CaseDraft("P1", "handoff:refused", ("refused",)),
    ("hotline",),
    expects=str,
)
Figures = dict[tuple[str, str, int], list[float]]
"""By engine, part and size: milliseconds of each sample."""


class Place:
    """A filled database and what is done with it. ``numbers`` are shared, so that no update comes twice."""

    def __init__(self, database: str, size: int, dice: random.Random, numbers: Any) -> None:
        self.size = size
        self._store = Store(database)
        self._dice, self._numbers = dice, numbers
        self._now = dt.datetime.now(dt.UTC)
        self._chat = ""

    def parts(self) -> Mapping[str, Callable[[], object]]:
        """One message of some chat, on its whole way; later than the one before by as much as Telegram's limits ask for."""
        self._now += dt.timedelta(seconds=2)
        self._chat = str(self._dice.randint(1, self.size))
        address = f"telegram:{self._chat}"
        said = Incoming("telegram", self._chat, f"new:{next(self._numbers)}", "我妈要透析，小区封了怎么去医院", self._now, raw="{}" * 100)
        return {
            "intake": partial(self._store.accept, said),
            "turn": partial(self._answer, address),
            "outbox": self._deliver,
            "queue": partial(self._store.queue, 50),
            "history": partial(self._store.history, address),
        }

    def _answer(self, address: str) -> None:
        row = self._store.claim(address, self._now, LEASE)
        assert row is not None
        number, following = self._store.finish(row, _TURN, row.version, self._now, then_lease_s=LEASE)
        assert number and following is None

    def _deliver(self) -> None:
        (row,) = self._store.take("telegram", 1, self._now)
        assert self._store.delivered(row.id, row.attempt, self._now)

    def close(self) -> None:
        """Close the database."""
        self._store.close()


def databases(folder: Path, server: Postgres) -> dict[str, dict[int, str]]:
    """Filled ones of each size, by engine."""
    made = {"SQLite": {size: str(folder / f"{size}.db") for size in SIZES}, "PostgreSQL": {size: server.fresh() for size in SIZES}}
    for places in made.values():
        for size, database in places.items():
            fill(database, size)
    return made


def measure(filled: Mapping[str, Mapping[int, str]], tell: Callable[[str], None]) -> Figures:
    """Each part of the way, :data:`SAMPLES` times in each database. ``tell`` is told how far it is."""
    took: Figures = {}
    dice, numbers = random.Random(SEED), count(1)
    for engine, places in filled.items():
        with ExitStack() as stack:
            opened = [stack.enter_context(closing(Place(database, size, dice, numbers))) for size, database in places.items()]
            for sample in range(-WARM, SAMPLES):
                if sample % 100 == 0:
                    tell(f"growth, {engine}, {sample:,} of {SAMPLES:,}")
                for place in dice.sample(opened, len(opened)):
                    for part, work in place.parts().items():
                        begun = time.perf_counter()
                        work()
                        if sample >= 0:
                            took.setdefault((engine, part, place.size), []).append((time.perf_counter() - begun) * 1000)
    return took


def show(took: Figures) -> tuple[Table, bool]:
    """The table, and whether the bar holds everywhere."""
    table = Table(title="Milliseconds among so many conversations and cases: p99 (p50)", title_justify="left", title_style="bold")
    table.add_column("what")
    for name in (*(f"{size:,}" for size in SIZES), f"p99 {SIZES[-1]:,} / {SIZES[0]:,} ≤ {BAR:g}"):
        table.add_column(name, justify="right")
    kept = True
    for engine in dict.fromkeys(engine for engine, _, _ in took):
        table.add_section()
        for part in PARTS:
            p50, p99 = (np.array([np.percentile(took[engine, part, size], share) for size in SIZES]) for share in (50, 99))
            ratio = float(p99[-1] / p99[0])
            kept = kept and ratio <= BAR
            cells = (f"{high:.2f} ({middle:.2f})" for high, middle in zip(p99, p50, strict=True))
            table.add_row(f"{engine}, {SAID[part]}", *cells, f"{ratio:.2f} {'holds' if ratio <= BAR else 'MISSED'}")
    return table, kept


def main() -> int:
    """Measure and print."""
    told = Console(stderr=True)
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as made, serve_postgres() as server:
        told.print("filling databases")
        table, kept = show(measure(databases(Path(made), server), told.print))
    Console(width=132).print(table)
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main())
