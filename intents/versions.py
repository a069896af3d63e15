"""Hashes of the data: of all of it, and of what the matcher is fitted on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

_FITTED = ("topics/**/*", "triage/*", "lexicon/words.yaml", "lexicon/slots.yaml", "cities/*/city.yaml", "cities/*/places.csv")
"""The files that the matcher is fitted on: a reply or a hospital that changes does not cost a new fit."""
_READING = ("features", "fit", "lexicon", "normalise", "numerals", "patterns", "read", "search", "slots", "sounds", "spelling", "triage")
"""The modules whose change makes a fitted matcher stale."""
_DATA = frozenset({".yaml", ".csv", ".jsonl"})


def data_version(folder: Path) -> str:
    """A hash over every file that shapes understanding and replies."""
    return _hash(folder, (path for path in folder.rglob("*") if path.suffix in _DATA))


def matcher_version(folder: Path) -> str:
    """A hash over the files that shape the fitted matcher, and over the code that reads them."""
    here = Path(__file__).resolve().parent
    words = (path for pattern in _FITTED for path in folder.glob(pattern) if path.suffix in _DATA)
    return _hash(folder, words) + _hash(here, (here / f"{name}.py" for name in _READING))[:8]


def _hash(base: Path, paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(set(paths)):
        if path.is_file():
            digest.update(path.relative_to(base).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:20]
