"""What ids are called in the languages of the staff: topics, cities and districts, telephone numbers, hospitals."""

from __future__ import annotations

from bot.brief_words import words
from intents.knowledge import Knowledge
from intents.numbers import listed


class Names:
    """The names that the data gives. Thread-safe; an id that nothing is known of is shown as it is."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._topics, self._cities, self._numbers = knowledge.topics, knowledge.cities, listed(knowledge)
        self._hospitals = {held.name: held.name_en for city in knowledge.cities.values() for held in city.facilities}

    @property
    def hospitals(self) -> frozenset[str]:
        """The names of the directory, as cases carry them."""
        return frozenset(self._hospitals)

    def topic(self, id: str, lang: str) -> str:
        """A topic."""
        found = self._topics.get(id)
        return _of(found.name.zh, found.name.en, lang) if found else id or words(lang)["other.topic"]

    def place(self, city: str, district: str, lang: str) -> str:
        """A district with its city, or the city where the district was not told."""
        known = self._cities.get(city)
        whole = _of(known.name.zh, known.name.en, lang) if known else city
        if not district:
            left = words(lang)["other.district"]
            return left if not whole else f"{whole}（{left}）" if lang == "zh" else f"{whole} ({left})"
        held = known.districts.get(district) if known else None
        part = _of(held.name.zh, held.name.en, lang) if held else district
        return f"{whole}{part}" if lang == "zh" else f"{part}, {whole}"

    def hospital(self, name: str, lang: str) -> str:
        """A hospital of the directory; the empty name stands for all others."""
        if not name:
            return words(lang)["other.hospital"]
        return _of(name, self._hospitals.get(name) or "", lang)

    def number(self, number: str, lang: str) -> str:
        """A telephone number with whose it is."""
        held = self._numbers.get(number)
        return f"{held.name(lang)} {number}" if held else number


def _of(zh: str, en: str, lang: str) -> str:
    return en if lang != "zh" and en else zh
