"""From what was typed to what is read: one folded form of the text, with the raw one kept.

Full-width and traditional characters, invisible and combining marks, dialect words, homophone slips,
Chinese numerals before units, and pinyin are brought to one form. Nothing is thrown away from ``raw``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import opencc

from intents.numerals import arabic
from intents.sounds import SoundTable
from intents.spelling import Speller

_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\ue000-\uf8ff\ud800-\udfff]"
)
_HANZI = re.compile(r"[\u4e00-\u9fff]")
_LATIN = re.compile(r"[a-z]+")
_TO_SIMPLE = opencc.OpenCC("t2s")
_SPACED = re.compile(r"(?<!\S)(?:[\u4e00-\u9fff]{1,2} ){3,}[\u4e00-\u9fff]{1,2}(?!\S)")


@dataclass(frozen=True)
class Text:
    """A message, read: ``raw`` as it came, ``plain`` folded, ``sounds`` aligned with ``plain``."""

    raw: str
    plain: str
    sounds: str
    lang: Literal["zh", "en"]
    traditional: bool = False
    typed_pinyin: bool = False

    @property
    def empty(self) -> bool:
        """Whether nothing that can be read is left."""
        return not re.search(r"\w", self.plain)


def printable(raw: str) -> str:
    """The text without control, invisible, private and lone surrogate characters; full width folded."""
    text = raw.translate({0x20E3: None})
    text = _INVISIBLE.sub(lambda match: " " if match.group() in "\r\x0b\x0c" else "", text)
    text = unicodedata.normalize("NFKC", text)
    decomposed = unicodedata.normalize("NFD", text)
    if any(map(unicodedata.combining, decomposed)):
        text = unicodedata.normalize("NFC", "".join(c for c in decomposed if not unicodedata.combining(c)))
    return text


def simplify(text: str) -> str:
    """Traditional characters as simplified ones (OpenCC t2s)."""
    return str(_TO_SIMPLE.convert(text))


class Normaliser:
    """Folds messages; built from the lexicon's replacements and terms and the table of sounds."""

    def __init__(
        self,
        sounds: SoundTable,
        replacements: Sequence[tuple[str, str]],
        terms: Sequence[str],
        protected: Sequence[str],
        speller: Speller,
    ) -> None:
        self.sounds = sounds
        self._speller = speller
        self._replacements = [(re.compile(old), new) for old, new in replacements]
        self._protected = frozenset(protected) | frozenset(terms)
        self._terms = sorted({simplify(term) for term in terms}, key=len, reverse=True)

    @cached_property
    def _heard(self) -> tuple[re.Pattern[str], dict[str, str]]:
        by_sound: dict[str, str] = {}
        for term in self._terms:
            by_sound.setdefault(self.sounds.encode(term), term)
        return re.compile("|".join(sorted(map(re.escape, by_sound), key=len, reverse=True)) or r"(?!)"), by_sound

    def __call__(self, raw: str) -> Text:
        """Read one message."""
        text = printable(raw).lower().strip()
        text = _SPACED.sub(lambda match: match.group().replace(" ", ""), text)
        simple = simplify(text) if _HANZI.search(text) else text
        traditional = len(simple) == len(text) and sum(a != b for a, b in zip(text, simple, strict=True)) >= 1
        text = simple
        typed = not _HANZI.search(text) and self.sounds.looks_like_pinyin(text)
        if typed:
            text = self.sounds.decode(text)
        hanzi = len(_HANZI.findall(text))
        words = len(_LATIN.findall(text))
        lang: Literal["zh", "en"] = "zh" if hanzi and hanzi * 2 >= words else "en"
        if hanzi:
            for old, new in self._replacements:
                text = old.sub(new, text)
            text = arabic(self._correct(text))
        if words:
            text = self._speller(text.replace("\u2019", "'"))
        return Text(raw, text, self.sounds.encode(text), lang, traditional, typed)

    def _correct(self, text: str) -> str:
        """Homophone slips of known terms: 和酸 is 核酸 where one character of two is right."""
        regex, by_sound = self._heard
        sounds = self.sounds.encode(text)

        def mend(start: int, end: int) -> str:
            seen, term = text[start:end], by_sound[sounds[start:end]]
            if seen == term or seen in self._protected:
                return seen
            same = sum(a == b for a, b in zip(seen, term, strict=True))
            return term if same * 2 >= len(term) or len(term) >= 4 else seen

        parts, last = [], 0
        for match in regex.finditer(sounds):
            start, end = match.span()
            parts += [text[last:start], mend(start, end)]
            last = end
        return "".join((*parts, text[last:]))
