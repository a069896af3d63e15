"""What the hotline knows, as one immutable value: directives, topics, red flags, cities, lexicon, replies.

The shapes of the files under ``data/``; reading them is :mod:`intents.load`, cross-checking them :mod:`intents.check`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Lang = Literal["zh", "en"]
LevelName = Literal["national", "province", "city"]
FlagLevel = Literal["call_120", "same_day_hospital", "duty_line"]
Confidence = Literal["published", "known", "uncertain"]
Zone = Literal["sealed", "controlled", "prevention", "quarantine_site", "home_observation"]
Code = Literal["red", "yellow", "green", "travel_card"]
Test = Literal["none", "expired", "pending", "negative", "positive"]
Patient = Literal["newborn", "pregnant", "child", "elderly", "other", "self"]


def _split(value: object) -> object:
    """A cell of a CSV file: parts between bars; an empty cell has none."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split("|") if part.strip())
    return value


def _blank(value: object) -> object:
    return None if value == "" else value


Parts = Annotated[tuple[str, ...], BeforeValidator(_split)]
MaybeDate = Annotated[dt.date | None, BeforeValidator(_blank)]


class Row(BaseModel):
    """A frozen row; a field that is not known is an error, so that slips of the pen are seen."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(Row):
    """The same thing said in the two languages."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def in_(self, lang: str) -> str:
        """The words in ``lang`` (``zh`` or ``en``)."""
        return self.zh if lang == "zh" else self.en


class Provision(Row):
    """One thing a directive lays down, in our own words, and for whom. Empty tuples mean everybody."""

    id: str
    topics: tuple[str, ...] = Field(min_length=1)
    zones: tuple[Zone, ...] = ()
    patients: tuple[Patient, ...] = ()
    codes: tuple[Code, ...] = ()
    tests: tuple[Test, ...] = ()
    cues: tuple[str, ...] = ()
    """Expressions over the folded words of a message that ask for this very provision."""
    says: Words
    valid_to: dt.date | None = None
    superseded_by: str | None = None


class Directive(Row):
    """An official document or press conference, and what it lays down."""

    id: str
    title: Words
    issuer: Words
    level: LevelName
    city: str | None = None
    date: dt.date
    valid_from: dt.date
    valid_to: dt.date | None = None
    supersedes: tuple[str, ...] = ()
    source: tuple[str, ...] = Field(min_length=1)
    note: str = ""
    provisions: tuple[Provision, ...] = Field(min_length=1)


class Topic(Row):
    """A topic of the stable list: what it means, how it is called in plain words, which words point at it."""

    id: str
    name: Words
    means: Words
    needs: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()


class Flag(Row):
    """A red flag: a condition, how urgent it is, the patterns that show it, and what the reply starts with."""

    id: str
    name: Words
    level: FlagLevel
    rank: int = 50
    patterns: tuple[str, ...] = ()
    raising: tuple[str, ...] = ()
    """Patterns under which the flag's note raises a lower level to an emergency."""
    over_clears: bool = True
    first: str = "call_120"
    meanwhile: tuple[str, ...] = ()
    note: str = ""
    source: tuple[str, ...] = Field(min_length=1)
    confidence: Confidence


class FlagGroup(Row):
    """A file of ``data/triage``: flags of one group of conditions."""

    group: str
    needs: tuple[str, ...] = ()
    flags: tuple[Flag, ...] = Field(min_length=1)


class District(Row):
    """A district or development zone."""

    id: str
    name: Words
    kind: Literal["district", "development_zone"] = "district"
    note: str = ""


class CityFile(Row):
    """``city.yaml``: the city's name, its words in messages, its districts."""

    id: str
    name: Words
    words: tuple[str, ...]
    districts: tuple[District, ...] = Field(min_length=1)


class Place(Row):
    """A place name and the district it lies in; ``ask`` where the name alone does not tell."""

    name: str
    aliases: Parts = ()
    pinyin: str = ""
    kind: str
    district: str = ""
    managed_by: str = ""
    ask: bool = False
    source: str
    confidence: Confidence
    note: str = ""


