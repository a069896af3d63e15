"""The telephone numbers of the directory: whose they are, and which one a message names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from intents.knowledge import Knowledge

_NUMBER = re.compile(r"\d(?:[\d -]{1,18})\d")


@dataclass(frozen=True, slots=True)
class Listed:
    """A number that may be shown, with the name behind it."""

    number: str
    zh: str
    en: str
    called: tuple[str, ...] = ()
    """What people call the hospital, longest first; empty for a line."""

    def name(self, lang: str) -> str:
        """The name in a language; the Chinese one where there is no other."""
        return self.en if lang == "en" and self.en else self.zh


@dataclass(frozen=True, slots=True)
class Named:
    """The number that a message names, its digits as written, and what is left of the message."""

    digits: str
    number: str
    rest: str


def listed(knowledge: Knowledge) -> dict[str, Listed]:
    """Every number that may be shown; a hospital's goes by the hospital's name."""
    cities = knowledge.cities.values()
    lines = [*knowledge.hotlines, *(line for city in cities for line in city.hotlines)]
    found = {line.number: Listed(line.number, line.name.zh, line.name.en) for line in lines if line.shown}
    for held in (held for city in cities for held in city.facilities if held.phone_confidence == "published"):
        called = tuple(sorted(filter(None, (held.name, held.name_en, *held.aliases)), key=len, reverse=True))
        found |= {number: Listed(number, held.name, held.name_en, called) for number in held.phone}
    return found


def written(text: str, numbers: Iterable[str]) -> Named | None:
    """The first number in a text, and which of these it is, however it is spaced; None where there is none."""
    found = _NUMBER.search(text)
    if found is None:
        return None
    digits = re.sub(r"\D", "", found.group())
    number = next((number for number in numbers if number.replace("-", "") == digits), "")
    return Named(digits, number, f"{text[: found.start()]} {text[found.end() :]}".strip(" ：:"))
