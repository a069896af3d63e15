"""A case as somebody of the staff looks at it: everything about it, read at one moment."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from bot.clock import Clock
from bot.model import Case, Link, Message
from bot.safe import storable
from bot.staff import Note
from bot.store import audit, cases, files, leases, links, messages, notes
from bot.store.audit import AuditRow
from bot.store.connection import Connection
from bot.store.files import File
from bot.store.opened import Opened

MOST_LINES = 200
"""Lines of a conversation that are shown; older ones are left out, and said to be."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in the course of a case: a line of the conversation, or a note of the staff."""

    at: dt.datetime
    what: Literal["resident", "bot", "note"]
    text: str
    who: str = ""
    """Of a note: who wrote it."""
    kind: str = ""
    """Of a note: its kind."""
    id: int = 0


@dataclass(frozen=True, slots=True)
class Whole:
    """A case with all that belongs to it."""

    case: Case
    version: int
    entries: tuple[Entry, ...]
    """Oldest first."""
    left_out: int
    """So many older lines are not among them."""
    trail: tuple[AuditRow, ...]
    intact: bool
    """Whether the audit is unbroken."""
    others: tuple[str, ...]
    """Who else has it on their screen."""
    links: tuple[Link, ...]
    files: tuple[File, ...]


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
    lines = messages.history(db, storable(case.address), 0) if case.address else []
    said = [_line(line) for line in lines[-MOST_LINES:]]
    noted = [_noted(note) for note in notes.of(db, number)]
    return Whole(
        case=case,
        version=audit.version(db, number),
        entries=tuple(sorted([*said, *noted], key=lambda entry: entry.at)),
        left_out=max(0, len(lines) - MOST_LINES),
        trail=tuple(audit.trail(db, number)),
        intact=audit.intact(db, number),
        others=tuple(leases.others(db, number, by, now)),
        links=links.of(db, number),
        files=tuple(files.of(db, number)),
    )


def _line(line: Message) -> Entry:
    return Entry(line.at, line.author, line.text, id=line.id)


def _noted(note: Note) -> Entry:
    return Entry(note.at, "note", note.text, note.who, note.kind, note.id)
