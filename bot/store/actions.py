"""The store as the desk uses it: each action of the staff is one transaction."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from bot.clock import to_ms
from bot.effects import Later
from bot.model import Case, Priority
from bot.staff import Note
from bot.store import alarms, audit, cases, clocks, dues, leases, notes
from bot.store.connection import Connection
from bot.store.desk import Act, begin, extend, hold, is_done, is_new
from bot.store.opened import Opened

Leases = Mapping[str, dt.timedelta]


class Actions:
    """What the staff do, on an open store; ``leases``: how long a case stays with somebody, by priority.

    Every action may raise :class:`bot.store.desk.NoCase`, ``MovedOn`` or ``Held``; then nothing is written. The same ``once`` of an
    act a second time does nothing.
    """

    def __init__(self, store: Opened, leases: Leases) -> None:
        self._store, self._leases = store, leases

    def case(self, number: int) -> Case | None:
        """A case, open or closed."""
        return self._store.read(lambda db: cases.known(db, number)).case

    def version(self, number: int) -> int:
        """The version of a case: the number of its newest link of the audit."""
        return self._store.read(lambda db: audit.version(db, number))

    def is_done(self, act: Act, what: str) -> bool:
        """Whether this action was done before."""
        return self._store.read(lambda db: is_done(db, act, what))

    def take(self, act: Act, now: dt.datetime, *, over: bool = False) -> bool:
        """The case is theirs; False where it is closed."""
        return self._store.write(lambda db: leases.take(db, act, self._leases, now, over=over))

    def release(self, act: Act, now: dt.datetime) -> bool:
        """Back to the queue; False where it was not theirs."""
        return self._store.write(lambda db: leases.release(db, act, now))

    def still_here(self, act: Act, now: dt.datetime) -> bool:
        """A sign of life; False where the case is not theirs any more."""
        # A sign that a power cut undoes is given again.
        return self._store.write(lambda db: leases.still_here(db, act, self._leases, now), lasting=False)

    def return_silent(self, now: dt.datetime) -> list[int]:
        """The cases of those who fell silent are back in the queue; their numbers. Costs no commit where there are none."""
        if not self._store.read(lambda db: leases.any_silent(db, now)):
            return []
        return self._store.write(lambda db: leases.return_silent(db, now))

    def look(self, number: int, by: str, now: dt.datetime) -> list[str]:
        """They have the case on their screen; who else has."""

        def work(db: Connection) -> list[str]:
            leases.present(db, number, by, now)
            return leases.others(db, number, by, now)

        return self._store.write(work, lasting=False)

    def reach(self, act: Act, what: str, kind: str, detail: Mapping[str, Any], now: dt.datetime) -> int:
        """Set a moment that is due at once for the resident of a case; its number, or 0 where it was done before."""

        def work(db: Connection) -> int:
            case = begin(db, act, what, self._leases, now)
            if case is None:
                return 0
            text = json.dumps({"case": act.number, "by": act.by, **detail}, ensure_ascii=False)
            due = dues.put(db, case.address, Later(kind, 0.0, text), now)
            audit.record(db, act.number, f"staff.{what}", {"by": act.by, "due": due}, now)
            return due

        return self._store.write(work)

    def note(self, act: Act, text: str, now: dt.datetime) -> int:
        """Keep a note about a case, whoever works on it; its number, or 0 where it was done before."""

        def work(db: Connection) -> int:
            case = hold(db, act.number)
            if not is_new(db, act, "note", now):
                return 0
            extend(db, case, act.by, self._leases, now)
            number = notes.add(db, act.number, act.by, "note", text, now)
            audit.record(db, act.number, "case.noted", {"by": act.by, "note": number}, now)
            return number

        return self._store.write(work)

    def notes(self, number: int) -> tuple[Note, ...]:
        """The notes of a case, oldest first."""
        return self._store.read(lambda db: notes.of(db, number))

    def set_priority(self, act: Act, level: Priority, reason: str, now: dt.datetime) -> bool:
        """Another priority, and in words why; False where it has that one already."""

        def work(db: Connection) -> bool:
            case = begin(db, act, "priority", self._leases, now)
            if case is None:
                return True
            if case.priority == level:
                return False
            sql = "UPDATE cases SET priority = :level, updated_at = :now WHERE number = :number"
            db.execute(sql, level=level, now=to_ms(now), number=act.number)
            clocks.settle(db, act.number)
            if level == "P0":
                alarms.ring(db, act.number, now)
            number = notes.add(db, act.number, act.by, "priority", reason, now)
            audit.record(db, act.number, "case.priority", {"by": act.by, "from": case.priority, "to": level, "note": number}, now)
            return True

        return self._store.write(work)
