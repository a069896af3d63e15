"""English words as they were meant: known words kept, unknown ones matched to the nearest known one."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz import fuzz, process

_WORD = re.compile(r"[a-z]{5,}")
LIKE = 84
"""Least similarity (0 to 100, rapidfuzz ratio) of a word to be taken for another."""


class Speller:
    """Corrects slips of typing: dialisys, swolen, unconcious. Words of fewer than five letters are left alone."""

    def __init__(self, words: frozenset[str]) -> None:
        self._words = words
        self._by_initial: dict[str, list[str]] = {}
        for word in sorted(words):
            self._by_initial.setdefault(word[0], []).append(word)
        self._nearest = lru_cache(maxsize=4096)(self._search)

    def __call__(self, text: str) -> str:
        """The text with its misspelt words replaced."""
        return _WORD.sub(lambda match: self._nearest(match.group()), text) if self._words else text

    def _search(self, word: str) -> str:
        if word in self._words or (word.endswith("s") and word[:-1] in self._words):
            return word
        if any(word.removesuffix(end) in self._words for end in ("ed", "ing", "ly", "er", "es", "d")):
            return word
        near = [other for other in self._by_initial.get(word[0], ()) if abs(len(other) - len(word)) <= 2]
        found = process.extractOne(word, near, scorer=fuzz.ratio, score_cutoff=LIKE)
        return found[0] if found else word
