"""How text is cut into terms to be found by: one way for what is kept and for what is asked, the same for both engines. Pure.

Chinese is cut into pairs of neighbouring characters (透析 is a pair, so it is found inside any sentence, and nothing has to know
where a word begins), and the last character of each run stands once more by itself. So a single character is found by its beginning:
every place where it stands is a pair that begins with it, or that last one; terms for each character would double the index for what is
seldom asked. Other scripts are cut into words, letters without case and accents, figures as they are. Traditional characters are
read as simplified ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from bot.safe import storable

LONGEST_TERM = 40
LONGEST_QUERY = 400
"""Characters of a query; the rest is not read."""
MOST_PHRASES, MOST_IN_PHRASE = 12, 60
MOST_TERMS = 5_000
"""Of one text; the rest is not found."""
_HAN = "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(rf"([{_HAN}]+)|((?:(?![{_HAN}])[^\W_])+)")
_QUOTE = re.compile('["\u201c\u201d\u300c\u300d\u300e\u300f]')
_NUMBER = re.compile(r"#?([1-9][0-9]{0,8})")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Terms that follow each other."""

    terms: tuple[str, ...]
    opens: bool = False
    """Whether the last one is only the beginning of a term."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for: all of the phrases, or the case of this number."""

    phrases: tuple[Phrase, ...] = ()
    number: int = 0
    """0: of none."""

    @property
    def empty(self) -> bool:
        """Whether it asks for nothing."""
        return not self.phrases and not self.number


def fold(text: str) -> str:
    """The text as its terms are cut from it: full width, case, accents and traditional characters folded."""
    # Its tables take a tenth of a second to load, and most commands need none.
    from intents.normalise import printable, simplify

    plain = printable(storable(text)).casefold()
    return plain if plain.isascii() else simplify(plain)


def terms(text: str) -> list[str]:
    """The terms of a text in their order, at most :data:`MOST_TERMS`."""
    # A term is cut from one character at least, and none from more than that.
    return list(_cut(fold(text[: MOST_TERMS * LONGEST_TERM])))[:MOST_TERMS]


def _cut(plain: str) -> Iterator[str]:
    for han, word in _RUN.findall(plain):
        if word:
            yield word[:LONGEST_TERM]
            continue
        yield from map("".join, pairwise(han))
        yield han[-1]


def read_query(text: str) -> Query:
    """What was typed: words that all must be there, ``"quoted"`` ones next to each other, ``#12`` or ``12`` for a case by its number.

    A run of characters is looked for as it stands. A star at the end of a word looks for its beginning. Never raises.
    """
    phrases: list[Phrase] = []
    number = 0
    for place, part in enumerate(_QUOTE.split(fold(text[:LONGEST_QUERY]))):
        for chunk in [part] if place % 2 else part.split():
            if (found := _NUMBER.fullmatch(chunk)) is not None and not number:
                number = int(found[1])
                if chunk.startswith("#"):
                    return Query((), number)
            if (phrase := _phrase(chunk)) is not None and phrase not in phrases:
                phrases.append(phrase)
    # A figure beside other words is one of them.
    alone = number and len(phrases) == 1
    return Query(tuple(phrases[:MOST_PHRASES]), number if alone else 0)


def _phrase(chunk: str) -> Phrase | None:
    runs = list(_RUN.finditer(chunk))
    if not runs:
        return None
    cut = list(_cut(chunk))
    last = runs[-1]
    opens = chunk.rstrip().endswith("*")
    if last[1]:
        if len(last[1]) > 1:
            cut.pop()  # it is the last of its run here, and need not be there
        else:
            opens = True
    return Phrase(tuple(cut[:MOST_IN_PHRASE]), opens and len(cut) <= MOST_IN_PHRASE)
