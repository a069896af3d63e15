"""``make bench``: how quick ``understand()`` is on one thread, what memory it takes, and what the embedding is worth.

Each pass reads the messages with an engine opened anew, warmed up on other messages. ``HOTLINE_SHARED`` names the
shared folder; where it is absent, the messages are those of ``tests/messages/validation.jsonl``.
"""

from __future__ import annotations

import os

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from serving import peak

from intents.engine import Engine
from intents.evaluate import FLOORS, evaluate, read_rows
from intents.matcher import Prediction
from intents.understanding import Context

if TYPE_CHECKING:
    from rich.console import Console

HERE = Path(__file__).resolve().parent
MESSAGES = HERE.parent / "messages"
SHARED = Path(os.environ.get("HOTLINE_SHARED", HERE.parents[2] / "shared")) / "examples" / "messages.jsonl"
SETS = {"shared": SHARED, "validation": MESSAGES / "validation.jsonl", "held out": MESSAGES / "held_out.jsonl"}
BARS = {"p50 ms": 3.0, "p99 ms": 25.0, "memory MB": 400.0, "cold start s": 1.5}
PASSES, WARM, COLD = 3, 40, 7
ASKED = "我妈在莲湖封控区，明天要去做透析，怎么出去？"
WAYS = {"as it runs": "", "embedding for all": "all", "without embedding": "none"}


@dataclass
class Timed:
    """Times in milliseconds, and how many messages the first stage answered."""

    took: list[float] = field(default_factory=list)
    first: int = 0


def open_engine(way: str) -> tuple[Engine, Any]:
    """The engine, and its matcher, with the embedding as the bench asks for it."""
    engine = Engine.open()
    matcher: Any = engine.understander._matcher
    if way == "none":
        matcher.encoder = None
    elif way == "all":
        matcher._sure = lambda _prediction: False
    return engine, matcher


def times(way: str, texts: list[str], warm: list[str], tick: Callable[[], None]) -> Timed:
    """Read every message ``PASSES`` times."""
    timed = Timed()
    for _ in range(PASSES):
        engine, matcher = open_engine(way)
        for text in warm:
            engine.understand(text, Context())
        inner = matcher.predict

        def predict(*given: Any, inner: Callable[..., Prediction] = inner) -> Prediction:
            prediction = inner(*given)
            timed.first += not prediction.embedded
            return prediction

        matcher.predict = predict
        for text in texts:
            start = time.perf_counter()
            engine.understand(text, Context())
            timed.took.append((time.perf_counter() - start) * 1000)
        tick()
    return timed


def memory(path: Path, tick: Callable[[], None]) -> float:
    """The most memory of a fresh process that opens the engine and understands the messages, in MB."""
    run = subprocess.run([sys.executable, __file__, "--memory", str(path)], capture_output=True, check=True)
    tick()
    return float(run.stdout)


def cold(tick: Callable[[], None]) -> float:
    """``hotline ask`` as whole processes, the first of which does not count: the median, in seconds."""
    command = [str(Path(sys.executable).with_name("hotline")), "ask", ASKED]
    took = []
    for _ in range(COLD + 1):
        start = time.perf_counter()
        subprocess.run(command, capture_output=True, check=True)
        took.append(time.perf_counter() - start)
        tick()
    return statistics.median(took[1:])


def scores(tick: Callable[[], None]) -> dict[tuple[str, str], dict[str, float]]:
    """The figures of every labelled set that is here, with the embedding and without."""
    figures = {}
    for way in ("as it runs", "without embedding"):
        engine, _ = open_engine(WAYS[way])
        for name, path in SETS.items():
            if path.exists():
                score = evaluate(read_rows([path]), lambda text, engine=engine: engine.understand(text, Context()))  # type: ignore[misc]
                figures[way, name] = score.figures()
            tick()
    return figures


def show(console: Console, timed: dict[str, Timed], used: float, start: float, figures: dict[tuple[str, str], dict[str, float]]) -> bool:
    """Print the table; whether all bars hold."""
    from rich.table import Table

    holds = True

    def against(bar: str, value: float) -> str:
        nonlocal holds
        kept = value < BARS[bar] if bar in {"memory MB", "cold start s"} else value <= BARS[bar]
        holds = holds and kept
        return "holds" if kept else "MISSED"

    table = Table(title="The hotline on one thread", title_justify="left", title_style="bold")
    table.add_column("what", no_wrap=True)
    for column in (*WAYS, "bar", ""):
        table.add_column(column, justify="right")
    for number, bar in ((50, "p50 ms"), (99, "p99 ms")):
        values = [float(np.percentile(timed[way].took, number)) for way in WAYS]
        table.add_row(f"understand() {bar}", *(f"{value:.2f}" for value in values), f"≤ {BARS[bar]:g}", against(bar, values[0]))
    table.add_row("answered by the first stage", *(f"{timed[way].first / len(timed[way].took):.0%}" for way in WAYS), "", "")
    table.add_row("peak memory MB", f"{used:.0f}", "", "", f"< {BARS['memory MB']:g}", against("memory MB", used))
    table.add_row("hotline ask, cold, s", f"{start:.2f}", "", "", f"< {BARS['cold start s']:g}", against("cold start s", start))
    for name in SETS:
        if ("as it runs", name) in figures:
            table.add_section()
            table.add_row(f"[bold]{name} set")
            given, bare = figures["as it runs", name], figures["without embedding", name]
            for figure, value in given.items():
                bound = FLOORS.get(figure, "").replace(">=", "≥ ").replace("<=", "≤ ")
                if not np.isnan(value):
                    table.add_row(figure, f"{value:.3f}", "", f"{bare[figure]:.3f}", bound)
    console.print(table)
    return holds


def main() -> int:
    """Measure and print; 1 where a bar is missed."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    path = SHARED if SHARED.exists() else SETS["validation"]
    texts = [row.text for row in read_rows([path])]
    warm = [row.text for row in read_rows([SETS["held out" if path == SETS["validation"] else "validation"]])][:WARM]
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Opening", total=1 + len(WAYS) * PASSES + 1 + COLD + 1 + 2 * len(SETS))

        def tick() -> None:
            bar.advance(task)

        def now(what: str) -> None:
            bar.update(task, description=what)

        Engine.open()  # fits the matcher where the data changed
        tick()
        now("Speed")
        timed = {name: times(way, texts, warm, tick) for name, way in WAYS.items()}
        now("Memory")
        used = memory(path, tick)
        now("Cold start")
        start = cold(tick)
        now("Scores")
        figures = scores(tick)
    console = Console(width=112)
    holds = show(console, timed, used, start, figures)
    console.print(f"{len(texts)} messages of {path.name}, {PASSES} passes; cold start: median of {COLD} processes", highlight=False)
    return int(not holds)


def only_understand(path: Path) -> None:
    """What a process of the service holds: the engine, and nothing of the bench."""
    engine = Engine.open()
    for row in read_rows([path]):
        engine.understand(row.text, Context())
    print(peak())


if __name__ == "__main__":
    if sys.argv[1:2] == ["--memory"]:
        only_understand(Path(sys.argv[2]))
        sys.exit()
    sys.exit(main())
