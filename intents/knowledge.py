"""What the hotline knows, as one immutable value: directives, topics, red flags, cities, lexicon, replies.

The shapes of the files under ``data/``; reading them is :mod:`intents.load`, cross-checking them :mod:`intents.check`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import Field

from intents.cities import City, Hotline
from intents.rows import Code, Confidence, FlagLevel, Lang, LevelName, Patient, Row, Test, Words, Zone


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
    since: tuple[str, ...]
    """What follows a sign and says that it is years old."""
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


class Spoken(Row):
    """``lexicon/commands.yaml``: commands said in plain words, as expressions over a whole message."""

    commands: Mapping[str, tuple[str, ...]]
    alone: tuple[str, ...]
    """Expressions that show somebody who lives alone, anywhere in a message."""


class Show(Row):
    """A file of ``data/show``: the provisions to be held up at a hospital or a gate, by city and for the whole country."""

    id: str
    rules: Mapping[str, tuple[str, ...]]


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
    spoken: Spoken
    cities: Mapping[str, City]
    hotlines: tuple[Hotline, ...]
    replies: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    shows: Mapping[str, Show] = field(default_factory=dict)

    @property
    def flags(self) -> dict[str, Flag]:
        """Red flags by id."""
        return {flag.id: flag for group in self.groups for flag in group.flags}
