"""Patterns over a resident's words: alternatives, conjunctions, exclusions, in two spaces.

A pattern is one line of data, for people who know the field and not the code:

``胸口|心口 & 疼|痛``      both, within one window of text, in any order
``嘴 .. 歪``               in this order, at most eight characters apart, no sentence end between
``发烧 & !退烧药``         the second must not be in the window
``@pregnant & 流血``       ``@name`` is a concept: a named list of alternatives, met anywhere in the message
``/\\b3[89]\\.?\\d?度/``     between slashes: a regular expression as it is

Every Chinese alternative is searched twice: in the characters, and in their sounds (one private
character a toneless syllable), so that homophone slips and words typed in pinyin are found too.
A Chinese numeral matches the figure as well: the reading turns 一瓶 into 1瓶 before the search.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from intents.numerals import figures

HEARD = 4
"""Fewer characters than this are not searched by their sounds: too many other words sound alike."""
_GAP = r"[^。！？!?\n]{0,8}?"
_GAP_EN = r"[^.!?\n]{0,40}?"
_HANZI = re.compile(r"[\u4e00-\u9fff]")
_LETTERS = re.compile(r"[a-z]")
_CLASS = re.compile(r"\[(?:\\.|[^\]\\])*\]")
_META = re.compile(r"[\\\[\](){}?*+.^$|]")

Span = tuple[int, int]
Sounds = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way of saying it: a literal that must occur (for speed) and the expression, compiled when first needed."""

    literal: str
    body: str
    sound_literal: str
    sound_body: str
    chinese: bool

    def spans(self, plain: str) -> list[Span]:
        """Where it stands in the characters."""
        return [match.span() for match in compiled(self.body).finditer(plain)]

    def sound_spans(self, sounds: str) -> list[Span]:
        """Where it stands in the sounds, in enough of them."""
        spans = (match.span() for match in compiled(self.sound_body).finditer(sounds))
        return [span for span in spans if span[1] - span[0] >= HEARD]


@dataclass(frozen=True, slots=True)
class Atom:
    """Alternatives of which any may match."""

    alternatives: tuple[Alternative, ...]
    negative: bool = False
    anywhere: bool = False
    """Made of concepts only: context that counts wherever it stands in the message."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A conjunction of atoms, with its source line for error messages."""

    source: str
    atoms: tuple[Atom, ...]
    needed: tuple[int, ...] = ()
    """``id`` of each atom that must match: what a search knows atoms by."""


def _literal(body: str) -> str:
    """The longest run of plain characters outside classes, groups and optional parts."""
    if _META.search(body) is None:
        return body
    stripped = re.sub(r"\\.", "\0", body)
    stripped = re.sub(r"\[[^\]]*\](?:[?*+]|\{[^}]*\})?", "\0", stripped)
    while True:
        shorter = re.sub(r"\([^()]*\)(?:[?*+]|\{[^}]*\})?", "\0", stripped)
        if shorter == stripped:
            break
        stripped = shorter
    if "|" in stripped:
        return ""
    stripped = re.sub(r".(?:[?*]|\{[^}]*\})\??", "\0", stripped)
    runs = re.split(r"[\0\s\\\[\](){}?*+.^$|]+", stripped)
    return max(runs, key=len, default="")


def _english(body: str) -> str:
    """An English literal gets word boundaries (Chinese may stand next to it) and any white space between its words."""
    body = _CLASS.sub(lambda match: match[0].replace(" ", r"\s"), body.strip())
    body = re.sub(r" +(?=\?)", r"\\s", body)
    body = re.sub(r" +", r"\\s+", body)
    if not _LETTERS.search(re.sub(r"\\.", "", body)):
        return body
    return f"(?<![a-z0-9])(?:{body})(?![a-z0-9])"


@cache
def compiled(body: str) -> re.Pattern[str]:
    """A compiled expression, kept. Raises re.error where it is broken."""
    return re.compile(body)


def _alternative(text: str, sounds: Sounds, *, heard: bool) -> Alternative:
    chinese = _HANZI.search(text) is not None
    if chinese:
        text = figures(text)
    if " .. " in text:
        left, right = text.split(" .. ", 1)
        gap = _GAP if chinese else _GAP_EN
        literal = max(_literal(left), _literal(right), key=len)
        if not chinese:
            left, right = _english(left), _english(right)
        body = f"(?:{left}){gap}(?:{right})"
    elif chinese or "\\b" in text:
        body, literal = text, _literal(text)
    else:
        body = _english(text)
        literal = max(_literal(text.strip()).split(), key=len, default="")
    sound_body, sound_literal = "", ""
    if heard and chinese and len(_HANZI.findall(text)) >= HEARD:
        sound_body = sounds(body)
        sound_literal = sounds(literal)
    return Alternative(literal, body, sound_literal, sound_body, chinese)


def split_alternatives(text: str) -> list[str]:
    """Split at ``|`` outside parentheses and classes."""
    parts, depth, start = [], 0, 0
    escaped = False
    for i, char in enumerate(text):
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif char in "([":
            depth += 1
        elif char in ")]":
            depth -= 1
        elif char == "|" and depth == 0:
            parts.append(text[start:i])
            start = i + 1
    return [part for part in (*parts, text[start:]) if part.strip()]


def compile_atom(text: str, concepts: Mapping[str, Atom], sounds: Sounds) -> Atom:
    """Read one atom. Raises ValueError for an unknown concept or an empty part; expressions are tested by :func:`broken`."""
    text = text.strip()
    negative = text.startswith("!")
    if negative:
        text = text[1:].strip()
    alternatives: list[Alternative] = []
    concepts_only = True
    if len(text) > 2 and text.startswith("/") and text.endswith("/"):
        body = text[1:-1]
        alternatives.append(Alternative("", body, "", "", False))
        concepts_only = False
    else:
        for part in [text] if " .. " in text else split_alternatives(text):
            name = part.strip()
            if name.startswith("@"):
                if name[1:] not in concepts:
                    raise ValueError(f"unknown concept {name}")
                alternatives += concepts[name[1:]].alternatives
            else:
                concepts_only = False
                alternatives.append(_alternative(name, sounds, heard=not negative))
    if not alternatives:
        raise ValueError("an empty part")
    return Atom(tuple(alternatives), negative, concepts_only)


def compile_pattern(line: str, concepts: Mapping[str, Atom], sounds: Sounds, shared: dict[str, Atom] | None = None) -> Pattern:
    """Read one line of data; atoms already in ``shared`` are used again. Raises ValueError with what is wrong with it."""
    shared = {} if shared is None else shared
    atoms = []
    for part in line.split(" & "):
        if part not in shared:
            shared[part] = compile_atom(part, concepts, sounds)
        atoms.append(shared[part])
    if all(atom.negative for atom in atoms):
        raise ValueError("a pattern needs a part that is not excluded")
    needed = tuple(id(atom) for atom in atoms if not atom.negative)
    return Pattern(line, tuple(sorted(atoms, key=lambda atom: (atom.negative, atom.anywhere))), needed)


def broken(pattern: Pattern) -> str:
    """What is wrong with the expressions of a pattern; empty when all of them compile."""
    for atom in pattern.atoms:
        for alternative in atom.alternatives:
            try:
                compiled(alternative.body)
                compiled(alternative.sound_body)
            except re.error as error:
                return f"broken expression {alternative.body!r}: {error}"
    return ""
