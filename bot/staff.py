"""What the staff leave on a case: who has it, what they wrote for each other, what came of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

SKEW = dt.timedelta(seconds=5)
"""The clocks of two machines may differ by this much."""
Outcome = Literal["helped", "referred", "no_answer", "duplicate", "not_ours", "unreachable"]
"""What came of a case that the staff close."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A case is somebody's for a while: ``who``, since their last sign of life ``at``, without another one ``until``."""

    who: str
    at: dt.datetime
    until: dt.datetime

    def held(self, now: dt.datetime) -> bool:
        """Whether it still is. A clock that is set back makes it no longer."""
        return self.until > now and self.at <= now + SKEW


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody of the staff wrote about a case for the others."""

    id: int
    who: str
    kind: str
    """``note``; ``priority``: why it was changed; ``handover``: what the next one needs to know; ``call``: about a phone call."""
    text: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Shift:
    """Somebody is on duty for a while."""

    name: str
    """The short name of their account."""
    team: str
    """Any text; empty: none."""
    starts_at: dt.datetime
    ends_at: dt.datetime


@dataclass(frozen=True, slots=True)
class View:
    """A filter of the queue that somebody keeps."""

    id: int
    """Given by the store; 0 before."""
    account: str
    """Whose it is."""
    title: str
    """Any text, never trusted."""
    query: str
    """The filter as it stands in an address (:func:`bot.filter.read_filter`)."""
    position: int = 0
    shared: bool = False
    """Whether all of the staff see it. Who may share is the edge's to ask (``case.take_over`` is a supervisor's too)."""
