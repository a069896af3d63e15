"""What was understood of a message, and what was chosen to answer it: plain values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from intents.cities import Facility, Hotline
from intents.knowledge import Flag

Action = Literal["emergency", "answer", "clarify", "handoff", "smalltalk", "decline"]
Slots = Mapping[str, str | bool]


@dataclass(frozen=True, slots=True)
class Context:
    """What is known before the message: from the conversation, the request or the settings."""

    city: str = ""
    district: str = ""
    zone: str = ""
    patient: str = ""
    topics: tuple[str, ...] = ()
    date: dt.date = dt.date(2022, 4, 5)
    live: bool = False
    """Whether ``date`` is today and not a replay: then unverified numbers and roles are withheld."""
    offered: tuple[str, ...] = ()
    """The topics that were offered just before, because a message was not clear: one of their names alone picks it."""
    refused: tuple[str, ...] = ()
    """Names of hospitals that have turned the patient away."""
    said: tuple[str, ...] = ()
    """The words of the messages just before, oldest first."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A topic with its calibrated score (0 to 1)."""

    id: str
    score: float


@dataclass(frozen=True, slots=True)
class Citation:
    """A provision that stands behind an answer."""

    directive: str
    provision: str
    title: Mapping[str, str]
    issuer: Mapping[str, str]
    says: Mapping[str, str]
    date: dt.date
    asked: bool = False
    """Whether the message asks for this very provision: then the reply says it in its own words."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """The result of :func:`intents.understand.understand`."""

    action: Action
    topics: tuple[Scored, ...]
    slots: Slots
    lang: Literal["zh", "en"]
    traditional: bool = False
    flags: tuple[Flag, ...] = ()
    alarms: tuple[Flag, ...] = ()
    """The flags that make this an emergency, most pressing first."""
    citations: tuple[Citation, ...] = ()
    facilities: tuple[Facility, ...] = ()
    hotlines: tuple[Hotline, ...] = ()
    unpublished: tuple[str, ...] = ()
    """What was looked for in the directory and is not published to us: recorded for the staff."""
    ask: str = ""
    """For ``clarify``: the key of the one question (``ask.<what>`` in the replies)."""
    options: tuple[str, ...] = ()
    """For ``clarify``: the values its buttons stand for."""
    carried: bool = False
    """Whether the topics come from the context: the message only adds to the need before it."""
    marks: frozenset[str] = frozenset()
    """What the message does to the conversation before it: ``phone``, ``cancel``, ``settled`` …"""
    context: Context = field(default_factory=Context)

    hospitals: tuple[str, ...] = ()
    """Names of hospitals that stand in a message about being turned away: as in the data, else as the resident writes them."""
    refused: tuple[str, ...] = ()
    """Those of them that turned the patient away."""

    own: str = ""
    """An answer that the staff wrote and approved for messages like this, in its language; it stands in place of the topic's."""

    @property
    def main(self) -> str:
        """The id of the main topic."""
        return self.topics[0].id if self.topics else "other"
