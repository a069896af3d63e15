"""``python -m tests.crash --kills 500 --seed 1 --engine both``: kill -9 at random moments, then the figures. 1 where something is wrong."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import get_args

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from tests.crash.play import Engine, Result, play

COLUMNS = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())


def run(engines: list[Engine], kills: int, seed: int, folder: Path, console: Console) -> list[Result]:
    """All engines at once, with a progress bar each."""
    with Progress(*COLUMNS, console=console, transient=True) as bar, ThreadPoolExecutor(len(engines)) as pool:
        runs = []
        for engine in engines:
            (folder / engine).mkdir(exist_ok=True)
            task = bar.add_task(engine, total=kills)
            runs.append(pool.submit(play, engine, kills, seed, folder / engine, partial(bar.advance, task)))
        return [each.result() for each in runs]


def table(results: list[Result]) -> Table:
    """The figures."""
    shown = Table(title="Killed at random moments, under load and faults", title_justify="left", title_style="bold")
    shown.add_column("")
    for result in results:
        shown.add_column(result.engine, justify="right")
    rows: dict[str, Callable[[Result], str]] = {
        "kills (-9)": lambda result: f"{result.kills + result.early}",
        "of these while starting": lambda result: f"{result.early}",
        "restarts of the database server": lambda result: f"{result.server_restarts}",
        "messages written": lambda result: f"{result.said}",
        "messages stored": lambda result: f"{result.stored}",
        "replies received": lambda result: f"{result.received}",
        "copies of replies (allowed)": lambda result: f"{result.verdict.duplicates}",
        "acknowledged and lost": lambda result: f"{len(result.verdict.lost)}",
        "out of order within a chat": lambda result: f"{len(result.verdict.order)}",
        "replies missing": lambda result: f"{len(result.verdict.missing)}",
        "turns missing or twice": lambda result: f"{len(result.verdict.turns)}",
        "all settled, ended in time": lambda result: "yes" if result.settled and not any(result.exits) else "NO",
        "seconds": lambda result: f"{result.seconds:.0f}",
    }
    for name, value in rows.items():
        shown.add_row(name, *(value(result) for result in results))
    return shown


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=500, help="of each engine")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", choices=[*get_args(Engine), "both"], default="both")
    parser.add_argument("--keep", type=Path, help="keep databases and logs in this folder")
    given = parser.parse_args()
    engines: list[Engine] = list(get_args(Engine)) if given.engine == "both" else [given.engine]
    with tempfile.TemporaryDirectory(prefix="hotline-crash-") as made:
        folder = given.keep or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        results = run(engines, given.kills, given.seed, folder, Console(stderr=True))
    console = Console(width=100)
    console.print(table(results))
    for result in results:
        for line in result.verdict.wrong[:20]:
            console.print(f"{result.engine}: {line}", highlight=False)
    console.print(f"seed {given.seed}", highlight=False)
    return int(not all(result.fine for result in results))


if __name__ == "__main__":
    sys.exit(main())
