"""The order of a reply: what to do now, the place, the phone, the next step, the rule's source."""

from __future__ import annotations

from collections.abc import Iterable

from bot.model import Button, Reply
from bot.phones import Standings
from bot.places import hospitals, lines_to_call, missing, nearest
from bot.shorten import shorten
from bot.texts import Texts
from intents.directory import closed
from intents.knowledge import Flag
from intents.understanding import Citation, Understanding

MAX_ANSWERS = 2
NOTHING: Standings = {}
MAX_SOURCES = 2
_LOCAL = ("care.", "transport.", "medicine.", "contact.", "quarantine.", "home.", "supplies.", "tcm.", "policy.")
_MEANWHILE_FLAGS = 2

_OWN_CARE = frozenset({"newborn", "pregnant", "child"})
_WAY_TOLD = frozenset({"care.dialysis", "care.oncology", "care.maternity", "care.general", "care.newborn", "care.fever"})
"""Topics whose text for a closed area tells the way to the hospital and back."""


def need_buttons(replies: Texts, topics: Iterable[str], lang: str) -> tuple[Button, ...]:
    """A button for each topic; pressing it says the topic's name."""
    buttons = []
    for topic in topics:
        key, name = f"button.need.{topic}", replies.knowledge.topics[topic].name.in_(lang)
        buttons.append(Button(replies.say(key, lang) if replies.has(key) else name, name))
    return tuple(buttons)


