"""Opening the engine: knowledge, compiled patterns and the fitted matcher, from the data and its derived file."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

from intents import fit as fitting
from intents import matcher
from intents.embed import Encoder
from intents.knowledge import Knowledge
from intents.lexicon import compile_knowledge
from intents.load import data_folder, load, read_examples
from intents.problems import BrokenData, Problem
from intents.read import Reader
from intents.understand import Understander
from intents.understanding import Context, Understanding
from intents.versions import matcher_version


def cache_folder() -> Path:
    """Where derived files are kept: HOTLINE_CACHE, or green-channel in the user's cache folder."""
    named = os.environ.get("HOTLINE_CACHE")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "green-channel"


@dataclass(frozen=True)
class Engine:
    """Understands messages. Immutable and thread-safe; a new knowledge is a new engine."""

    knowledge: Knowledge
    understander: Understander
    encoder: Encoder

    @classmethod
    def open(cls, data: Path | None = None, progress: fitting.Progress | None = None) -> Engine:
        """Read ``data`` (the shipped folder unless given) and its derived file, fitting it where it is missing.

        Raises :class:`BrokenData` with all problems of form, and for the first broken pattern.
        """
        folder = data or data_folder()
        knowledge = load(folder)
        encoder = Encoder(cache_folder())
        path = cache_folder() / f"matcher-{matcher_version(folder)}-{matcher.FORMAT}.npz"
        try:
            try:
                fitted = matcher.load(path, encoder)
            except (OSError, ValueError, KeyError, BadZipFile):
                fitted = fitting.fit(knowledge, read_examples(folder), encoder, progress or fitting.quiet)
                matcher.save(path, fitted)
            compiled = compile_knowledge(knowledge, fitted.sounds, fitted.words)
        except (ValueError, re.error) as error:
            raise BrokenData([Problem("data", 1, str(error), "run hotline check for the file and line")]) from error
        reader = Reader(knowledge, compiled)
        return cls(knowledge, Understander(knowledge, reader, fitted.matcher, fitted.phrases), encoder)

    def understand(self, text: str, context: Context) -> Understanding:
        """Understand one message."""
        return self.understander(text, context)
