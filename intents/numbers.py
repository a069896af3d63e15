"""The telephone numbers of the directory: whose they are; and a number in a message."""

from __future__ import annotations

import re
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


def listed(knowledge: Knowledge) -> dict[str, Listed]:
    """Every number that may be shown; a hospital's goes by the hospital's name."""
    cities = knowledge.cities.values()
    lines = [*knowledge.hotlines, *(line for city in cities for line in city.hotlines)]
    found: dict[str, Listed] = {}
    for line in lines:
        # National lines go first: several cities name the same number as theirs.
        if line.shown:
            found.setdefault(line.number, Listed(line.number, line.name.zh, line.name.en))
    for held in (held for city in cities for held in city.facilities if held.phone_confidence == "published"):
        called = tuple(sorted(filter(None, (held.name, held.name_en, *held.aliases)), key=len, reverse=True))
        found |= {number: Listed(number, held.name, held.name_en, called) for number in held.phone}
    return found


def written(text: str) -> tuple[str, str] | None:
    """The digits of the first number in a text, however it is spaced, and what is left of the text; None where there is none."""
    found = _NUMBER.search(text)
    return (re.sub(r"\D", "", found.group()), f"{text[: found.start()]} {text[found.end() :]}".strip(" ：:")) if found else None
