"""The fitted matcher: from the features of a message to the probabilities of topics and of what to do.

One logistic regression a head over n-grams, signs and the sentence's embedding. Two stages share the work: the first
reads n-grams and signs only and is cheap; where it is not sure, the second adds the embedding. The file is derived from
``data/`` (see :mod:`intents.fit`), keyed by the knowledge's version, plain arrays, never pickled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from intents.embed import DIMENSIONS, Encoder
from intents.features import Vocabulary
from intents.sounds import SoundTable

Array = npt.NDArray[np.float32]
FORMAT = 4
"""Raised when the features or heads change, so that an old derived file is not read."""
SURE_TOPIC = 0.4
"""The first stage's own word is taken from this score of the best topic on, where the heads are as sure."""
SURE_HANDOFF = (0.25, 0.4)
"""Nothing between these: the bar of a handoff lies there."""
SURE_CALM, SURE_DANGER = 0.06, 0.8
"""The first stage may rule an emergency out, or in, only when it is this sure: beyond, the second stage hardly ever differs."""
SURE_NEED = 0.3
"""Nor does it send anybody away: above this chance of small talk or of something else the second stage is asked."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """Calibrated probabilities for one message."""

    main: Mapping[str, float]
    """By topic: that a careful operator would accept it as the main topic."""
    also: Mapping[str, float]
    """By topic: that the message carries this need."""
    heads: Mapping[str, float]
    """``handoff``, ``emergency``, ``incident``, ``decline``, ``smalltalk``, ``clarify``: what the message calls for."""
    embedded: bool
    """Whether the second stage was needed."""

    def ranked(self) -> list[tuple[str, float]]:
        """Topics by main score, best first."""
        return sorted(self.main.items(), key=lambda item: -item[1])


@dataclass(frozen=True)
class Stage:
    """Weights (features × heads), intercepts and slopes of calibration of one stage."""

    weights: Array
    bias: Array

    def logits(self, index: npt.NDArray[np.int64], values: Array, vector: Array | None) -> Array:
        """Scores of all heads for one message."""
        result: Array = values @ self.weights[index] + self.bias
        if vector is not None:
            result = result + vector @ self.weights[-DIMENSIONS:]
        return result


class Matcher:
    """Topic and action probabilities. Thread-safe once loaded."""

    def __init__(
        self, vocabulary: Vocabulary, heads: Sequence[str], first: Stage, second: Stage, scale: float, encoder: Encoder | None
    ) -> None:
        self.vocabulary = vocabulary
        self.heads = tuple(heads)
        self._first = first
        self._second = second
        self._scale = scale
        self.sure_topic = SURE_TOPIC
        self.encoder = encoder
        self._split = {
            kind: [(i, name.split(":", 1)[1]) for i, name in enumerate(heads) if name.startswith(kind + ":")]
            for kind in ("main", "also", "head")
        }

    def predict(self, plain: str, document: Sequence[str], signs: Mapping[str, float]) -> Prediction:
        """Read one message; the embedding is computed only where the first stage is not sure."""
        index, values = self.vocabulary.vector(document, signs)
        first = self._prediction(self._first.logits(index, values, None), embedded=False)
        if self.encoder is None or self._sure(first):
            return first
        vector: Array = self.encoder([plain])[0] * np.float32(self._scale)
        return self._prediction(self._second.logits(index, values, vector), embedded=True)

    def _prediction(self, logits: Array, *, embedded: bool) -> Prediction:
        probabilities = 1 / (1 + np.exp(-logits.astype(np.float64)))
        parts = {kind: {name: float(probabilities[i]) for i, name in pairs} for kind, pairs in self._split.items()}
        return Prediction(parts["main"], parts["also"], parts["head"], embedded)

    def _sure(self, prediction: Prediction) -> bool:
        heads, main = prediction.heads, prediction.main
        handoff, emergency = heads["handoff"], heads["emergency"]
        sent_away = max(main.get("out_of_scope", 0.0), main.get("smalltalk", 0.0), heads.get("decline", 0.0))
        if max(main.values()) < self.sure_topic or sent_away > SURE_NEED:
            return False
        if emergency >= SURE_DANGER:
            return True
        return emergency <= SURE_CALM and not SURE_HANDOFF[0] < handoff < SURE_HANDOFF[1]


@dataclass(frozen=True)
class Fitted:
    """What the derived file holds."""

    matcher: Matcher
    sounds: SoundTable
    phrases: tuple[str, ...]
    words: frozenset[str]


def _pack(lines: Sequence[str]) -> npt.NDArray[np.uint8]:
    return np.frombuffer("\n".join(lines).encode("utf-8"), dtype=np.uint8)


def _unpack(array: npt.NDArray[np.uint8]) -> list[str]:
    text = array.tobytes().decode("utf-8")
    return text.split("\n") if text else []


def save(path: Path, fitted: Fitted) -> None:
    """Write the derived file whole or not at all."""
    matcher, sounds = fitted.matcher, fitted.sounds
    arrays = {
        "format": np.array([FORMAT]),
        "names": _pack(matcher.vocabulary.names),
        "idf": matcher.vocabulary.idf,
        "heads": _pack(matcher.heads),
        "first": matcher._first.weights.astype(np.float16),
        "first_bias": matcher._first.bias,
        "second": matcher._second.weights.astype(np.float16),
        "second_bias": matcher._second.bias,
        "scale": np.array([matcher._scale], dtype=np.float32),
        "readings": _pack([f"{char}{reading}" for char, reading in sounds.readings.items()]),
        "unigrams": _pack([f"{key}{count}" for key, count in sounds.unigrams.items()]),
        "bigrams": _pack([f"{key}{count}" for key, count in sounds.bigrams.items()]),
        "phrases": _pack(fitted.phrases),
        "words": _pack(sorted(fitted.words)),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{np.random.default_rng().integers(1 << 32)}.partial")
    with partial.open("wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]
    partial.replace(path)


def load(path: Path, encoder: Encoder | None) -> Fitted:
    """Read the derived file. Raises OSError, ValueError or KeyError where it is missing, torn or of another format."""
    with path.open("rb") as opened:  # closed by us: a torn file is left open by the library
        try:
            with np.load(opened, allow_pickle=False) as file:
                return _read(file, encoder)
        except (EOFError, BadZipFile) as error:
            raise ValueError("a torn file") from error


def _read(file: Mapping[str, npt.NDArray[Any]], encoder: Encoder | None) -> Fitted:
    if int(file["format"][0]) != FORMAT:
        raise ValueError("another format")
    vocabulary = Vocabulary(_unpack(file["names"]), file["idf"])
    first = Stage(file["first"].astype(np.float32), file["first_bias"])
    second = Stage(file["second"].astype(np.float32), file["second_bias"])
    matcher = Matcher(vocabulary, _unpack(file["heads"]), first, second, float(file["scale"][0]), encoder)
    sounds = SoundTable(
        {line[0]: line[1:] for line in _unpack(file["readings"])},
        {line[0]: int(line[1:]) for line in _unpack(file["unigrams"])},
        {line[:2]: int(line[2:]) for line in _unpack(file["bigrams"])},
    )
    return Fitted(matcher, sounds, tuple(_unpack(file["phrases"])), frozenset(_unpack(file["words"])))
