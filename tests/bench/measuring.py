"""Fitting and measuring one matcher on one public set, kept by the hash of what made it; each function runs in a process of its own."""

from __future__ import annotations

import hashlib
import json
import os
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
PARTS = ("texts", "tuned", "fitted", "figures")
Job = tuple[str, str, int]
"""A set, a matcher and the number of its setting."""


@cache
def the_set(name: str) -> Set:
    """A set, read once a process."""
    return read(name)


def _code(system: str, part: str) -> str:
    """A hash over the code that shapes what is kept; taken once a run, so that an edit meanwhile does no harm."""
    name = f"BENCH_CODE_{system}_{part}"
    if name not in os.environ:
        files = [HERE / "matchers.py", HERE / "measuring.py"]
        if system == "hotline":
            read_by = ("embed", "features", "fit", "normalise", "sounds", "spelling")
            files += [HERE.parents[1] / "intents" / f"{module}.py" for module in read_by]
            files += [HERE.parents[1] / "intents" / "matcher.py"] if part == "figures" else []
        os.environ[name] = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    return os.environ[name]


@cache
def path_of(name: str, system: str, part: str, number: int = 0) -> Path:
    """Where a part of the work on one matcher and one set is kept: ``tuned`` (a setting each), ``fitted``, ``figures``, ``texts``."""
    packages = [version(package) for package in ("scikit-learn", "rapidfuzz", *vectors.PACKAGES.values())]
    known = repr((the_set(name), packages, _code(system, part)))
    return vectors.folder() / f"{system}-{name}-{hashlib.sha256(known.encode()).hexdigest()[:20]}-{number}.{part}"


def freeze() -> None:
    """Take all hashes of the code now, for this process and those it starts."""
    for system in matchers.SETTINGS:
        for part in PARTS:
            _code(system, part)


def embedded_texts(name: str, system: str) -> list[str]:
    """What of a set is given to a matcher's encoder, train part first."""
    path, one = path_of(name, system, "texts"), the_set(name)
    if not path.exists():
        _write(path, matchers.texts_to_embed(system, one.everything, one.texts))
    texts: list[str] = json.loads(path.read_text(encoding="utf-8"))
    return texts


def _write(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.partial")
    partial.write_text(json.dumps(value), encoding="utf-8")
    partial.replace(path)


def _encode(name: str, system: str) -> vectors.Encode:
    """The set's kept vectors; what is not among them is embedded now."""
    model = matchers.MODEL_OF.get(system)
    if model is None:
        return lambda texts: np.zeros((len(texts), 1), dtype=np.float32)
    texts = embedded_texts(name, system)
    known = dict(zip(texts, vectors.vectors(model, texts, lambda _: None), strict=True))

    def encode(wanted: Sequence[str]) -> vectors.Vectors:
        new = [text for text in dict.fromkeys(wanted) if text not in known]
        if new:
            known.update(zip(new, vectors.encoder(model, vectors.folder())(new), strict=True))
        return np.stack([known[text] for text in wanted])

    return encode


def tune(job: Job) -> Job:
    """The accuracy of one setting in cross-validation on the train part."""
    warnings.simplefilter("ignore")
    name, system, number = job
    one, encode, setting = the_set(name), _encode(name, system), matchers.SETTINGS[system][number]
    order = np.random.default_rng(SEED).permutation(len(one.texts))[:TUNED_ON]
    right = 0
    for fold in range(FOLDS):
        held, rest = order[fold::FOLDS], [i for part in range(FOLDS) if part != fold for i in order[part::FOLDS]]
        with tempfile.TemporaryDirectory() as made:
            path = Path(made) / "fitted"
            matchers.fit(system, [one.texts[i] for i in rest], [one.labels[i] for i in rest], setting, encode, path)
            classify = matchers.load(system, path, encode)
        right += sum(classify(one.texts[i])[0] == one.labels[i] for i in held)
    _write(path_of(name, system, "tuned", number), right / len(order))
    return job


def chosen(name: str, system: str) -> int:
    """The number of the setting that did best; the first of equals."""
    numbers = range(len(matchers.SETTINGS[system]))
    return max(numbers, key=lambda number: json.loads(path_of(name, system, "tuned", number).read_text(encoding="utf-8")))


def measure(job: Job) -> Job:
    """Fit one matcher on the train part and measure it on the test part."""
    warnings.simplefilter("ignore")
    name, system, number = job
    one, encode, path = the_set(name), _encode(name, system), path_of(name, system, "fitted")
    setting = matchers.SETTINGS[system][number]
    if not path.exists():
        partial = path.with_suffix(".partial")
        matchers.fit(system, one.texts, one.labels, setting, encode, partial)
        partial.replace(path)
    figures: dict[str, Any] = {system: _figures(one, matchers.load(system, path, encode)), "setting": setting}
    if system == "hotline":
        figures["ngrams"] = _figures(one, matchers.load(system, path, None))
    _write(path_of(name, system, "figures"), figures)
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
