"""Hashes of the data: of all of it, and of what the matcher is fitted on."""

from __future__ import annotations

import hashlib
from pathlib import Path

_FITTED = ("topics/**/*", "triage/*", "lexicon/words.yaml", "lexicon/slots.yaml", "cities/*/city.yaml", "cities/*/places.csv")
"""The files that the matcher is fitted on: a reply or a hospital that changes does not cost a new fit."""


def data_version(folder: Path) -> str:
    """A hash over every file that shapes understanding and replies."""
    return _hash(folder, ("**/*",))


def matcher_version(folder: Path) -> str:
    """A hash over the files that shape the fitted matcher."""
    return _hash(folder, _FITTED)


def _hash(folder: Path, patterns: tuple[str, ...]) -> str:
    digest = hashlib.sha256()
    for path in sorted({path for pattern in patterns for path in folder.glob(pattern)}):
        if path.is_file() and path.suffix in {".yaml", ".csv", ".jsonl"}:
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:20]
