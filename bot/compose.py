"""The order of a reply: what to do now, the place, the phone, the rule's source, the next step."""

from __future__ import annotations

from bot.model import Button, Reply
from bot.places import directory_lines
from bot.texts import Texts
from intents.directory import closed
from intents.knowledge import Flag
from intents.understanding import Understanding

MAX_ANSWERS = 2
MAX_SOURCES = 3
_LOCAL = ("care.", "transport.", "medicine.", "contact.", "quarantine.", "home.", "supplies.", "tcm.", "policy.")
_MEANWHILE_FLAGS = 2


class Composer:
    """Builds one reply from an understanding. Pure."""

    def __init__(self, replies: Texts) -> None:
        self._replies = replies

    def compose(self, got: Understanding, case: int | str | None) -> Reply:
        """The reply to one message."""
        build = {
            "emergency": self._emergency,
            "answer": self._answer,
            "handoff": self._handoff,
            "clarify": self._clarify,
            "smalltalk": self._smalltalk,
            "decline": self._decline,
        }[got.action]
        return build(got, case)

    def _say(self, got: Understanding, key: str, **values: object) -> str:
        return self._replies.say(key, got.lang, **values)

    def _emergency(self, got: Understanding, case: int | str | None) -> Reply:
        parts = [*self._first_lines(got, got.alarms), *self._meanwhile(got, got.alarms)]
        parts.append(self._say(got, "emergency.tell"))
        parts.append(f"{self._say(got, 'emergency.no_refusal')}\n{self._say(got, 'emergency.choice')}")
        parts.append(self._say(got, "emergency.fails"))
        parts.append(self._say(got, "emergency.cant_phone"))
        parts += directory_lines(self._replies, got)
        if case is not None:
            parts.append(self._say(got, "emergency.case", case=case))
        parts += self._sources(got)
        return self._reply(parts)

    def _answer(self, got: Understanding, case: int | str | None) -> Reply:
        parts = self._urgent(got)
        topics = [topic.id for topic in got.topics][:MAX_ANSWERS]
        parts += [self.answer_text(got, topic) for topic in self._unsaid(got, topics)]
        parts += directory_lines(self._replies, got)
        parts.append(self._next(got, topics[0]))
        parts += self._sources(got)
        return self._reply([*parts, *self._city_line(got)], (*self._city_buttons(got), self._person(got)))

    def _handoff(self, got: Understanding, case: int | str | None) -> Reply:
        parts = self._urgent(got)
        topics = [topic.id for topic in got.topics]
        main = topics[0] if topics else "other"
        key = f"trouble.{main}"
        parts.append(self._say(got, key if self._replies.has(key) else "trouble.other"))
        parts += [self.answer_text(got, topic) for topic in topics[1:MAX_ANSWERS]]
        parts += directory_lines(self._replies, got)
        if case is not None:
            parts.append(self._say(got, "case.recorded", case=case))
        parts += self._sources(got)
        return self._reply([*parts, *self._city_line(got)], self._city_buttons(got))

    def _clarify(self, got: Understanding, case: int | str | None) -> Reply:
        parts = [*self._urgent(got), self._say(got, f"ask.{got.ask or 'words'}")]
        buttons = []
        for option in got.options:
            key = f"button.need.{option}"
            name = self._replies.knowledge.topics[option].name.in_(got.lang)
            buttons.append(Button(self._say(got, key) if self._replies.has(key) else name, name))
        return self._reply(parts, (*buttons, self._person(got)))

    def _smalltalk(self, got: Understanding, case: int | str | None) -> Reply:
        return self._reply([self._say(got, f"smalltalk.{got.ask or 'hello'}")])

    def _decline(self, got: Understanding, case: int | str | None) -> Reply:
        return self._reply([self._say(got, "decline")], (self._person(got),))

    def answer_text(self, got: Understanding, topic: str) -> str:
        """The text of a topic, the most specific that there is: zone and city, zone, city, plain."""
        group = self._group(got)
        city = str(got.slots.get("city", ""))
        for suffix in (f".{group}.{city}", f".{group}", f".{city}", ""):
            key = f"answer.{topic}{suffix}"
            if ".." not in key and not key.endswith(".") and self._replies.has(key):
                return self._say(got, key)
        return self._say(got, "case.none" if topic == "service.status" else "ask.words")

    def _unsaid(self, got: Understanding, topics: list[str]) -> list[str]:
        """Topics without the way there, where the text of the care itself already tells a closed area the way."""
        group = self._group(got)
        told = group in {"closed", "site"} and topics[0].startswith("care.")
        return [topic for topic in topics if not (told and topic == "transport.closed_loop" and topic != topics[0])]

    @staticmethod
    def _group(got: Understanding) -> str:
        zone = str(got.slots.get("zone", ""))
        group = {"quarantine_site": "site", "home_observation": "home", "prevention": "prevention"}.get(zone, "")
        return group or ("closed" if closed(got.slots) else "")

    def _urgent(self, got: Understanding) -> list[str]:
        lower = [flag for flag in got.flags if flag not in got.alarms]
        own = [flag for flag in lower if flag.first not in {"call_120", "traffic", "entry"}]
        parts = self._first_lines(got, own) + self._meanwhile(got, own)
        if any(flag.level == "same_day_hospital" for flag in lower):
            parts.append(self._say(got, "first.same_day"))
            parts += self._meanwhile(got, [flag for flag in lower if flag.level == "same_day_hospital"])
        return parts

    def _first_lines(self, got: Understanding, flags: tuple[Flag, ...] | list[Flag]) -> list[str]:
        kinds = list(dict.fromkeys(flag.first for flag in flags[:3]))
        special = [kind for kind in kinds if kind != "call_120"][:1]
        chosen = special or kinds[:1]
        if special == ["suicide_thoughts"] and "call_120" in kinds:
            chosen = ["call_120", *special]
        return [self._say(got, f"first.{kind}") for kind in chosen]

    def _meanwhile(self, got: Understanding, flags: tuple[Flag, ...] | list[Flag]) -> list[str]:
        names = dict.fromkeys(name for flag in flags[:_MEANWHILE_FLAGS] for name in flag.meanwhile)
        lines = [self._say(got, f"meanwhile.{name}") for name in names]
        return ["\n".join(lines)] if lines else []

    def _sources(self, got: Understanding) -> list[str]:
        seen = dict.fromkeys(c.directive for c in got.citations)
        first = {c.directive: c for c in reversed(got.citations)}
        lines = []
        for directive in list(seen)[:MAX_SOURCES]:
            c = first[directive]
            lines.append(self._say(got, "source.line", issuer=c.issuer[got.lang], title=c.title[got.lang], date=c.date.isoformat()))
        return [f"{self._say(got, 'source.heading')}\n" + "\n".join(lines)] if lines else []

    def _next(self, got: Understanding, topic: str) -> str:
        key = f"next.{topic}"
        return self._say(got, key if self._replies.has(key) else "next.default")

    def _needs_city(self, got: Understanding) -> bool:
        return not got.slots.get("city") and any(t.id.startswith(_LOCAL) for t in got.topics) and "city" not in got.unpublished

    def _city_line(self, got: Understanding) -> list[str]:
        if "city" in got.unpublished:
            return [self._say(got, "city.not_held")]
        return [self._say(got, "city.unknown")] if self._needs_city(got) else []

    def _city_buttons(self, got: Understanding) -> tuple[Button, ...]:
        if not self._needs_city(got):
            return ()
        cities = self._replies.knowledge.cities.values()
        held = tuple(Button(city.name.in_(got.lang), city.name.in_(got.lang)) for city in cities)
        other = self._say(got, "button.other_city")
        return (*held, Button(other, other))

    def _person(self, got: Understanding) -> Button:
        label = self._say(got, "button.person")
        return Button(label, label)

    @staticmethod
    def _reply(parts: list[str], buttons: tuple[Button, ...] = ()) -> Reply:
        return Reply("\n\n".join(dict.fromkeys(part.strip() for part in parts if part.strip())), buttons)
