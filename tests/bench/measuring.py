"""Fitting and measuring one matcher on one public set, kept by the hash of what made it; each function runs in a process of its own."""

from __future__ import annotations

import hashlib
import json
import tempfile
import warnings
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import matchers
import numpy as np
import vectors
from public_sets import OUT, Set, read

HERE = Path(__file__).resolve().parent
SEED, FOLDS, TUNED_ON, SAMPLE, WARM = 7, 3, 3_000, 300, 20
Job = tuple[str, str, Any]


@cache
def the_set(name: str) -> Set:
    """A set, read once a process."""
    return read(name)


def _key(name: str, system: str) -> str:
    """A hash over the texts and over the code that shapes a fitted matcher."""
    files = [HERE / "matchers.py", HERE / "measuring.py"]
    if system == "hotline":
        parts = ("embed", "features", "fit", "matcher", "normalise", "sounds", "spelling")
        files += [HERE.parents[1] / "intents" / f"{part}.py" for part in parts]
    packages = ("scikit-learn", "rapidfuzz", *vectors.PACKAGES.values())
    digest = hashlib.sha256(repr((the_set(name), [version(package) for package in packages])).encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:20]


def path_of(name: str, system: str, kind: str) -> Path:
    """Where a fitted matcher, or its figures, are kept."""
    return vectors.folder() / f"{system}-{name}-{_key(name, system)}.{kind}"


def _encode(name: str, system: str) -> vectors.Encode:
    """The set's kept vectors; what is not among them is embedded now."""
    model = matchers.MODEL_OF.get(system)
    if model is None:
        return lambda texts: np.zeros((len(texts), 1), dtype=np.float32)
    one = the_set(name)
    texts = matchers.texts_to_embed(system, one.everything, one.texts)
    known = dict(zip(texts, vectors.vectors(model, texts, lambda _: None), strict=True))

    def encode(wanted: Sequence[str]) -> vectors.Vectors:
        new = [text for text in dict.fromkeys(wanted) if text not in known]
        if new:
            known.update(zip(new, vectors.encoder(model, vectors.folder())(new), strict=True))
        return np.stack([known[text] for text in wanted])

    return encode


def tune(job: Job) -> tuple[Job, float]:
    """The accuracy of one setting in cross-validation on the train part."""
    warnings.simplefilter("ignore")
    name, system, setting = job
    one, encode = the_set(name), _encode(name, system)
    order = np.random.default_rng(SEED).permutation(len(one.texts))[:TUNED_ON]
    right = 0
    for fold in range(FOLDS):
        held, rest = order[fold::FOLDS], [i for part in range(FOLDS) if part != fold for i in order[part::FOLDS]]
        with tempfile.TemporaryDirectory() as made:
            path = Path(made) / "fitted"
            matchers.fit(system, [one.texts[i] for i in rest], [one.labels[i] for i in rest], setting, encode, path)
            classify = matchers.load(system, path, encode)
        right += sum(classify(one.texts[i])[0] == one.labels[i] for i in held)
    return job, right / len(order)


def measure(job: Job) -> Job:
    """Fit one matcher on the train part and measure it on the test part; the figures go to a file beside it."""
    warnings.simplefilter("ignore")
    name, system, setting = job
    one, encode, path = the_set(name), _encode(name, system), path_of(name, system, "fitted")
    matchers.fit(system, one.texts, one.labels, setting, encode, path)
    figures: dict[str, Any] = {system: _figures(one, matchers.load(system, path, encode)), "setting": setting}
    if system == "hotline":
        figures["ngrams"] = _figures(one, matchers.load(system, path, None))
    path_of(name, system, "json").write_text(json.dumps(figures), encoding="utf-8")
    return job


def _figures(one: Set, classify: matchers.Classify) -> dict[str, Any]:
    from sklearn.metrics import f1_score, roc_auc_score

    answers = [classify(text) for text in one.test_texts]
    inside = np.array([label != OUT for label in one.test_labels])
    truth = np.array(one.test_labels)[inside]
    found = np.array([label for label, _ in answers])[inside]
    scores = [score for _, score in answers]
    return {
        "accuracy": float((truth == found).mean()),
        "f1": float(f1_score(truth, found, average="macro", labels=sorted(set(truth)), zero_division=0)),
        "auroc": None if inside.all() else float(roc_auc_score(inside, scores)),
        "sample": [answers[i][0] for i in sample(one)],
    }


def sample(one: Set) -> list[int]:
    """The test messages that speed is measured on, after some to warm up."""
    return [int(i) for i in np.random.default_rng(SEED).permutation(len(one.test_texts))[: SAMPLE + WARM]]
