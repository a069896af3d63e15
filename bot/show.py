"""Sheets to hold up to a guard: the rule that forbids it, who issued it and when. As a page, and as a picture made ahead of time."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from bot.texts import Texts
from intents.rows import Words
from intents.shows import NATIONAL, rules_of
from intents.understanding import Context

Kind = Literal["refused", "closed"]
"""``refused``: turned away at a hospital; ``closed``: not let out of a closed compound for medical care."""
KINDS: tuple[Kind, ...] = get_args(Kind)
FOLDER = "show"
HASHES = "pictures.json"
"""Beside the pictures: which words each was made of."""


@dataclass(frozen=True, slots=True)
class Source:
    """Rules of one document, in the words of ``data/directives``."""

    says: tuple[Words, ...]
    issuer: Words
    title: Words
    date: dt.date


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is held up. ``city``: whose choice of rules it is, a city's id or ``national``."""

    kind: Kind
    city: str
    heading: Words
    note: Words
    sources: tuple[Source, ...]

    @property
    def name(self) -> str:
        """The picture's name, without its ending."""
        return f"{self.kind}-{self.city}"

    @property
    def fingerprint(self) -> str:
        """A hash of every word of it."""
        words = [self.heading, self.note, *(part for source in self.sources for part in (*source.says, source.issuer, source.title))]
        content = [[part.zh, part.en] for part in words] + [[source.date.isoformat() for source in self.sources]]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()[:20]


@dataclass(frozen=True, slots=True)
class Picture:
    """A sheet as a PNG, and what is said with it."""

    path: Path
    caption: str


def link(kind: Kind, city: str = "") -> str:
    """The sheet's page on our own site; in a reply on the page it becomes a link."""
    return f"/show/{kind}?city={city}" if city else f"/show/{kind}"


class Shows:
    """The sheets of one data folder. ``day`` tells the day whose rules hold. Immutable but for what is on the disk."""

    def __init__(self, texts: Texts, folder: Path, day: Callable[[], dt.date]) -> None:
        self._texts = texts
        self._folder = folder / FOLDER
        self._day = day

    def sheet(self, kind: str, city: str = "") -> Sheet | None:
        """The sheet for a city (unknown or empty: the whole country); None where there is none, or no rule is in force."""
        if kind not in KINDS:
            return None
        place, rules = rules_of(self._texts.knowledge, kind, city, Context(date=self._day()))
        sources: list[Source] = []
        for directive, provision in rules:
            if sources and (sources[-1].title, sources[-1].date) == (directive.title, directive.date):
                sources[-1] = Source((*sources[-1].says, provision.says), directive.issuer, directive.title, directive.date)
            else:
                sources.append(Source((provision.says,), directive.issuer, directive.title, directive.date))
        if not sources:
            return None
        return Sheet(kind, place, self._words(f"show.{kind}.heading"), self._words("show.note"), tuple(sources))

    def places(self, kind: str) -> list[tuple[str, str, str]]:
        """The places with a choice of their own: id, name in Chinese, name in English. The whole country comes last."""
        shows, cities = self._texts.knowledge.shows, self._texts.knowledge.cities
        held = [(name, cities[name].name.zh, cities[name].name.en) for name in shows[kind].rules if name in cities] if kind in shows else []
        country = self._words("show.national")
        return [*held, (NATIONAL, country.zh, country.en)]

    def picture(self, kind: str, city: str = "", lang: str = "zh") -> Picture | None:
        """The sheet's picture; None where there is none, or where its words are not those of today's sheet any more."""
        sheet = self.sheet(kind, city)
        if sheet is None or self._hashes().get(sheet.name) != sheet.fingerprint:
            return None
        path = self._folder / f"{sheet.name}.png"
        return Picture(path, self._texts.say(f"show.{sheet.kind}.caption", lang)) if path.is_file() else None

    def _hashes(self) -> dict[str, str]:
        try:
            return dict(json.loads((self._folder / HASHES).read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return {}

    def _words(self, key: str) -> Words:
        return Words(zh=self._texts.say(key, "zh"), en=self._texts.say(key, "en"))
