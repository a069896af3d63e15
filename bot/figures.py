"""The figures of a day, as plain values: counts, times and ids, never a word of a resident."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

OTHER = ""
"""The key of what has no name of ours: a hospital that only residents have named, a district that was not told."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A number of the day, and of the day before until the same time."""

    now: int
    before: int


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of something; ``key`` is an id, a telephone number or a name of the directory."""

    key: str
    n: int


@dataclass(frozen=True, slots=True)
class Times:
    """How long something took for the cases of one priority, in seconds, beside its target."""

    priority: str
    target_s: int
    p50_s: int | None
    """None where none is done."""
    p90_s: int | None
    met: int
    """Done within the target."""
    missed: int
    """Done later, or not done and the target has passed."""

    @property
    def share(self) -> float | None:
        """The part within the target, 0 to 1; None where nothing can be said yet."""
        total = self.met + self.missed
        return self.met / total if total else None


@dataclass(frozen=True, slots=True)
class Waiting:
    """The open cases of one priority, at the moment of asking."""

    priority: str
    open: int
    untaken_late: int
    """Nobody has acted on them, and the target has passed."""
    unsolved_late: int


@dataclass(frozen=True, slots=True)
class Area:
    """The cases of a district, by hour."""

    city: str
    district: str
    hours: tuple[int, ...]

    @property
    def n(self) -> int:
        """All of the day."""
        return sum(self.hours)


@dataclass(frozen=True, slots=True)
class Phone:
    """How often a number was reported not answered, and by how many chats; 0 where that is not kept."""

    number: str
    reports: int
    chats: int


@dataclass(frozen=True, slots=True)
class Acts:
    """What the bot did with messages: how many of them, and how many of these without a case."""

    action: str
    turns: int
    settled: int


@dataclass(frozen=True, slots=True)
class AtRisk:
    """The people of a group in a district, and how many of them need something on the day."""

    group: str
    city: str
    district: str
    people: int
    due: int


@dataclass(frozen=True, slots=True)
class Due:
    """What is due on a day."""

    day: dt.date
    people: tuple[AtRisk, ...] = ()
    reminders: tuple[Tally, ...] = ()
    """Reminders that will ring on it, by kind; those that already rang are not counted."""


@dataclass(frozen=True, slots=True)
class Figures:
    """A day in the city's time."""

    day: dt.date
    until: dt.datetime
    """What came later is not counted: the day's end, or the moment of asking."""
    opened: Compared
    solved: Compared
    hours: tuple[int, ...]
    """Cases opened, by hour; as many as have begun."""
    before: tuple[int, ...]
    """The same of the day before, all 24."""
    topics: tuple[Tally, ...]
    """Cases by topic; a case with two topics counts for both."""
    areas: tuple[Area, ...]
    acknowledge: tuple[Times, ...]
    """Of the cases opened on the day, until somebody took or answered them."""
    solve: tuple[Times, ...]
    """Of the cases closed on the day."""
    waiting: tuple[Waiting, ...]
    refusals: tuple[Tally, ...]
    phones: tuple[Phone, ...]
    acts: tuple[Acts, ...]
    unclear: tuple[Tally, ...]
    """Messages that were asked back about, or handed over without a topic of their own, by the likeliest topic."""

    @property
    def turns(self) -> int:
        """Messages that were understood somehow."""
        return sum(act.turns for act in self.acts)

    @property
    def settled(self) -> float | None:
        """The part of the messages that came to no case and were neither asked back about nor handed over; None without any."""
        return sum(act.settled for act in self.acts if act.action not in PASSED) / self.turns if self.turns else None

    @property
    def not_understood(self) -> float | None:
        """The part that is counted as not understood; None without any message."""
        return sum(each.n for each in self.unclear) / self.turns if self.turns else None


PASSED = frozenset({"clarify", "handoff"})
"""The actions of a message that the bot has not answered itself."""


def percentile(counts: Sequence[tuple[int, int]], part: float) -> int | None:
    """The nearest-rank percentile of values with their counts, ascending by value; None of nothing."""
    total = sum(count for _, count in counts)
    rank, seen = max(1, math.ceil(total * part)), 0
    for value, count in counts:
        seen += count
        if seen >= rank:
            return value
    return None
