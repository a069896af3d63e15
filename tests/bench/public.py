"""``make bench-public``: the hotline's topic matcher on five public sets, beside four others fitted on the same texts.

Fitted on the train part without out-of-scope messages, measured on the test part. Each matcher's one setting is chosen
by cross-validation on (at most 3,000 of) the train part. Speed and memory are those of a fresh process on one thread
that reads the fitted file and classifies 300 test messages one by one. Vectors, fitted files and accuracies are kept in
the cache folder by the hash of what made them: the first run takes about 20 minutes on two cores, a second one three.
"""

from __future__ import annotations

import os

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

import json
import multiprocessing
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matchers
import numpy as np
import vectors
from measuring import WARM, Job, chosen, embedded_texts, freeze, measure, path_of, sample, the_set, tune
from public_sets import OUT, PUBLISHED, SHARED, TITLES

if TYPE_CHECKING:
    from rich.console import Console

NAMES = {
    "hotline": "hotline (n-grams + USE)",
    "ngrams": "hotline without embedding",
    "tfidf": "TF-IDF + logistic regression",
    "rapidfuzz": "rapidfuzz nearest",
    "use": "USE + logistic regression",
    "e5": "e5-small + logistic regression",
}
SLACK = 0.01
"""How far the hotline's accuracy may be below the best of the others."""


def _served(name: str, system: str, expected: Sequence[str]) -> dict[str, float]:
    one = the_set(name)
    path = path_of(name, "hotline" if system == "ngrams" else system, "fitted")
    command = [sys.executable, str(Path(__file__).with_name("serving.py")), system, str(path), str(WARM)]
    given = json.dumps([one.test_texts[i] for i in sample(one)]).encode()
    got: dict[str, Any] = json.loads(subprocess.run(command, input=given, capture_output=True, check=True).stdout)
    same = sum(a == b for a, b in zip(got.pop("labels"), expected, strict=True)) / len(expected)
    if same < 0.99:
        raise SystemExit(f"{name}, {system}: read back, it gives {same:.0%} of the labels that were measured")
    return got


def _setting(value: Any) -> str:
    parts = value if isinstance(value, list) else [value]
    return ", ".join(f"{part:g}" if isinstance(part, float | int) else part for part in parts)


def _tables(console: Console, rows: dict[tuple[str, str], dict[str, Any]]) -> bool:
    from rich.table import Table

    def table(title: str, caption: str) -> Table:
        made = Table(title=title, caption=caption, title_justify="left", caption_justify="left", title_style="bold")
        made.add_column("matcher", no_wrap=True)
        for column in ("accuracy", "macro-F1", "out-of-scope AUROC", "p50 ms", "p99 ms", "memory MB", "setting"):
            made.add_column(column, justify="right")
        return made

    def show(value: float | None) -> str:
        return "–" if value is None else f"{value:.3f}"

    def line(name: str, row: dict[str, Any]) -> tuple[str, ...]:
        shown = (show(row["accuracy"]), show(row["f1"]), show(row["auroc"]))
        return (NAMES[name], *shown, f"{row['p50']:.2f}", f"{row['p99']:.2f}", f"{row['memory']:.0f}", _setting(row.get("setting", "")))

    for name, title in TITLES.items():
        one = the_set(name)
        inside = sum(label != OUT for label in one.test_labels)
        outside = len(one.test_labels) - inside
        parts = f"{len(set(one.labels))} intents, {len(one.texts)} train, {inside} test in scope, {outside} out of scope"
        published = PUBLISHED.get(name)
        caption = f"published, in-scope accuracy / out-of-scope recall: {published}" if published else ""
        made = table(f"{title}: {parts}", caption)
        for system in NAMES:
            made.add_row(*line(system, rows[name, system]), style="bold" if system == "hotline" else "")
        console.print(made, "")

    means: dict[str, dict[str, Any]] = {}
    made = table("Mean of the five sets (AUROC: of four)", "")
    for system in NAMES:
        of = [rows[name, system] for name in TITLES]
        means[system] = {
            key: np.mean([row[key] for row in of if row[key] is not None]) for key in ("accuracy", "f1", "auroc", "p50", "p99", "memory")
        }
        made.add_row(*line(system, means[system]), style="bold" if system == "hotline" else "")
    console.print(made, "")
    return _verdict(console, rows, means)


def _verdict(console: Console, rows: dict[tuple[str, str], dict[str, Any]], means: dict[str, dict[str, Any]]) -> bool:
    def compare(title: str, of: Callable[[str], float]) -> bool:
        best = max((system for system in NAMES if system not in {"hotline", "ngrams"}), key=of)
        behind = of(best) - of("hotline")
        holds = behind <= SLACK
        said = "ahead" if behind < 0 else "behind"
        console.print(
            f"{title}: {100 * abs(behind):.1f} points {said} of {NAMES[best]}, {'holds' if holds else 'FALLS SHORT'}", highlight=False
        )
        return holds

    for name, title in TITLES.items():
        compare(title, lambda system, name=name: rows[name, system]["accuracy"])  # type: ignore[misc]
    return compare("Mean accuracy", lambda system: means[system]["accuracy"])


def main() -> int:
    """Measure and print; 1 where the mean accuracy is more than one point below the best of the others."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    if not (SHARED / "datasets").is_dir():
        print(f"skipped: there is no folder {SHARED / 'datasets'}")
        return 0
    freeze()
    console, errors = Console(width=128), Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors) as bar:

        def through(title: str, function: Callable[[Job], Job], jobs: Sequence[Job]) -> None:
            task = bar.add_task(title, total=len(jobs))
            if jobs:
                with multiprocessing.get_context("spawn").Pool(vectors.PROCESSES) as pool:
                    for _ in pool.imap_unordered(function, jobs):
                        bar.advance(task)

        for name in TITLES:
            for system, model in matchers.MODEL_OF.items():
                task = bar.add_task(f"{TITLES[name]}, {system}: vectors", total=len(the_set(name).everything))
                vectors.vectors(model, embedded_texts(name, system), lambda done, task=task: bar.advance(task, done))
                bar.remove_task(task)
        pairs = [(name, system) for name in sorted(TITLES, key=lambda name: -len(the_set(name).texts)) for system in matchers.SETTINGS]
        settings = [(*pair, number) for pair in pairs for number in range(len(matchers.SETTINGS[pair[1]]))]
        through("Choosing settings", tune, [job for job in settings if not path_of(job[0], job[1], "tuned", job[2]).exists()])
        missing = [(*pair, chosen(*pair)) for pair in pairs if not path_of(*pair, "figures").exists()]
        through("Fitting and measuring", measure, missing)
        rows: dict[tuple[str, str], dict[str, Any]] = {}
        task = bar.add_task("Speed and memory", total=len(TITLES) * len(NAMES))
        for name in TITLES:
            for system in NAMES:
                figures = json.loads(path_of(name, "hotline" if system == "ngrams" else system, "figures").read_text(encoding="utf-8"))
                row = figures[system]
                rows[name, system] = row | _served(name, system, row.pop("sample")) | {"setting": figures["setting"]}
                bar.advance(task)
    return int(not _tables(console, rows))


if __name__ == "__main__":
    sys.exit(main())
