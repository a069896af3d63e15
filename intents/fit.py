"""Fitting the matcher on the examples of ``data/topics/examples``: logistic regressions by scikit-learn.

Done at install or at the first start, with progress reported; takes about a minute on two cores. Nothing random but
the seeded order of the solver, so the same data give the same file.
"""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from intents.embed import Encoder
from intents.features import Vocabulary
from intents.knowledge import Example, Knowledge
from intents.lexicon import compile_knowledge
from intents.matcher import Fitted, Matcher, Stage
from intents.read import Reader, Reading
from intents.sounds import SoundTable, common_characters, count_language, read_table

Progress = Callable[[str, int, int], None]
Labels = Mapping[str, npt.NDArray[np.float64]]
STRENGTH = 4.0
"""Inverse regularisation, chosen by cross-validation on the examples (4 against 1, 8 and 15)."""
SCALE = 1.0
"""Length of the embedding beside the n-grams, which have length one."""
_BATCH = 64


def quiet(_what: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""


def handoff_label(example: Example) -> float:
    """How much a person must act: 1 must, 0 need not, between where operators may differ, NaN for an emergency."""
    actions = set(example.actions)
    if actions == {"emergency"}:
        return float("nan")
    if "handoff" in actions and actions <= {"handoff", "emergency"}:
        return 1.0
    if actions <= {"answer", "clarify", "smalltalk", "decline"}:
        return 0.0
    return 0.7 if example.actions[0] == "handoff" else 0.3


def _action_label(example: Example, action: str, partly: float) -> float:
    if example.actions[0] == action:
        return 1.0 if len(example.actions) == 1 or action != "emergency" else 0.7
    return partly if action in example.actions else 0.0


def label(examples: Sequence[Example], topics: Sequence[str]) -> dict[str, npt.NDArray[np.float64]]:
    """The target of every head for every example; NaN where an example says nothing about a head."""
    heads: dict[str, list[float]] = {}
    for topic in topics:
        heads[f"main:{topic}"] = [float(topic == e.topics[0] or topic in e.ok_topics) for e in examples]
        heads[f"also:{topic}"] = [1.0 if topic in e.topics else float("nan") if topic in e.ok_topics else 0.0 for e in examples]
    heads["head:handoff"] = [handoff_label(e) for e in examples]
    heads["head:emergency"] = [_action_label(e, "emergency", 0.4) for e in examples]
    heads["head:decline"] = [_action_label(e, "decline", 0.5) for e in examples]
    heads["head:smalltalk"] = [_action_label(e, "smalltalk", 0.5) for e in examples]
    heads["head:clarify"] = [float("clarify" in e.actions and "answer" not in e.actions) for e in examples]
    heads["head:incident"] = [float(e.slots["incident"]) if "incident" in e.slots else float("nan") for e in examples]
    return {name: np.array(values, dtype=np.float64) for name, values in heads.items()}


def matrix(vocabulary: Vocabulary, readings: Sequence[Reading], vectors: npt.NDArray[np.float32] | None) -> Any:
    """Sparse rows of features, with the scaled embeddings behind them where given."""
    from scipy import sparse

    rows, columns, values = [], [], []
    for row, reading in enumerate(readings):
        index, weights = vocabulary.vector(reading.document, reading.signs)
        rows.append(np.full(len(index), row))
        columns.append(index)
        values.append(weights)
    shape = (len(readings), len(vocabulary))
    made = sparse.csr_matrix((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=shape)
    return made if vectors is None else sparse.hstack([made, sparse.csr_matrix(vectors * SCALE)]).tocsr()


def fit_head(rows: Any, targets: npt.NDArray[np.float64], strength: float = STRENGTH) -> tuple[npt.NDArray[np.float32], float]:
    """One logistic regression; a target between 0 and 1 counts as both answers in that proportion."""
    from sklearn.linear_model import LogisticRegression

    known = ~np.isnan(targets)
    rows, targets = rows[known], targets[known]
    order = np.arange(len(targets))
    partly = (targets > 0) & (targets < 1)
    picked = np.concatenate([order, order[partly]])
    answers = np.concatenate([targets > 0, np.zeros(int(partly.sum()), dtype=bool)])
    weights = np.concatenate([np.where(partly, targets, 1.0), 1 - targets[partly]])
    if not answers.any() or answers.all():
        return np.zeros(rows.shape[1], dtype=np.float32), -6.0
    model = LogisticRegression(C=strength, solver="liblinear", dual=True, max_iter=200, tol=1e-2, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(rows[picked], answers, sample_weight=weights)
    return model.coef_[0].astype(np.float32), float(model.intercept_[0])


def fit_stage(rows: Any, labels: Labels, progress: Progress, title: str, strength: float = STRENGTH) -> Stage:
    """All heads of one stage."""
    weights, bias = [], []
    for number, targets in enumerate(labels.values()):
        progress(title, number, len(labels))
        coefficients, intercept = fit_head(rows, targets, strength)
        weights.append(coefficients)
        bias.append(intercept)
    progress(title, len(labels), len(labels))
    return Stage(np.stack(weights, axis=1), np.array(bias, dtype=np.float32))


def learn_sounds(examples: Sequence[Example]) -> SoundTable:
    """The table of sounds, with character and bigram counts of our own Chinese examples."""
    unigrams, bigrams = count_language(e.text for e in examples if e.lang == "zh" and "pinyin" not in e.tags)
    return SoundTable(read_table(common_characters()), unigrams, bigrams)


def shared_words(texts: Iterable[str]) -> set[str]:
    """English words of four letters or more that at least two texts share: spelt right, more likely than not."""
    counted = Counter(word for text in texts for word in set(re.findall(r"[a-z]{4,}", text.lower())))
    return {word for word, count in counted.items() if count >= 2}


def english_words(knowledge: Knowledge, examples: Sequence[Example]) -> frozenset[str]:
    """Words that are spelt right: those of patterns, names of places, and those that two examples share."""
    words = shared_words(e.text for e in examples if not {"typo", "sms", "pinyin"} & set(e.tags))
    for city in knowledge.cities.values():
        for place in city.places:
            words |= set(re.findall(r"[a-z]{4,}", " ".join((*place.aliases, place.pinyin.replace(" ", ""))).lower()))
    lines = [line for group in knowledge.groups for flag in group.flags for line in (*flag.patterns, *flag.raising)]
    lines += [line for concept in knowledge.lexicon.concepts.values() for line in concept]
    for line in lines:
        words |= set(re.findall(r"(?<![a-z\\@])[a-z]{4,}(?!\\w|[a-z?])", line))
    return frozenset(words)


def fit(knowledge: Knowledge, examples: Sequence[Example], encoder: Encoder, progress: Progress = quiet) -> Fitted:
    """Fit everything that is derived from the data."""
    sounds = learn_sounds(examples)
    words = english_words(knowledge, examples)
    reader = Reader(knowledge, compile_knowledge(knowledge, sounds, words))
    readings, vectors = [], []
    for start in range(0, len(examples), _BATCH):
        progress("read", start, len(examples))
        batch = [reader(example.text) for example in examples[start : start + _BATCH]]
        readings += batch
        vectors.append(encoder([reading.text.plain for reading in batch]))
    progress("read", len(examples), len(examples))
    vocabulary = Vocabulary.learn([*reading.document, *reading.signs] for reading in readings)
    labels = label(examples, sorted(knowledge.topics))
    first = fit_stage(matrix(vocabulary, readings, None), labels, progress, "first stage")
    second = fit_stage(matrix(vocabulary, readings, np.concatenate(vectors)), labels, progress, "second stage")
    matcher = Matcher(vocabulary, list(labels), first, second, SCALE, encoder)
    phrases = tuple(f"{r.text.plain}\t{e.topics[0]}" for r, e in zip(readings, examples, strict=True) if 4 <= len(r.text.plain) <= 60)
    return Fitted(matcher, sounds, tuple(phrase.replace("\n", " ") for phrase in phrases), words)
