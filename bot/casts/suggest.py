"""A change of a hospital's state or of a directive proposes a broadcast to those it concerns; a person decides."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.audience import Audience
from bot.broadcast import LONGEST, Draft, Plan
from bot.casts.words import Says
from bot.clock import Clock
from bot.log import get_logger
from bot.store import broadcasts, staff_audit, watched
from bot.store.connection import Connection
from bot.store.opened import Opened
from intents.broadcasts import CastRules
from intents.cities import City, Facility
from intents.knowledge import Directive, Knowledge

log = get_logger(__name__)
SYSTEM = "system"
_TOPICS = {
    "dialysis": "care.dialysis",
    "oncology": "care.oncology",
    "chemotherapy": "care.oncology",
    "radiotherapy": "care.oncology",
    "obstetrics": "care.maternity",
    "newborn": "care.newborn",
    "fever_clinic": "care.fever",
}
"""Whom a hospital's services concern, wherever in the city they live."""
_TOLD = 3
"""Provisions of a directive that a draft repeats."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Something that is watched: its value, and the draft that a change of it proposes."""

    kind: str
    id: str
    value: str
    draft: Callable[[str], Draft | None]
    """What is proposed, given the value of before; None: nothing."""


class Suggester:
    """Looks whether the data says something new. ``day``: the date that the service runs at."""

    def __init__(
        self, store: Opened, clock: Clock, texts: Says, knowledge: Callable[[], Knowledge], rules: CastRules, day: Callable[[], dt.date]
    ) -> None:
        self._store, self._clock, self._texts, self._knowledge, self._rules, self._day = store, clock, texts, knowledge, rules, day
        self._looked: tuple[str, dt.date] | None = None

    def tick(self) -> int:
        """Propose what is new; how many. Costs nothing while neither the data nor the day has changed."""
        held, day = self._knowledge(), self._day()
        if self._looked == (held.version, day):
            return 0
        found = [*self._facilities(held, day), *self._directives(held, day)]
        made = self._store.write(lambda db: self._compare(db, found, day))
        self._looked = (held.version, day)
        if made:
            log.info("broadcasts_suggested", many=made)
        return made

    def _compare(self, db: Connection, found: list[Seen], day: dt.date) -> int:
        now, made = self._clock.now(), 0
        known = {kind: watched.known(db, kind) for kind in ("facility", "directive")}
        for one in found:
            before = known[one.kind]
            was = before.get(one.id)
            if was == one.value or not watched.moved(db, one.kind, one.id, was, one.value, now):
                continue
            # What is there at the first look is no news; nor is a hospital that was only added.
            if not before or (was is None and one.kind == "facility"):
                continue
            draft = one.draft(was or "")
            if draft is None:
                continue
            number = broadcasts.add(db, draft, SYSTEM, now, "suggested", f"{one.kind}:{one.id}:{one.value[:16]}:{day.isoformat()}")
            if number:
                staff_audit.record(db, SYSTEM, "broadcast.suggested", {"broadcast": number}, now)
                made += 1
        return made

    def _facilities(self, held: Knowledge, day: dt.date) -> Iterator[Seen]:
        for city in held.cities.values():
            for one in city.facilities:
                if one.kind == "hospital":
                    yield Seen("facility", f"{city.id}/{one.id}", status_on(one, day), self._of_facility(city, one, day))

    def _of_facility(self, city: City, one: Facility, day: dt.date) -> Callable[[str], Draft | None]:
        def draft(was: str) -> Draft | None:
            del was
            status = status_on(one, day)
            topics = tuple(dict.fromkeys(_TOPICS[service] for service in one.services if service in _TOPICS))
            places = tuple(f"{city.id}/{place}" for place in dict.fromkeys((one.district, one.managed_by)) if place in city.districts)
            # Whoever needs what only few hospitals have comes from the whole city.
            audience = Audience(cities=(city.id,), topics=topics) if topics else Audience(cities=(city.id,), districts=places)
            names = {"zh": one.name, "en": one.name_en or one.name}
            zh, en = (
                self._texts.say(f"cast.suggest.{'open' if status == 'open' else 'not_open'}", lang, name=names[lang], date=day.isoformat())
                for lang in ("zh", "en")
            )
            return self._draft(zh, en, audience, one.name)

        return draft

    def _directives(self, held: Knowledge, day: dt.date) -> Iterator[Seen]:
        for one in held.directives:
            if one.valid_from <= day and (one.valid_to is None or day <= one.valid_to):
                said = "|".join(f"{p.id}:{p.says.zh}:{p.says.en}" for p in one.provisions)
                yield Seen("directive", one.id, hashlib.sha256(said.encode()).hexdigest(), self._of_directive(one))

    def _of_directive(self, one: Directive) -> Callable[[str], Draft | None]:
        def draft(was: str) -> Draft | None:
            topics = tuple(sorted({topic for provision in one.provisions for topic in provision.topics if topic != "other"}))
            audience = Audience(cities=(one.city,) if one.city else (), topics=topics)
            texts = []
            for lang in ("zh", "en"):
                rules = "\n".join(f"· {provision.says.in_(lang)}" for provision in one.provisions[:_TOLD])
                key = "cast.suggest.changed" if was else "cast.suggest.new"
                said = self._texts.say(
                    key, lang, title=one.title.in_(lang), issuer=one.issuer.in_(lang), date=one.date.isoformat(), rules=rules
                )
                texts.append(said[:LONGEST].replace("{", "(").replace("}", ")"))
            return self._draft(texts[0], texts[1], audience, one.title.zh)

        return draft

    def _draft(self, zh: str, en: str, audience: Audience, title: str) -> Draft:
        plan = Plan(expires=dt.timedelta(hours=self._rules.expires_hours))
        return Draft("service", zh, en, audience, plan, title[:80])


def status_on(one: Facility, day: dt.date) -> str:
    """A facility's state on a day: the one that is written down holds from its beginning to its end; else it is open."""
    started = one.status_from is None or one.status_from <= day
    ended = one.status_to is not None and one.status_to < day
    return one.status if started and not ended else "open"
