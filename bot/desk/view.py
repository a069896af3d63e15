"""A case as somebody of the staff looks at it: everything about it, read at one moment."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from bot.broadcast import Had
from bot.clock import Clock
from bot.clocks import Clock as CaseClock
from bot.clocks import clocks as course_clocks
from bot.model import Case, Link
from bot.staff import Note
from bot.store import audit, calls, cases, clocks, files, leases, links, merges, notes, people, talk
from bot.store.audit import AuditRow
from bot.store.calls import Call
from bot.store.connection import Connection
from bot.store.files import File
from bot.store.opened import Opened
from bot.store.talk import Line

MOST_BROADCASTS = 5
MOST_LINES = 200
"""Lines of a conversation that are shown; older ones are left out, and said to be."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in the course of a case: a line of the conversation, or a note of the staff."""

    at: dt.datetime
    what: Literal["resident", "bot", "staff", "note"]
    text: str
    who: str = ""
    """Who of the staff wrote it."""
    kind: str = ""
    """Of a note: its kind."""
    line: Line | None = None
    """Of a line: all that is known of it."""
    case: int = 0
    """Of another case that is worked on with this one: its number."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A case with all that belongs to it."""

    case: Case
    version: int
    entries: tuple[Entry, ...]
    """Oldest first."""
    left_out: bool
    """Whether there are older lines that are not among them."""
    trail: tuple[AuditRow, ...]
    intact: bool
    """Whether the audit is unbroken."""
    others: tuple[str, ...]
    """Who else has it on their screen."""
    links: tuple[Link, ...]
    files: tuple[File, ...]
    calls: tuple[Call, ...]
    merged: tuple[Case, ...]
    """The cases that are worked on with this one."""
    clocks: tuple[CaseClock, ...]
    broadcasts: tuple[Had, ...] = ()
    """Those that the resident was sent lately: what they write may be about one."""


class View:
    """Reads cases. Changes nothing, but for the sign that somebody looks."""

    def __init__(self, store: Opened, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def whole(self, number: int, by: str) -> Whole | None:
        """A case with all that belongs to it; None where there is no such case. ``by``: who looks."""
        now = self._clock.now()
        return self._store.read(lambda db: _whole(db, number, by, now))


def _whole(db: Connection, number: int, by: str, now: dt.datetime) -> Whole | None:
    case = cases.known(db, number).case
    if case is None:
        return None
    joined = merges.merged(db, number)
    said = list[Entry]()
    for one in (case, *joined):
        found = talk.lines(db, one.address, MOST_LINES + 1) if one.address else []
        said += [_line(line, one.number if one is not case else 0) for line in found]
    noted = [_noted(note) for one in (case, *joined) for note in notes.of(db, one.number)]
    targets = clocks.targets_of(db)
    left_out = len(said) > MOST_LINES
    said = sorted(said, key=lambda entry: entry.at)[-MOST_LINES:]
    return Whole(
        case=case,
        version=audit.version(db, number),
        entries=tuple(sorted([*said, *noted], key=lambda entry: entry.at)),
        left_out=left_out,
        trail=tuple(audit.trail(db, number)),
        intact=audit.intact(db, number),
        others=tuple(leases.others(db, number, by, now)),
        links=links.of(db, number),
        files=tuple(files.of(db, number)),
        calls=calls.of(db, number),
        merged=tuple(joined),
        clocks=course_clocks(case.course, case.priority, targets, now) if targets else (),
        broadcasts=people.sent_to(db, case.address, MOST_BROADCASTS) if case.address else (),
    )


def _line(line: Line, case: int) -> Entry:
    return Entry(line.at, line.author, line.text, line.who, line=line, case=case)


def _noted(note: Note) -> Entry:
    return Entry(note.at, "note", note.text, note.who, note.kind)
