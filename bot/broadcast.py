"""A broadcast, its runs, and when it may be sent, as plain values. Pure.

A broadcast is what the staff wrote and for whom. Each moment at which it is to be sent is a slot; a slot has one run, and a run
has one row for each person. Times are aware UTC; hours of the day are the cities'.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from typing import Literal

from bot.audience import Audience
from bot.clock import CITY_TIME
from bot.reminder import Rule

Status = Literal["suggested", "draft", "waiting", "on", "paused", "done", "cancelled", "discarded"]
"""``suggested``: made by a change of the data, nobody has decided. ``waiting``: for a second person. ``on``: planned or being sent."""
RunStatus = Literal["filling", "sending", "done", "missed", "cancelled", "expired"]
"""``missed``: its moment had passed for too long when the service came back; nothing was sent."""
PersonStatus = Literal["waiting", "queued", "sent", "failed", "blocked", "uncertain", "skipped"]
OPEN: tuple[Status, ...] = ("on", "paused")
FLYING: tuple[RunStatus, ...] = ("filling", "sending")
LONGEST = 1_500
"""Characters of a text."""
PLACEHOLDERS = ("city", "district", "hospital", "date")
"""``{hospital}``: the hospitals designated for closed areas of the person's district, as the directory names them on that day."""
_ALONE = re.compile(r"\{\w{0,12}|\w{0,12}\}")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Plan:
    """When it is sent: once at ``start`` (None: at once), or by a rule from then on until ``until``."""

    start: dt.datetime | None = None
    rule: Rule | None = None
    until: dt.datetime | None = None
    quiet: bool = True
    """Whether it waits through the quiet hours."""
    expires: dt.timedelta = dt.timedelta(hours=24)
    """So long after its moment it still helps."""

    def first(self, now: dt.datetime) -> dt.datetime | None:
        """The first moment from ``now`` on; None where there is none any more."""
        if self.rule is None:
            return self.start or now
        begin = max(self.start, now) if self.start else now
        if self.rule.hours:
            return self._within(begin)
        return self._within(self.rule.next(begin - dt.timedelta(milliseconds=1)))

    def following(self, slot: dt.datetime) -> dt.datetime | None:
        """The moment after one that has come; None where it was the last."""
        return self._within(self.rule.next(slot)) if self.rule is not None else None

    def _within(self, moment: dt.datetime | None) -> dt.datetime | None:
        return moment if moment is not None and (self.until is None or moment <= self.until) else None


@dataclass(frozen=True, slots=True)
class Draft:
    """What the staff write."""

    kind: str
    zh: str
    en: str
    audience: Audience
    plan: Plan = field(default_factory=Plan)
    title: str = ""
    """For the staff only."""


@dataclass(frozen=True, slots=True)
class Broadcast:
    """One that is kept."""

    id: int
    status: Status
    draft: Draft
    version: int
    """Counts each change; a form of an older one is refused."""
    made_by: str
    made_at: dt.datetime
    asked_by: str = ""
    """Who wanted it sent, where a second person must approve it."""
    approved_by: str = ""
    next_at: dt.datetime | None = None
    """Its next slot."""
    people: int = 0
    """How many it was for when it was last counted."""
    why: str = ""
    """Of a suggestion: what changed, as ids."""


@dataclass(frozen=True, slots=True)
class Counts:
    """The people of a run, by what became of them."""

    people: int = 0
    waiting: int = 0
    queued: int = 0
    sent: int = 0
    failed: int = 0
    blocked: int = 0
    uncertain: int = 0
    skipped: int = 0

    @property
    def settled(self) -> int:
        """Of how many it is known, or known to be unknown."""
        return self.sent + self.failed + self.blocked + self.uncertain + self.skipped


@dataclass(frozen=True, slots=True)
class Run:
    """One slot of a broadcast."""

    id: int
    broadcast: int
    slot: dt.datetime
    status: RunStatus
    counts: Counts
    begun_at: dt.datetime
    expires_at: dt.datetime
    ended_at: dt.datetime | None = None
    first_at: dt.datetime | None = None
    """When the first message of it was settled as sent."""
    last_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Had:
    """A broadcast that somebody was sent, or may have been."""

    broadcast: int
    status: PersonStatus
    at: dt.datetime


def digest(zh: str, en: str) -> str:
    """What two texts share that say the same, whatever their spaces, signs and letters' size."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKC", zh + "|" + en).casefold() if sign.isalnum() or sign == "|")
    return hashlib.sha256(bare.encode()).hexdigest()[:32]


def unknown_placeholder(text: str) -> str:
    """The first thing in braces that stands for nothing, or a brace without its other half; empty where there is none."""
    odd = next((found[0] for found in _PLACEHOLDER.finditer(text) if found[1] not in PLACEHOLDERS), "")
    alone = _ALONE.search(_PLACEHOLDER.sub(" ", text))
    return odd or (alone[0] if alone is not None else "")


def with_half_width_braces(text: str) -> str:
    """｛district｝, as a Chinese keyboard writes it, is {district}."""
    return text.replace("｛", "{").replace("｝", "}")


def filled(text: str, values: dict[str, str]) -> str:
    """The text with its placeholders filled in, each once: what a value holds is left alone."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def quiet_until(now: dt.datetime, begins: str, ends: str) -> dt.datetime | None:
    """The end of the quiet hours that ``now`` lies in; None outside of them. ``begins`` and ``ends``: ``HH:MM`` in the cities' time."""
    local = now.astimezone(CITY_TIME)
    begin, end = dt.time.fromisoformat(begins), dt.time.fromisoformat(ends)
    time = local.time()
    within = begin <= time < end if begin < end else time >= begin or time < end
    if not within:
        return None
    day = local.date() + dt.timedelta(days=int(time >= end))
    return dt.datetime.combine(day, end, CITY_TIME).astimezone(dt.UTC)
