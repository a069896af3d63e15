"""The sounds of Chinese text: one private character a toneless syllable, and typed pinyin back to characters.

Readings come from pypinyin (MIT) at build time; the table travels in the fitted file, because loading
the library costs a third of a second at every start.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

_PRIVATE = 0xE000
_MERGE = (("zh", "z"), ("ch", "c"), ("sh", "s"))
_WORD = re.compile(r"[a-z]+")
_ENGLISH = frozenset(
    _WORD.findall(
        "a an the i my me we he him she they is are am was be to of in on at for and or not no do can how "
        "what where when who why it this that you your our have has with from go get need help please hi hello ok"
        " so if but one men women man"
    )
)


def merged(syllable: str) -> str:
    """Fold what southern and northern speakers do not tell apart (zh/z, ch/c, sh/s, ing/in, eng/en)."""
    for long, short in _MERGE:
        if syllable.startswith(long):
            syllable = short + syllable[2:]
    return syllable.replace("ing", "in").replace("eng", "en").replace("ü", "v")


def read_table(characters: Iterable[str]) -> dict[str, str]:
    """Each character's most usual toneless reading, by pypinyin."""
    from pypinyin import lazy_pinyin

    table = {}
    for char in characters:
        reading = lazy_pinyin(char)[0]
        if reading != char and reading.isascii() and reading.isalpha():
            table[char] = reading
    return table


def common_characters() -> list[str]:
    """The 6,763 characters of GB 2312."""
    found = []
    for high in range(0xB0, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                found.append(bytes((high, low)).decode("gb2312"))
            except UnicodeDecodeError:
                continue
    return found


@dataclass(frozen=True)
class SoundTable:
    """Characters to syllables and to private characters, with a small bigram model to read pinyin."""

    readings: Mapping[str, str]
    unigrams: Mapping[str, int]
    bigrams: Mapping[str, int]

    @cached_property
    def _codes(self) -> dict[int, str]:
        syllables = sorted({merged(reading) for reading in self.readings.values()})
        code = {syllable: chr(_PRIVATE + i) for i, syllable in enumerate(syllables)}
        return {ord(char): code[merged(reading)] for char, reading in self.readings.items()}

    @cached_property
    def syllables(self) -> frozenset[str]:
        """All toneless syllables."""
        return frozenset(self.readings.values())

    @cached_property
    def _by_syllable(self) -> dict[str, list[str]]:
        groups: dict[str, list[str]] = {}
        for char, reading in self.readings.items():
            if self.unigrams.get(char):
                groups.setdefault(reading, []).append(char)
        for reading, extra in {"lv": "绿", "nar": "哪", "zher": "这", "nver": "女"}.items():
            groups.setdefault(reading, list(extra))
        for char, readings in _OTHER_READINGS.items():
            for reading in readings.split():
                if self.unigrams.get(char):
                    groups.setdefault(reading, []).append(char)
        return {k: sorted(v, key=lambda c: -self.unigrams[c])[:24] if all(c in self.unigrams for c in v) else v for k, v in groups.items()}

    def encode(self, text: str) -> str:
        """The text with every Chinese character replaced by its sound; lengths stay the same."""
        return text.translate(self._codes)

    def segment(self, word: str) -> list[str] | None:
        """Split a run of letters into syllables, fewest first; None where it is no pinyin."""
        best: list[tuple[int, int] | None] = [(0, 0)] + [None] * len(word)  # how many syllables, where the last one begins
        for end in range(1, len(word) + 1):
            for start in range(max(0, end - 6), end):
                head, piece = best[start], word[start:end]
                if head is None or not (piece in self.syllables or piece in self._by_syllable):
                    continue
                current = best[end]
                if current is None or head[0] + 1 < current[0]:
                    best[end] = (head[0] + 1, start)
        parts: list[str] = []
        end = len(word)
        while (found := best[end]) and end:
            parts.append(word[found[1] : end])
            end = found[1]
        return parts[::-1] if best[len(word)] else None

    def looks_like_pinyin(self, text: str) -> bool:
        """Whether a text without Chinese characters is Chinese typed in letters."""
        words = _WORD.findall(text.lower())
        if not words or sum(map(len, words)) < 5:
            return False
        split = [self.segment(word) for word in words]
        valid = sum(len(word) for word, parts in zip(words, split, strict=True) if parts)
        english = sum(1 for word in words if word in _ENGLISH)
        count = sum(len(parts) for parts in split if parts)
        return count >= 3 and valid >= 0.85 * sum(map(len, words)) and english <= 0.34 * len(words)

    def decode(self, text: str) -> str:
        """Typed pinyin as the likeliest characters (Viterbi over bigrams of our own sentences)."""
        out = []
        for part in re.split(r"([^a-z\s']+)", text.lower()):
            if not part.strip() or not re.search("[a-z]", part):
                out.append(part)
                continue
            syllables: list[str] = []
            for word in re.findall(r"[a-z]+", part):
                syllables += self.segment(word) or [word]
            out.append(self._viterbi(syllables))
        return "".join(out)

    def _viterbi(self, syllables: list[str]) -> str:
        total = sum(self.unigrams.values()) or 1
        scores: dict[str, float] = {"": 0.0}
        trail: list[dict[str, str]] = []  # for each syllable: the character before each choice
        for syllable in syllables:
            step: dict[str, float] = {}
            before: dict[str, str] = {}
            for char in self._by_syllable.get(syllable) or [syllable]:
                base = math.log((self.unigrams.get(char, 0) + 0.1) / total)
                step[char] = -math.inf
                for last, score in scores.items():
                    seen = self.bigrams.get(last[-1:] + char, 0)
                    prior = self.unigrams.get(last[-1:], 0)
                    link = score + math.log(0.2 * math.exp(base) + 0.8 * seen / (prior + 1) + 1e-12)
                    if link > step[char]:
                        step[char], before[char] = link, last
            scores = step
            trail.append(before)
        last = max(scores, key=lambda char: (scores[char], char))
        chosen: list[str] = []
        for before in reversed(trail):
            chosen.append(last)
            last = before[last]
        return "".join(reversed(chosen))


_OTHER_READINGS = {
    "了": "liao",
    "得": "dei",
    "长": "zhang chang",
    "重": "chong zhong",
    "还": "huan hai",
    "都": "du dou",
    "行": "hang xing",
    "血": "xie xue",
    "着": "zhao zhe",
    "觉": "jiao jue",
    "那": "nei",
    "哪": "nei",
    "谁": "shei",
    "没": "mei",
    "大": "dai da",
    "发": "fa",
    "药": "yao",
    "吐": "tu",
    "晕": "yun",
    "咋": "za",
    "女": "nv nu",
    "绿": "lv lu",
    "给": "gei",
    "吗": "ma",
    "什": "shen",
    "么": "me",
    "区": "qu",
    "院": "yuan",
    "儿": "er r",
    "我": "wo",
    "的": "de di",
    "地": "di de",
    "为": "wei",
    "说": "shuo",
}


def count_language(sentences: Iterable[str]) -> tuple[dict[str, int], dict[str, int]]:
    """Character and bigram counts of Chinese sentences, for :meth:`SoundTable.decode`."""
    unigrams: Counter[str] = Counter()
    bigrams: Counter[str] = Counter()
    for sentence in sentences:
        for run in re.findall(r"[\u4e00-\u9fff]+", sentence):
            unigrams.update(run)
            bigrams.update(a + b for a, b in pairwise(run))
    return dict(unigrams), dict(bigrams)
