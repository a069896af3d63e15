"""Searching one message for patterns: spans in the characters and in the sounds, within a window of text."""

from __future__ import annotations

import re
from collections.abc import Iterable

from intents.patterns import Atom, Pattern, Span

WINDOW = 26
"""Characters that the parts of a conjunction may be apart in Chinese text."""
WINDOW_EN = 90
"""The same for English."""
_HANZI = re.compile(r"[\u4e00-\u9fff]")


class Search:
    """Finds patterns in one text; atoms shared by patterns are searched once."""

    def __init__(self, plain: str, sounds: str, *, typed_pinyin: bool = False) -> None:
        self.plain = plain
        self.sounds = sounds
        self.typed_pinyin = typed_pinyin
        self.has_hanzi = _HANZI.search(plain) is not None
        self.has_latin = re.search(r"[a-z]", plain) is not None
        self._found: dict[int, tuple[Span, ...]] = {}
        self._keep: list[Atom] = []

    def atom(self, atom: Atom) -> tuple[Span, ...]:
        """All places where the atom matches, in order."""
        known = self._found.get(id(atom))
        if known is not None:
            return known
        spans: list[Span] = []
        plain, sounds = self.plain, self.sounds
        for alternative in atom.alternatives:
            if alternative.chinese:
                if not self.has_hanzi:
                    continue
                if alternative.literal in plain:
                    spans += alternative.spans(plain)
                if alternative.sound_body and alternative.sound_literal in sounds:
                    spans += alternative.sound_spans(sounds)
            elif alternative.literal in plain:
                spans += alternative.spans(plain)
        found = tuple(sorted({span for span in spans if span[0] < span[1]}))
        self._found[id(atom)] = found
        self._keep.append(atom)
        return found

    def pattern(self, pattern: Pattern) -> list[tuple[Span, ...]]:
        """Where the whole pattern holds: the spans of its parts, in order. Empty when it does not hold."""
        groups: list[tuple[Span, ...]] = []
        anywhere: list[tuple[Span, ...]] = []
        excluded: list[tuple[Span, ...]] = []
        for atom in pattern.atoms:
            spans = self.atom(atom)
            if atom.negative:
                if spans:
                    excluded.append(spans)
            elif not spans:
                return []
            elif atom.anywhere:
                anywhere.append(spans)
            else:
                groups.append(spans)
        if not groups:
            groups = [anywhere[0]]
        window = WINDOW if self.has_hanzi else WINDOW_EN
        found = []
        for first in groups[0]:
            parts = self._extend(first, groups[1:], window)
            if parts is None:
                continue
            low, high = parts[0][0] - window // 2, max(end for _, end in parts) + window // 2
            if any(low <= span[0] and span[1] <= high for spans in excluded for span in spans):
                continue
            found.append(parts)
        return found

    def _extend(self, span: Span, groups: list[tuple[Span, ...]], window: int) -> tuple[Span, ...] | None:
        low, high = span
        parts = [span]
        for spans in groups:
            best: tuple[int, Span] | None = None
            for other in spans:
                length = max(high, other[1]) - min(low, other[0])
                if length <= window + (high - low) and (best is None or length < best[0]):
                    best = (length, other)
            if best is None:
                return None
            parts.append(best[1])
            low, high = min(low, best[1][0]), max(high, best[1][1])
        return tuple(sorted(parts))

    def any(self, atoms: Iterable[Atom]) -> bool:
        """Whether one of the atoms matches."""
        return any(self.atom(atom) for atom in atoms)
