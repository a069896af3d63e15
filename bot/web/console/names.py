"""What ids are called: places, topics, facts and reasons, in the language of who reads."""

from __future__ import annotations

from collections.abc import Callable

from bot.model import LIST, Case
from bot.web.console.visit import Lang
from bot.web.ports import Texts
from intents.knowledge import Knowledge

Held = Callable[[], Knowledge]
_HIDDEN = frozenset({"left"})
_SKIPPED = "-"


class Names:
    """Looks names up in what is known now; ``texts`` are the replies, whose names of facts the staff read too."""

    def __init__(self, knowledge: Held, texts: Texts) -> None:
        self._knowledge, self._texts = knowledge, texts

    def place(self, city: str, district: str, lang: Lang) -> str:
        """A district with its city, as far as they are known; empty where neither is."""
        found = self._knowledge().cities.get(city)
        if found is None:
            return district or city
        inner = found.districts.get(district)
        name = found.name.in_(lang)
        if inner is None:
            return name
        return f"{name} · {inner.name.in_(lang)}"

    def district(self, district: str, lang: Lang) -> str:
        """A district by its id; the id where it is unknown."""
        for city in self._knowledge().cities.values():
            if district in city.districts:
                return city.districts[district].name.in_(lang)
        return district

    def topic(self, topic: str, lang: Lang) -> str:
        """A topic by its id; the id where it is unknown."""
        found = self._knowledge().topics.get(topic)
        return found.name.in_(lang) if found else topic

    def topics(self, case: Case, lang: Lang) -> list[str]:
        """The topics of a case."""
        return [self.topic(topic, lang) for topic in case.topics]

    def facts(self, case: Case, lang: Lang) -> list[tuple[str, str]]:
        """What was told of a request, by name."""
        return [(self._fact(name, lang), self._told(name, value, lang)) for name, value in case.facts if name not in _HIDDEN]

    def hospitals(self, case: Case) -> list[str]:
        """Which hospitals turned the patient away."""
        return [name for name in case.hospital.split(LIST) if name]

    def why(self, case: Case, lang: Lang) -> tuple[str, tuple[str, str]]:
        """Why a case has its priority: a key below ``reason.`` and what it names, a red flag or a topic, with its own name."""
        kind, _, what = case.reason.partition(":")
        flags = {flag.id: flag for group in self._knowledge().groups for flag in group.flags}
        if what in flags:
            return kind, (what, flags[what].name.in_(lang))
        return kind, (what, self.topic(what, lang) if what in self._knowledge().topics else "")

    def choices(self, lang: Lang) -> dict[str, list[tuple[str, str]]]:
        """What a filter offers: cities, districts and topics by id and name."""
        held = self._knowledge()
        return {
            "city": [(city.id, city.name.in_(lang)) for city in held.cities.values()],
            "district": [(key, self.place(city.id, key, lang)) for city in held.cities.values() for key in city.districts],
            "topic": [(topic.id, topic.name.in_(lang)) for topic in held.topics.values()],
        }

    def _fact(self, name: str, lang: Lang) -> str:
        try:
            return self._texts.say(f"form.name.{name.partition('.')[0]}", lang)
        except KeyError:
            return name

    def _told(self, name: str, value: str, lang: Lang) -> str:
        if value in ("", _SKIPPED):
            return "—"
        for key in (f"button.form.{value}", f"form.patient.{value}"):
            try:
                return self._texts.say(key, lang)
            except KeyError:
                continue
        if name == "district":
            return self.district(value, lang)
        return value
