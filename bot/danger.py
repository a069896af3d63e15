"""A bare list of words that mean danger, for messages that nobody and nothing has understood. Pure.

Where the understanding fails or is late, this decides between P0 and P1. It knows neither negation nor time: a call too
many is better than one too few. Words only, no expressions: it must never be slow itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from intents.knowledge import Flag

_GROUP = re.compile(r"\([^()]*\)")
_PLAIN = re.compile(r"[\u4e00-\u9fff]+|[a-z][a-z' -]{2,}")
_QUOTES = re.compile("['’]")
_OTHERS = re.compile(r"[^a-z]+")
LONGEST = 20_000
"""Characters that are looked at."""


class Danger:
    """The words of the red flags that alarm by themselves: those that do so alone, and those that do so together."""

    def __init__(self, flags: Iterable[Flag]) -> None:
        patterns = {conditions for flag in flags if flag.level == "call_120" for line in flag.patterns if (conditions := _words(line))}
        self._together = tuple(sorted(patterns, key=lambda conditions: (len(conditions), sorted(map(sorted, conditions)))))

    def __call__(self, text: str) -> bool:
        """Whether words occur that mean danger."""
        folded = unicodedata.normalize("NFKC", text[:LONGEST]).lower()
        latin = f" {_latin(folded)} "
        return any(all(_any(words, folded, latin) for words in conditions) for conditions in self._together)


def _any(words: frozenset[str], folded: str, latin: str) -> bool:
    return any(f" {word} " in latin if word.isascii() else word in folded for word in words)


def _latin(text: str) -> str:
    """The letters of a text, its words one space apart; don't is dont."""
    return _OTHERS.sub(" ", _QUOTES.sub("", text)).strip()


def _words(pattern: str) -> tuple[frozenset[str], ...]:
    """The plain words of each condition of a pattern; nothing where a condition has none. Exclusions are left out."""
    conditions = []
    for part in pattern.split(" & "):
        if part.startswith("!"):
            continue
        whole = _GROUP.sub("?", part)  # what stands between brackets is only part of a word
        words = frozenset(_latin(word) or word for one in whole.split("|") if _PLAIN.fullmatch(word := one.strip().lower()))
        if not words or part.startswith(("/", "@")):
            return ()
        conditions.append(words)
    if len(conditions) == 1:
        conditions = [frozenset(word for word in conditions[0] if len(word) > 1)]
    return tuple(conditions) if all(conditions) else ()
