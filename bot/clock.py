"""The time, handed in so that tests can stop it. Always aware UTC; stored as epoch milliseconds."""

from __future__ import annotations

import datetime as dt
from typing import Protocol

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MS = dt.timedelta(milliseconds=1)
CITY_TIME = dt.timezone(dt.timedelta(hours=8), "CST")
"""The time of all cities of the hotline; without daylight saving since 1991."""


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> dt.datetime:
        """The moment, aware UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> dt.datetime:
        """The moment, aware UTC, in whole milliseconds as the store keeps it."""
        return from_ms(to_ms(dt.datetime.now(dt.UTC)))


class FrozenClock:
    """A clock that moves only when told to."""

    def __init__(self, at: dt.datetime) -> None:
        self._at = from_ms(to_ms(at))

    def now(self) -> dt.datetime:
        """The moment it was set to."""
        return self._at

    def advance(self, seconds: float) -> None:
        """Move on (or back, where negative)."""
        self._at += dt.timedelta(seconds=seconds)


class MovedClock:
    """A clock that runs, and can be moved on."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ahead = dt.timedelta()

    def now(self) -> dt.datetime:
        """The moment, as far ahead of the other clock as it was moved."""
        return self._clock.now() + self._ahead

    def advance(self, seconds: float) -> None:
        """Move on."""
        self._ahead += dt.timedelta(seconds=seconds)


def to_ms(at: dt.datetime) -> int:
    """Epoch milliseconds, rounded down. Raises ValueError for a naive time."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone")
    return (at - EPOCH) // _MS


def from_ms(milliseconds: int) -> dt.datetime:
    """The aware UTC time of epoch milliseconds."""
    return EPOCH + dt.timedelta(milliseconds=milliseconds)