class Composer:
    """Builds one reply from an understanding. Pure."""

    def __init__(self, replies: Texts) -> None:
        self._replies = replies

    def compose(
        self, got: Understanding, case: int | str | None, *, added: bool = False, taken: bool = False, phones: Standings = NOTHING
    ) -> Reply:
        """The reply to one message. ``added``: what it says joins a case that was open before; ``taken``: a person works on it.

        ``phones``: how numbers stand.
        """
        if got.action == "emergency":
            return self._emergency(got, case, phones)
        if got.action == "smalltalk":
            return self._reply([self._say(got, f"smalltalk.{got.ask or 'hello'}")])
        if got.action == "decline":
            return self._reply([self._say(got, "decline")], (self._person(got),))
        if got.action == "clarify":
            return self._clarify(got)
        key = "case.recorded" if not added else "case.added.taken" if taken else "case.added"
        recorded = [self._say(got, key, case=case)] if case is not None else []
        if got.carried and not self._news(got):
            return self._brief(got, recorded)
        return self._handoff(got, recorded, phones) if got.action == "handoff" else self._answer(got, recorded, phones)

    def _say(self, got: Understanding, key: str, **values: object) -> str:
        return self._replies.say(key, got.lang, **values)

    def _emergency(self, got: Understanding, case: int | str | None, phones: Standings) -> Reply:
        silent = "again" in got.marks or any(topic.id == "care.ambulance" for topic in got.topics)
        fails = [self._say(got, "trouble.care.ambulance" if silent else "emergency.fails"), *nearest(self._replies, got)]
        cant_phone = self._say(got, "emergency.cant_phone")
        number = [self._say(got, "emergency.case", case=case)] if case is not None else []
        first = self._first_lines(got, got.alarms) or [self._say(got, "first.call_120")]
        if "cant_phone" in got.marks:
            first = [self._say(got, "first.deaf")]
        meanwhile = self._meanwhile(got, got.alarms)
        if got.carried:
            first = [] if silent and not got.alarms and "cant_phone" not in got.marks else first
            return self._reply([*first, *meanwhile, *fails, *([] if "cant_phone" in got.marks else [cant_phone]), *number])
        tell = [self._say(got, "emergency.tell"), f"{self._say(got, 'emergency.no_refusal')}\n{self._say(got, 'emergency.choice')}"]
        middle = [*fails, *tell] if silent else [*tell, *fails]
        parts = [*first, *meanwhile, *middle, cant_phone]
        return self._reply([*parts, *lines_to_call(self._replies, got, "\n".join(parts), phones), *number, *self._sources(got, 1)])

    def _answer(self, got: Understanding, recorded: list[str], phones: Standings) -> Reply:
        topics = [topic.id for topic in got.topics if topic.id != "other" or len(got.topics) == 1][:MAX_ANSWERS]
        texts = [got.own] if got.own else [self.answer_text(got, topic) for topic in self._unsaid(got, topics)]
        places = hospitals(self._replies, got, phones)
        if "phone" in got.marks and topics[0] == "contact.hotline":  # about the place just named
            places, texts = [], [*places, *missing(self._replies, got), texts[0]]
        parts = [*self._urgent(got), *self._short(got, texts), *self._fee(got, texts), *places, *missing(self._replies, got)]
        parts += [*lines_to_call(self._replies, got, "\n".join(parts), phones), *recorded]
        parts += [self._next(got, topics) if not recorded else "", *self._sources(got, MAX_SOURCES)]
        return self._reply([*parts, *self._city_line(got)], (*self._city_buttons(got), *(() if recorded else (self._person(got),))))

    def _handoff(self, got: Understanding, recorded: list[str], phones: Standings) -> Reply:
        topics = [topic.id for topic in got.topics] or ["other"]
        # With a case of one's own there is nothing to be said of having none.
        silent = {"other", "service.status"} if recorded else {"other"}
        texts = [self._trouble(got, topics[0]), *(self.answer_text(got, topic) for topic in topics[1:MAX_ANSWERS] if topic not in silent)]
        parts = [*self._urgent(got), *self._short(got, texts), *hospitals(self._replies, got, phones), *missing(self._replies, got)]
        parts += [*lines_to_call(self._replies, got, "\n".join(parts), phones), *recorded, *self._sources(got, MAX_SOURCES)]
        return self._reply([*parts, *self._city_line(got)], self._city_buttons(got))

    def _brief(self, got: Understanding, recorded: list[str]) -> Reply:
        """To a fragment that changes nothing: the first step again, not the whole answer."""
        topics = [topic.id for topic in got.topics]
        text = self._trouble(got, topics[0]) if got.action == "handoff" else self.answer_text(got, topics[0])
        parts = [*self._urgent(got), text if got.marks & {"again", "gone"} else text.splitlines()[0], *self._fee(got, [text]), *recorded]
        return self._reply([*parts, "" if recorded else self._next(got, topics), *self._city_line(got)], self._city_buttons(got))

    def _clarify(self, got: Understanding) -> Reply:
        parts = [*self._urgent(got), self._say(got, f"ask.{got.ask or 'words'}")]
        return self._reply(parts, (*need_buttons(self._replies, got.options, got.lang), self._person(got)))

    def answer_text(self, got: Understanding, topic: str) -> str:
        """The text of a topic, the most specific that there is: zone and city, zone, city, plain."""
        group = self._group(got)
        city = str(got.slots.get("city", ""))
        for suffix in (f".{group}.{city}", f".{group}", f".{city}", ""):
            key = f"answer.{topic}{suffix}"
            if ".." not in key and not key.endswith(".") and self._replies.has(key):
                return self._say(got, key)
        return self._say(got, "case.none" if topic == "service.status" else "ask.words")

    def _trouble(self, got: Understanding, topic: str) -> str:
        key = f"trouble.{topic}"
        return self._say(got, key if self._replies.has(key) else "trouble.other")

    def _fee(self, got: Understanding, texts: list[str]) -> list[str]:
        """That no document states a price, where one is asked for: a provision beside the question must not look like "free"."""
        topic = got.topics[0].id
        if "fee" not in got.marks or not topic.startswith(_LOCAL):
            return []
        line = self._say(got, "fee.ambulance" if topic == "care.ambulance" else "fee.unknown")
        return [] if any(line in text for text in texts) else [line]

    def _news(self, got: Understanding) -> bool:
        """Whether a fragment changes the answer, or asks for it again."""
        before = {name: getattr(got.context, name) for name in ("city", "district", "zone")}
        told = {name: value for name, value in got.slots.items() if name not in {*before, "patient", "incident"}}
        patient = got.slots.get("patient", "")
        # An age alone changes nothing in what is said.
        moved = patient in _OWN_CARE and patient != got.context.patient
        moved = moved or any(got.slots.get(name, "") != value for name, value in before.items())
        refused = set(got.refused) - set(got.context.refused)
        return bool(moved or told or refused or "asks_on" in got.marks)

    def _short(self, got: Understanding, texts: list[str]) -> list[str]:
        danger, test = (tuple(self._say(got, key).splitlines()) for key in ("once.danger", "once.test"))
        return shorten(texts, danger, test)

    def _unsaid(self, got: Understanding, topics: list[str]) -> list[str]:
        """Topics without the way there, where the text of the care itself already tells a closed area the way."""
        group = self._group(got)
        told = group in {"closed", "site"} and any(topic in _WAY_TOLD for topic in topics)
        return [topic for topic in topics if not (told and topic == "transport.closed_loop")]

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

    def _sources(self, got: Understanding, most: int) -> list[str]:
        first: dict[str, Citation] = {}
        for citation in got.citations:
            first.setdefault(citation.directive, citation)
        lines = [self._source(got, citation) for citation in list(first.values())[:most]]
        return ["\n".join([self._say(got, "source.heading"), *lines])] if lines else []

    def _source(self, got: Understanding, citation: Citation) -> str:
        """Issuer, title and date (once, where the title bears it), and the words of a provision that was asked for."""
        title, day = citation.title[got.lang], citation.date
        dated = f"{day.year}年{day.month}月{day.day}日" in title or f"{day.day} {day:%B} {day.year}" in title
        values = {"issuer": citation.issuer[got.lang], "title": title}
        line = self._say(got, "source.dated", **values) if dated else self._say(got, "source.line", **values, date=day.isoformat())
        if not citation.asked or got.action != "answer":
            return line
        return f"{line}\n{self._say(got, 'source.says', says=citation.says[got.lang])}"

    def _next(self, got: Understanding, topics: list[str]) -> str:
        """What to write here next; nothing that was written already."""
        topic = topics[0]
        if topic == "care.designated" and got.slots.get("district"):
            topic = topics[1] if len(topics) > 1 else ""
        if topic.startswith("service."):
            return ""
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
