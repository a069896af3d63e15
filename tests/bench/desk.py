"""What the staff wait for at their desk, among a million cases: a page of the queue, a filter, a search.

``python -m tests.bench.desk``; with ``--postgres`` on PostgreSQL too. Every page is asked for through the use case, links and all.
"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from bot.clock import SystemClock
from bot.filter import CaseFilter
from bot.listing import Listing
from bot.store.store import Store
from bot.web.console.queue import plain_views
from tests.bench.desk_fill import CASES, OPEN, RARE, SEED, fill

SAMPLES, WARM, LIMIT = 120, 5, 50
BAR = 150.0
"""Milliseconds, p95."""
TOPICS = ("care.dialysis", "care.refused", "medicine.chronic", "care.maternity")
DISTRICTS = ("yanta", "beilin", "weiyang", "baqiao", "chaoyang")
Asked = dict[str, Callable[[], object]]


def asked(of: Listing, dice: random.Random) -> Asked:
    """What is measured; each call may ask for something else."""
    pages = [""]
    while len(pages) < 60 and (page := of.page(CaseFilter(), pages[-1], LIMIT)).following:
        pages.append(page.following)
    open_ones = [case.number for case in of.page(CaseFilter(), "", 200).cases]

    def words(text: str, **more: str) -> Callable[[], object]:
        wanted = CaseFilter(status="any", text=text, **more)  # type: ignore[arg-type]

        def look() -> object:
            page = of.page(wanted, "", LIMIT)
            assert page.cases or more
            return page

        return look

    def next_words(text: str) -> Callable[[], object]:
        wanted = CaseFilter(status="any", text=text)
        return lambda: of.page(wanted, str(dice.randint(1_000, CASES)), LIMIT)

    return {
        "queue: first page": lambda: of.page(CaseFilter(), "", LIMIT),
        "queue: as the page shows it, with its counts": lambda: (
            [of.page(CaseFilter(), "", LIMIT)] + [of.count(view) for _, view in plain_views("op7")]
        ),
        "queue: a later page": lambda: of.page(CaseFilter(), dice.choice(pages), LIMIT),
        "queue: district and topic": lambda: of.page(CaseFilter(district=dice.choice(DISTRICTS), topic=dice.choice(TOPICS)), "", LIMIT),
        "queue: topic alone": lambda: of.page(CaseFilter(topic=dice.choice(TOPICS)), "", LIMIT),
        "queue: mine (none)": lambda: of.page(CaseFilter(mine="ann"), "", LIMIT),
        "count: topic, to 999": lambda: of.count(CaseFilter(topic=dice.choice(TOPICS))),
        "count: nobody's, to 999": lambda: of.count(CaseFilter(unassigned=True)),
        "closed: district and topic": lambda: of.page(
            CaseFilter(status="closed", district=dice.choice(DISTRICTS), topic=dice.choice(TOPICS)), "", LIMIT
        ),
        "search: 透析": words("透析"),
        f"search: {RARE} (rare)": words(RARE),
        "search: dialysis": words("dialysis"),
        "search: 医院 (common)": words("医院"),
        "search: 医院, a later page": next_words("医院"),
        "search: 发热门诊 (a phrase)": words("发热门诊"),
        "search: 透析 不让进": words("透析 不让"),
        "search: 医院 透析 in a district": words("医院 透析", district="yanta"),
        "search: 痛 (one character)": words("痛"),
        "search: in no case": lambda: of.page(CaseFilter(status="any", text="豌豆黄"), "", LIMIT),
        "like ones of a case": lambda: of.similar(dice.choice(open_ones)),
    }


def measure(database: str) -> dict[str, list[float]]:
    """Milliseconds of each; what is measured takes turns."""
    took: dict[str, list[float]] = {}
    dice = random.Random(SEED)
    with closing(Store(database)) as store:
        parts = asked(Listing(store, SystemClock()), dice)
        for sample in range(-WARM, SAMPLES):
            for name in dice.sample(list(parts), len(parts)):
                begun = time.perf_counter()
                parts[name]()
                if sample >= 0:
                    took.setdefault(name, []).append((time.perf_counter() - begun) * 1000)
        return {name: took[name] for name in parts}


def show(engine: str, took: dict[str, list[float]]) -> tuple[Table, bool]:
    """The table, and whether the bar holds for all."""
    title = f"The desk among {CASES:,} cases, {OPEN:,} open, {engine}: milliseconds"
    table = Table(title=title, title_justify="left", title_style="bold")
    for column in ("what", "p50", "p95", f"p95 ≤ {BAR:g}"):
        table.add_column(column, justify="left" if column == "what" else "right")
    kept = True
    for name, each in took.items():
        p50, p95 = np.percentile(each, 50), np.percentile(each, 95)
        kept = kept and bool(p95 <= BAR)
        table.add_row(name, f"{p50:.1f}", f"{p95:.1f}", "holds" if p95 <= BAR else "MISSED")
    return table, kept


def run(engine: str, database: str, told: Console) -> bool:
    """Fill, measure and print one engine; whether the bar holds."""
    begun = time.monotonic()
    told.print(f"{engine}: making {CASES:,} cases")
    fill(database)
    filled = time.monotonic()
    table, kept = show(engine, measure(database))
    Console(width=100).print(table)
    told.print(f"{engine}: filled in {filled - begun:.0f} s, measured in {time.monotonic() - filled:.0f} s")
    return kept


def main() -> int:
    """Measure and print."""
    told = Console(stderr=True)
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as made:
        path = Path(made) / "desk.db"
        kept = run("SQLite", str(path), told)
        told.print(f"SQLite: {path.stat().st_size / 1e6:,.0f} MB; peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")
        if "--postgres" in sys.argv[1:]:
            from tests.postgres import serve

            path.unlink()
            with serve() as server:
                kept = run("PostgreSQL", server.fresh(), told) and kept
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main())
