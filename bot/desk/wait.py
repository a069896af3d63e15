"""Putting a case off: until a time, or until the resident writes."""

from __future__ import annotations

import datetime as dt

from bot.desk.base import Base, Refused
from bot.store import audit, clocks, leases
from bot.store.connection import Connection
from bot.store.desk import Act, begin

LONGEST = dt.timedelta(days=7)
"""So long a case can be put off until a time."""


class Waiting(Base):
    """Puts cases off, and takes them up again."""

    def snooze(self, number: int, until: dt.datetime | None, *, seen: int | None = None, once: str = "") -> None:
        """Put an open case off until a time, with None until the resident writes. It is nobody's meanwhile. Raises :class:`Refused`."""
        now = self._clock.now()
        if until is not None and not now < until <= now + LONGEST:
            raise Refused("put it off until a time within the next seven days", "when", days=LONGEST.days)
        act = Act(number, self._by, seen, once)

        def work(db: Connection) -> bool:
            case = begin(db, act, "snooze", self._leases, now)
            if case is None:
                return True
            if case.status != "open":
                return False
            clocks.snooze(db, number, until, now)
            leases.free(db, number, now)
            audit.record(db, number, "case.snoozed", {"by": self._by, "until": until.isoformat() if until else "answer"}, now)
            return True

        with self._told(number):
            if not self._store.write(work):
                raise Refused(f"case {number} is closed", "closed", case=number)

    def wake(self, number: int, *, once: str = "") -> None:
        """Take up a case again that was put off. Raises :class:`Refused`."""
        now, act = self._clock.now(), Act(number, self._by, None, once)

        def work(db: Connection) -> bool:
            case = begin(db, act, "wake", self._leases, now)
            if case is None:
                return True
            if not case.course.put_off:
                return False
            clocks.resident_told(db, number, now)
            clocks.settle(db, number)
            audit.record(db, number, "case.woken", {"by": self._by}, now)
            return True

        with self._told(number):
            if not self._store.write(work):
                raise Refused(f"case {number} is not put off", "not_put_off", case=number)