class Facility(Row):
    """A hospital or other place of care. ``designated`` keeps the two meanings of the word apart."""

    id: str
    name: str
    name_en: str = ""
    aliases: Parts = ()
    district: str = ""
    managed_by: str = ""
    kind: Literal["hospital", "placeholder", "excluded", "ambulance", "primary_care"]
    services: Parts = ()
    designated: Literal["", "closed_area", "closed_area_unnamed", "covid_only"] = ""
    designated_for: Parts = ()
    status: Literal["open", "full", "closed", "suspended"] = "open"
    status_from: MaybeDate = None
    status_to: MaybeDate = None
    address: str = ""
    phone: Parts = ()
    phone_kind: str = ""
    phone_confidence: Annotated[Confidence | None, BeforeValidator(_blank)] = None
    source: str
    verified: MaybeDate = None
    confidence: Confidence
    note: str = ""


class Hotline(Row):
    """A telephone line; ``number`` is shown only where its confidence is published."""

    id: str
    number: str = ""
    scope: Literal["national", "city", "district", "facility", "local"]
    district: str = ""
    name: Words
    purpose: Words
    serves: Parts = ()
    hours: str = ""
    valid_from: MaybeDate = None
    valid_to: MaybeDate = None
    source: str
    verified: MaybeDate = None
    confidence: Confidence
    note: str = ""

    @property
    def shown(self) -> bool:
        """Whether the number may be shown at all."""
        return bool(self.number) and self.confidence == "published"


@dataclass(frozen=True)
class City:
    """A folder of ``data/cities``."""

    id: str
    name: Words
    words: tuple[str, ...]
    districts: Mapping[str, District]
    places: tuple[Place, ...]
    facilities: tuple[Facility, ...]
    hotlines: tuple[Hotline, ...]


class Example(Row):
    """A message in the words of a resident, and what a careful operator would make of it."""

    text: str = Field(min_length=1)
    topics: tuple[str, ...] = Field(min_length=1)
    ok_topics: tuple[str, ...] = ()
    actions: tuple[str, ...] = Field(min_length=1)
    slots: Mapping[str, str | bool] = Field(default_factory=dict)
    tags: tuple[str, ...] = ()
    lang: Lang = "zh"
    id: str = ""


class Cues(Row):
    """``triage/cues.yaml``: the words that take the force from a sign."""

    negation: tuple[str, ...]
    hypothesis: tuple[str, ...]
    question: tuple[str, ...]
    past: tuple[str, ...]
    over: tuple[str, ...]
    others: tuple[str, ...]
    real: tuple[str, ...]
    """Words that say a supposed case is the speaker's own and now."""
    distress: Mapping[str, tuple[str, ...]]


class Lexicon(Row):
    """``lexicon/words.yaml``: concepts, replacements of dialect and slips, terms that are heard."""

    concepts: Mapping[str, tuple[str, ...]]
    replacements: tuple[tuple[str, str], ...]
    terms: tuple[str, ...]
    protected: tuple[str, ...] = ()


class SlotWords(Row):
    """``lexicon/slots.yaml``: patterns for each value of each slot, tried in order."""

    zone: Mapping[Zone, tuple[str, ...]]
    code: Mapping[Code, tuple[str, ...]]
    test: Mapping[Test, tuple[str, ...]]
    patient: Mapping[Patient, tuple[str, ...]]


class Follow(Row):
    """``lexicon/follow.yaml``: what a short message does to the conversation before it."""

    marks: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Knowledge:
    """Everything under ``data/``; ``version`` is a hash of the files."""

    version: str
    directives: tuple[Directive, ...]
    topics: Mapping[str, Topic]
    groups: tuple[FlagGroup, ...]
    cues: Cues
    lexicon: Lexicon
    slot_words: SlotWords
    follow: Follow
    cities: Mapping[str, City]
    hotlines: tuple[Hotline, ...]
    replies: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def flags(self) -> dict[str, Flag]:
        """Red flags by id."""
        return {flag.id: flag for group in self.groups for flag in group.flags}
