"""The examples of ``data/topics`` by their wording: what is nearly one of them has its topic."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from rapidfuzz import fuzz, process

NEARLY = 90
"""Least likeness (0 to 100, rapidfuzz ratio) to an example for the message to count as that example."""


class Phrases:
    """Finds the example nearest to a message."""

    def __init__(self, lines: Iterable[str]) -> None:
        """``lines``: an example and its topic, a tab between them."""
        pairs = sorted((line.rsplit("\t", 1) for line in lines), key=lambda pair: (len(pair[0]), pair))
        self._phrases = [phrase for phrase, _ in pairs]
        self._topics = [topic for _, topic in pairs]
        self._lengths = [len(phrase) for phrase in self._phrases]

    def nearest(self, text: str) -> str:
        """The topic of the nearest example; empty where none is near enough."""
        # The ratio is at most 2 * shorter / (both lengths): others can't be near enough.
        bound = NEARLY / (200 - NEARLY)
        first = bisect_left(self._lengths, len(text) * bound)
        last = bisect_right(self._lengths, len(text) / bound)
        found = process.extractOne(text, self._phrases[first:last], scorer=fuzz.ratio, score_cutoff=NEARLY)
        return self._topics[first + found[2]] if found else ""
