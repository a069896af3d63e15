"""The figures that matter: what ``hotline eval FILE`` prints.

Computes what the shared scorer does: emergency recall, false alarms, handoffs, lost help, topics, wrong answers, slots.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from intents.knowledge import Example
from intents.understanding import Understanding

NO_HELP = frozenset({"decline", "smalltalk"})
SETTLED = frozenset({"answer", "clarify"})
FLOORS: Mapping[str, str] = {
    "emergency_recall": ">=0.97",
    "false_alarm": "<=0.04",
    "near_miss_alarm": "<=0.15",
    "handoff_recall": ">=0.88",
    "lost_help": "<=0.02",
    "needless_handoff": "<=0.12",
    "answered_at_once": ">=0.80",
    "out_of_scope_recall": ">=0.90",
    "main_topic": ">=0.85",
    "further_topics": ">=0.75",
    "wrong_topics_a_message": "<=0.25",
    "wrong_answer": "<=0.08",
    "place_slots": ">=0.95",
    "other_slots": ">=0.85",
}
"""What the project asks of messages that it has not seen."""
_RATIOS = {
    "action_accuracy": ("action", "rows"),
    "emergency_recall": ("emergency_hit", "emergency"),
    "false_alarm": ("false_alarm", "calm"),
    "near_miss_alarm": ("near_alarm", "near"),
    "handoff_recall": ("handoff_hit", "handoff"),
    "lost_help": ("lost", "need"),
    "needless_handoff": ("needless", "settled"),
    "answered_at_once": ("at_once", "plain"),
    "out_of_scope_recall": ("out_hit", "out"),
    "main_topic": ("main_hit", "main"),
    "further_topics": ("further_hit", "further"),
    "wrong_topics_a_message": ("wrong_topics", "main"),
    "wrong_answer": ("wrong_answer", "answered"),
    "place_slots": ("place_hit", "place"),
    "other_slots": ("slot_hit", "slot"),
    "incident_slot": ("incident_hit", "incident"),
}


@dataclass
class Score:
    """Counts over messages; figures are ratios of them, NaN where nothing was counted."""

    counts: Counter[str] = field(default_factory=Counter)
    misses: list[tuple[str, str]] = field(default_factory=list)
    """Message id and what was wrong; no words of the message."""

    def figures(self) -> dict[str, float]:
        """The figures by name, in the order of the shared scorer."""
        n = self.counts
        return {name: n[a] / n[b] if n[b] else math.nan for name, (a, b) in _RATIOS.items()}

    def add(self, row: Example, got: Understanding) -> None:
        """Count one message."""
        n, actions, wrong = self.counts, set(row.actions), list[str]()
        accepted = {row.topics[0], *row.ok_topics}
        topics = [topic.id for topic in got.topics]

        def hit(name: str, right: bool, why: str = "") -> None:
            n[name] += 1
            n[f"{name}_hit"] += right
            if not right and why:
                wrong.append(why)

        n["rows"] += 1
        n["action"] += got.action in actions
        if got.action not in actions:
            wrong.append(f"action {got.action} not in {sorted(actions)}")
        if actions == {"emergency"}:
            hit("emergency", got.action == "emergency")
        if "emergency" not in actions:
            n["calm"] += 1
            n["false_alarm"] += got.action == "emergency"
            if "near_miss" in row.tags:
                n["near"] += 1
                n["near_alarm"] += got.action == "emergency"
        if actions <= NO_HELP:
            hit("out", got.action in NO_HELP)
        else:
            self._topics(row, got, topics, accepted, wrong)
        if not actions & NO_HELP:
            n["need"] += 1
            n["lost"] += got.action in NO_HELP
        if actions == {"handoff"}:
            hit("handoff", got.action in {"handoff", "emergency"})
        self._slots(row, got, wrong)
        if wrong:
            self.misses.append((row.id, "; ".join(wrong)))

    def _topics(self, row: Example, got: Understanding, topics: list[str], accepted: set[str], wrong: list[str]) -> None:
        n, actions = self.counts, set(row.actions)
        right = bool(topics) and topics[0] in accepted
        n["main"] += 1
        n["main_hit"] += right
        if not right:
            wrong.append(f"topic {topics[:2]} not in {sorted(accepted)}")
        n["further"] += len(row.topics) - 1
        n["further_hit"] += sum(topic in topics for topic in row.topics[1:])
        n["wrong_topics"] += len(set(topics) - {*row.topics, *row.ok_topics, "policy.rules"})
        if actions <= SETTLED:
            n["settled"] += 1
            n["needless"] += got.action in {"handoff", "emergency"}
        if actions == {"answer"}:
            n["plain"] += 1
            n["at_once"] += got.action == "answer"
        n["answered"] += got.action == "answer"
        n["wrong_answer"] += got.action == "answer" and not right

    def _slots(self, row: Example, got: Understanding, wrong: list[str]) -> None:
        for name, value in row.slots.items():
            kind = "incident" if name == "incident" else "place" if name in {"city", "district"} else "slot"
            self.counts[kind] += 1
            right = got.slots.get(name) == value
            self.counts[f"{kind}_hit"] += right
            if not right and kind != "incident":
                wrong.append(f"slot {name}={got.slots.get(name)} want {value}")


def read_rows(paths: Iterable[Path]) -> list[Example]:
    """Labelled messages from JSON-lines files. Raises OSError and pydantic.ValidationError."""
    fields = set(Example.model_fields)
    rows = []
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                row = json.loads(line)
                rows.append(Example.model_validate({key: value for key, value in row.items() if key in fields}))
    return rows


def evaluate(rows: Sequence[Example], understand: Callable[[str], Understanding], tick: Callable[[int], None] = lambda _: None) -> Score:
    """Score an understanding on labelled messages; ``tick`` is told how many are done."""
    score = Score()
    for number, row in enumerate(rows, 1):
        score.add(row, understand(row.text))
        tick(number)
    return score


def short_of(figures: Mapping[str, float], floors: Mapping[str, str]) -> list[str]:
    """The figures that miss their floor, in words; a figure without rows does not count."""
    missed = []
    for name, bound in floors.items():
        value, limit = figures[name], float(bound[2:])
        if not math.isnan(value) and not (value >= limit if bound.startswith(">=") else value <= limit):
            missed.append(f"{name} {value:.3f} (needs {bound})")
    return missed


def report(score: Score) -> str:
    """The figures, a line each, as the shared scorer prints them, with the floors beside them."""
    lines = [f"{name:22s} {value:.3f}  {FLOORS.get(name, '')}".rstrip() for name, value in score.figures().items()]
    n = score.counts
    lines.append(f"rows {n['rows']}  emergencies {n['emergency']}  calm {n['calm']}  out of scope {n['out']}")
    missed = short_of(score.figures(), FLOORS)
    lines.append("falls short: " + ", ".join(missed) if missed else "holds all floors")
    return "\n".join(lines)


def main(files: Sequence[str]) -> int:
    """``hotline eval FILE…``: print the figures of each file; 1 where a floor is missed, 2 where a file cannot be read."""
    from rich.console import Console
    from rich.progress import Progress

    from intents.engine import Engine
    from intents.understanding import Context

    console = Console(stderr=True)
    try:
        sets = [(name, read_rows([Path(name)])) for name in files]
    except (OSError, ValueError) as error:
        console.print(f"cannot read the messages: {type(error).__name__}", markup=False)
        return 2
    engine = Engine.open()
    missed = False
    for name, rows in sets:
        with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
            task = bar.add_task(name, total=len(rows))
            score = evaluate(rows, lambda text: engine.understand(text, Context()), lambda done: bar.update(task, completed=done))  # noqa: B023
        print(f"{name}\n{report(score)}\n")
        missed |= bool(short_of(score.figures(), FLOORS))
    return int(missed)
