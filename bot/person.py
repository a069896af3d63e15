"""People at risk, as the register holds them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """A person put down as at risk, with consent. ``patient``: ``self``, or ``family`` where a relative has put them down."""

    group: str
    """``dialysis``, ``oncology``, ``pregnant``, ``newborn`` or ``alone``."""
    patient: str = "self"
    city: str = ""
    district: str = ""
    next_on: str = ""
    """The day of the next treatment, ISO; empty where none is known."""
    next_words: str = ""
    """The same in the resident's words; never written to a log."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many of a group are put down in a district."""

    group: str
    city: str
    district: str
    people: int
