"""What happens to cases as time goes by: those put off come back, late ones rise, dangers ring until somebody takes them."""

from __future__ import annotations

import datetime as dt

from bot.clock import Clock
from bot.store import alarms, clocks, leases
from bot.store.alarms import Alarm
from bot.store.connection import Connection
from bot.store.opened import Opened
from intents.targets import Alarms, Targets

SHOWN = 41


class Ticks:
    """Called by the schedule; any number of processes may. ``rings``: how often and for whom."""

    def __init__(self, store: Opened, clock: Clock, rings: Alarms) -> None:
        self._store, self._clock = store, clock
        self._every, self._supervisors = dt.timedelta(minutes=rings.every), dt.timedelta(minutes=rings.supervisors)

    def start(self, targets: Targets) -> None:
        """Keep the targets with the database, where they are other ones than before."""
        if self._store.read(clocks.targets_of) != targets:
            self._store.write(lambda db: clocks.put_targets(db, targets))

    def tick(self) -> None:
        """Do all of it. Costs no commit where there is nothing to do."""
        now = self._clock.now()
        if self._store.read(lambda db: leases.any_silent(db, now)):
            self._store.write(lambda db: leases.return_silent(db, now))
        if self._store.read(lambda db: clocks.any_to_move(db, now)):
            self._store.write(lambda db: _move(db, now))
        if self._store.read(lambda db: alarms.untaken(db, 1)):
            self._store.write(lambda db: alarms.again(db, self._every, self._supervisors, now))

    def waiting(self) -> list[Alarm]:
        """The alarms that nobody was told of yet."""
        return self._store.read(alarms.waiting)

    def dangers(self) -> list[int]:
        """The cases of danger to life that nobody has taken, oldest first, as many as a page can name."""
        return self._store.read(lambda db: alarms.untaken(db, SHOWN))

    def settled(self, ids: list[int]) -> None:
        """They were told."""
        now = self._clock.now()
        self._store.write(lambda db: alarms.settled(db, ids, now))


def _move(db: Connection, now: dt.datetime) -> None:
    clocks.wake(db, now)
    for number, priority in clocks.rise(db, now):
        if priority != "P0":  # a danger rings by itself
            alarms.overdue(db, number, now)
