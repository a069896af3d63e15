"""The five public sets, and what others have published on them (``shared/datasets/README.md``)."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

SHARED = Path(os.environ.get("HOTLINE_SHARED", Path(__file__).resolve().parents[3] / "shared"))
OUT = "NO_INTENT"
TITLES = {
    "hint3_sofmattress": "HINT3 SOFMattress",
    "hint3_curekart": "HINT3 Curekart",
    "hint3_powerplay11": "HINT3 Powerplay11",
    "clinc150": "CLINC150",
    "quebec_covid_faq": "Quebec COVID FAQ",
}
PUBLISHED = {
    "hint3_sofmattress": "Dialogflow .719/.645, LUIS .593/.753, Rasa .481/.855, Haptik .654/.669, BERT .636/.765",
    "hint3_curekart": "Dialogflow .573/.865, LUIS .509/.879, Rasa .739/.558, Haptik .604/.868, BERT .803/.523",
    "hint3_powerplay11": "Dialogflow .476/.677, LUIS .415/.729, Rasa .316/.873, Haptik .615/.617, BERT .436/.754",
    "clinc150": "SVM .882/.180, FastText .886/.283, Dialogflow .908/.267, Rasa .909/.312, MLP .934/.491, BERT .962/.523",
}
"""In-scope accuracy / out-of-scope recall at each system's own threshold."""


@dataclass(frozen=True)
class Set:
    """One set: the train part without out-of-scope messages, and the test part with them."""

    name: str
    texts: tuple[str, ...]
    labels: tuple[str, ...]
    test_texts: tuple[str, ...]
    test_labels: tuple[str, ...]

    @property
    def everything(self) -> tuple[str, ...]:
        """All texts, train first."""
        return self.texts + self.test_texts


def read(name: str) -> Set:
    """Read one set. Raises OSError where the shared folder is absent."""
    path = SHARED / "datasets" / f"faq_intent_{name}.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    train = [row for row in rows if row["split"] == "train" and row["label"] != OUT]
    test = [row for row in rows if row["split"] == "test"]
    return Set(
        name,
        tuple(row["text"] for row in train),
        tuple(row["label"] for row in train),
        tuple(row["text"] for row in test),
        tuple(row["label"] for row in test),
    )
