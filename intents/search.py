"""Searching one message for patterns: spans in the characters and in the sounds, within a window of text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import ahocorasick

from intents.patterns import Alternative, Atom, Pattern, Span

WINDOW = 26
"""Characters that the parts of a conjunction may be apart in Chinese text."""
WINDOW_EN = 90
"""The same for English."""
_HANZI = re.compile(r"[\u4e00-\u9fff]")


class Literals:
    """Which alternatives' literals stand in a text: one pass over it (Aho-Corasick) for all of them."""

    def __init__(self, owners: Mapping[str, list[tuple[int, Alternative]]]) -> None:
        self._owners = owners
        self._automaton = ahocorasick.Automaton()
        for literal in owners:
            self._automaton.add_word(literal, literal)
        if owners:
            self._automaton.make_automaton()

    def add_to(self, found: dict[int, list[Alternative]], text: str) -> None:
        """Put the alternatives whose literals stand in the text under their atoms' ids."""
        if not self._owners or not text:
            return
        for literal in {literal for _, literal in self._automaton.iter(text)}:
            for atom, alternative in self._owners[literal]:
                found.setdefault(atom, []).append(alternative)


class Index:
    """All atoms of a compiled knowledge by the literals they need, so that a search tries only those that can match."""

    def __init__(self, patterns: Iterable[Pattern], atoms: Iterable[Atom] = ()) -> None:
        """``atoms``: those that are searched by themselves."""
        self._patterns = tuple(patterns)
        parts = (atom for pattern in self._patterns for atom in pattern.atoms)
        self._atoms = {id(atom): atom for atom in (*parts, *atoms)}
        self._unbound: dict[int, list[Alternative]] = {}
        self._unbound_sounds: dict[int, list[Alternative]] = {}
        plain: dict[str, list[tuple[int, Alternative]]] = {}
        sounds: dict[str, list[tuple[int, Alternative]]] = {}
        for key, atom in self._atoms.items():
            for alternative in atom.alternatives:
                if alternative.literal:
                    plain.setdefault(alternative.literal, []).append((key, alternative))
                else:
                    self._unbound.setdefault(key, []).append(alternative)
                if alternative.sound_literal:
                    sounds.setdefault(alternative.sound_literal, []).append((key, alternative))
                elif alternative.sound_body:
                    self._unbound_sounds.setdefault(key, []).append(alternative)
        self._plain, self._sounds = Literals(plain), Literals(sounds)
        self._always: set[int] = set()
        self._by_atom: dict[int, list[tuple[int, frozenset[int]]]] = {}
        for pattern in self._patterns:
            bound = [key for key in pattern.needed if key not in self._unbound and key not in self._unbound_sounds]
            if bound:
                rarest = min(bound, key=lambda key: len(self._atoms[key].alternatives))
                self._by_atom.setdefault(rarest, []).append((id(pattern), frozenset(bound)))
            else:
                self._always.add(id(pattern))

    def possible(self, keys: set[int]) -> set[int]:
        """``id`` of each pattern that can hold where these atoms have candidates."""
        found = set(self._always)
        for key in keys & self._by_atom.keys():
            found.update(pattern for pattern, bound in self._by_atom[key] if bound <= keys)
        return found

    def candidates(self, plain: str, sounds: str) -> tuple[dict[int, list[Alternative]], dict[int, list[Alternative]]]:
        """By atom's id, the alternatives to try on the characters and on the sounds."""
        in_plain = {key: list(alternatives) for key, alternatives in self._unbound.items()}
        in_sounds = {key: list(alternatives) for key, alternatives in self._unbound_sounds.items()}
        self._plain.add_to(in_plain, plain)
        self._sounds.add_to(in_sounds, sounds)
        return in_plain, in_sounds


class Search:
    """Finds patterns in one text; atoms shared by patterns are searched once."""

    def __init__(self, plain: str, sounds: str, index: Index) -> None:
        self.plain = plain
        self.sounds = sounds
        self.has_hanzi = _HANZI.search(plain) is not None
        self._in_plain, self._in_sounds = index.candidates(plain, sounds if self.has_hanzi else "")
        self.possible = index.possible({*self._in_plain, *self._in_sounds})
        """``id`` of each pattern that can hold; most can't."""
        self._found: dict[int, tuple[Span, ...]] = {}

    def atom(self, atom: Atom) -> tuple[Span, ...]:
        """All places where the atom matches, in order. The atom must be one of the index."""
        key = id(atom)
        known = self._found.get(key)
        if known is None:
            spans = {span for alternative in self._in_plain.get(key, ()) for span in alternative.spans(self.plain)}
            spans.update(span for alternative in self._in_sounds.get(key, ()) for span in alternative.sound_spans(self.sounds))
            known = self._found[key] = tuple(sorted(span for span in spans if span[0] < span[1]))
        return known

    def pattern(self, pattern: Pattern) -> list[tuple[Span, ...]]:
        """Where the whole pattern holds: the spans of its parts, in order. Empty when it does not hold."""
        if id(pattern) not in self.possible:
            return []
        for atom in pattern.atoms:
            if not atom.negative and not self.atom(atom):
                return []
        groups: list[tuple[Span, ...]] = []
        anywhere: list[tuple[Span, ...]] = []
        excluded: list[tuple[Span, ...]] = []
        for atom in pattern.atoms:
            spans = self.atom(atom)
            if atom.negative:
                if spans:
                    excluded.append(spans)
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
                if other in parts:
                    continue  # one word is not evidence twice: 血压 is no 血压 that is 高
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
