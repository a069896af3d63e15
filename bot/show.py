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


def picture_id(kind: Kind, city: str, lang: str) -> str:
    """What names a sheet's picture in a reply: ``refused:xian:zh``."""
    return f"{kind}:{city}:{lang}"


def sheet_of(texts: Texts, kind: str, city: str, day: dt.date) -> Sheet | None:
    """The sheet for a city (unknown or empty: the whole country) on a day; None where there is none, or no rule is in force."""
    if kind not in KINDS:
        return None
    place, rules = rules_of(texts.knowledge, kind, city, Context(date=day))
    sources: list[Source] = []
    for directive, provision in rules:
        if sources and (sources[-1].title, sources[-1].date) == (directive.title, directive.date):
            sources[-1] = Source((*sources[-1].says, provision.says), directive.issuer, directive.title, directive.date)
        else:
            sources.append(Source((provision.says,), directive.issuer, directive.title, directive.date))
    if not sources:
        return None
    return Sheet(kind, place, _words(texts, f"show.{kind}.heading"), _words(texts, "show.note"), tuple(sources))


def words_of(texts: Texts, sheet: Sheet) -> str:
    """All of a sheet as plain text, Chinese first, for where it cannot be shown as a picture."""
    blocks: list[str] = []
    for lang in ("zh", "en"):
        blocks.append(sheet.heading.in_(lang))
        for source in sheet.sources:
            lines = [words.in_(lang) for words in source.says]
            lines.append(texts.say("page.show.by", lang, issuer=source.issuer.in_(lang)))
            lines.append(texts.say("page.show.from", lang, title=source.title.in_(lang)))
            blocks.append("\n".join([*lines, texts.say("page.show.date", lang, date=source.date.isoformat())]))
        blocks.append(sheet.note.in_(lang))
    return "\n\n".join(blocks)


def _words(texts: Texts, key: str) -> Words:
    return Words(zh=texts.say(key, "zh"), en=texts.say(key, "en"))


class Shows:
    """The sheets of one data folder. ``day`` tells the day whose rules hold. Immutable but for what is on the disk."""

    def __init__(self, texts: Texts, folder: Path, day: Callable[[], dt.date]) -> None:
        self._texts = texts
        self._folder = folder / FOLDER
        self._day = day

    def sheet(self, kind: str, city: str = "") -> Sheet | None:
        """Today's sheet (:func:`sheet_of`)."""
        return sheet_of(self._texts, kind, city, self._day())

    def places(self, kind: str) -> list[tuple[str, str, str]]:
        """The places with a choice of their own: id, name in Chinese, name in English. The whole country comes last."""
        shows, cities = self._texts.knowledge.shows, self._texts.knowledge.cities
        held = [(name, cities[name].name.zh, cities[name].name.en) for name in shows[kind].rules if name in cities] if kind in shows else []
        country = _words(self._texts, "show.national")
        return [*held, (NATIONAL, country.zh, country.en)]

    def picture(self, kind: str, city: str = "", lang: str = "zh") -> Picture | None:
        """The sheet's picture; None where there is none, or where its words are not those of today's sheet any more."""
        sheet = self.sheet(kind, city)
        if sheet is None or self._hashes().get(sheet.name) != sheet.fingerprint:
            return None
        path = self._folder / f"{sheet.name}.png"
        return Picture(path, self._texts.say(f"show.{sheet.kind}.caption", lang)) if path.is_file() else None

    def named(self, name: str) -> Picture | None:
        """The picture of a reply (:func:`picture_id`), as :meth:`picture` has it."""
        kind, _, rest = name.partition(":")
        city, _, lang = rest.partition(":")
        return self.picture(kind, city, lang)

    def _hashes(self) -> dict[str, str]:
        try:
            return dict(json.loads((self._folder / HASHES).read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return {}
