"""What the bot makes of a case's words now, and what it would send the resident to: for the staff, who see more than the resident."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from bot.model import Case
from bot.ports import Understands
from intents.directory import phones
from intents.understanding import Context


@dataclass(frozen=True, slots=True)
class Source:
    """A provision that stands behind an answer."""

    title: str
    issuer: str
    date: dt.date
    says: str


@dataclass(frozen=True, slots=True)
class Spot:
    """Somewhere to go, or somebody to call."""

    name: str
    address: str
    phones: tuple[str, ...]
    verified: dt.date | None


@dataclass(frozen=True, slots=True)
class Insight:
    """One reading of a case's last words, with what is known of where it is."""

    action: str
    topics: tuple[tuple[str, int], ...]
    """Ids, with how sure, in per cent."""
    flags: tuple[str, ...]
    slots: tuple[tuple[str, str], ...]
    sources: tuple[Source, ...]
    spots: tuple[Spot, ...]
    lines: tuple[Spot, ...]


class Insights:
    """Reads. ``day`` is the date that the service runs at."""

    def __init__(self, engine: Understands, day: Callable[[], dt.date], live: bool) -> None:
        self._engine, self._day, self._live = engine, day, live

    def of(self, case: Case, lang: str) -> Insight:
        """What is understood of the case's last words; names in the language of who reads."""
        context = Context(city=case.city, district=case.district, topics=case.topics, date=self._day(), live=self._live)
        got = self._engine.understand(case.words, context)
        spoken = "en" if lang == "en" else "zh"
        return Insight(
            action=got.action,
            topics=tuple((topic.id, round(100 * float(topic.score))) for topic in got.topics),
            flags=tuple(flag.id for flag in got.flags),
            slots=tuple((name, str(value)) for name, value in got.slots.items()),
            sources=tuple(Source(c.title[spoken], c.issuer[spoken], c.date, c.says[spoken]) for c in got.citations),
            spots=tuple(
                Spot(f.name_en if spoken == "en" and f.name_en else f.name, f.address, tuple(phones(f, context)), f.verified)
                for f in got.facilities
            ),
            lines=tuple(Spot(h.name.in_(spoken), "", (h.number,) if h.shown else (), None) for h in got.hotlines),
        )
