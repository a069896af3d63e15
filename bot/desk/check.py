"""Looking in on a resident later: at a time that the staff set they are asked how it is now."""

from __future__ import annotations

import datetime as dt

from bot.desk.base import Base, Refused
from bot.effects import Later
from bot.store import audit, dues
from bot.store.connection import Connection
from bot.store.desk import Act, hold, is_new

CHECK = "check"
"""The kind of the moment; :mod:`bot.conversation.check` asks."""
LONGEST = dt.timedelta(days=14)


class Checking(Base):
    """Sets when a resident is asked."""

    def check_back(self, number: int, at: dt.datetime | None, *, once: str = "") -> None:
        """Ask the resident of a case at this time how they are; another time takes its place, with None nobody asks.

        Raises :class:`Refused`.
        """
        now, act = self._clock.now(), Act(number, self._by, None, once)
        if at is not None and not now < at <= now + LONGEST:
            raise Refused("choose a time within the next fourteen days", "when", days=LONGEST.days)
        address = self._found(number).address

        def work(db: Connection) -> None:
            hold(db, number)
            if not is_new(db, act, "check", now):
                return
            # Another case of the same person keeps its own.
            dues.drop(db, address, CHECK, str(number))
            if at is not None:
                dues.put(db, address, Later(CHECK, (at - now).total_seconds(), str(number)), now)
            audit.record(db, number, "case.check_back", {"by": self._by, "at": at.isoformat() if at else "none"}, now)

        with self._told(number):
            self._store.write(work)
