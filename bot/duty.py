"""Who is on duty: whoever does comes on and goes off themselves, and shifts can be planned."""

from __future__ import annotations

import datetime as dt

from bot.clock import Clock
from bot.errors import HotlineError
from bot.safe import storable
from bot.staff import Shift
from bot.store import duty
from bot.store.opened import Opened

LONGEST = dt.timedelta(hours=24)
FARTHEST = dt.timedelta(days=60)
_LONGEST_NAME = 40


class DutyRefused(HotlineError):
    """It cannot be done; ``why`` is its key below ``wrong.`` in ``data/desk``."""

    def __init__(self, text: str, why: str) -> None:
        super().__init__(text)
        self.why = why


class Duty:
    """The roster of an open store. ``name``: the short name of an account, as the audit keeps it."""

    def __init__(self, store: Opened, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def start(self, name: str, until: dt.datetime, *, team: str = "") -> Shift:
        """They are on duty from now; a shift that they are in, or that begins before ``until``, becomes one with it.

        Raises :class:`DutyRefused`.
        """
        return self.plan(name, self._clock.now(), until, team=team)

    def stop(self, name: str) -> None:
        """Their shift ends now; later ones stay planned. Raises :class:`DutyRefused`."""
        now = self._clock.now()
        if not self._store.write(lambda db: duty.stop(db, name, now)):
            raise DutyRefused(f"{name} is not on duty", "not_on_duty")

    def plan(self, name: str, starts_at: dt.datetime, ends_at: dt.datetime, *, team: str = "") -> Shift:
        """Keep a shift; with what it touches of theirs it becomes one, which is given back. Raises :class:`DutyRefused`."""
        now = self._clock.now()
        name, team = storable(name.strip()), storable(team.strip())
        if not 1 <= len(name) <= _LONGEST_NAME or len(team) > _LONGEST_NAME:
            raise DutyRefused(f"a name has 1 to {_LONGEST_NAME} characters, a team at most that many", "shift_name")
        if not starts_at < ends_at or ends_at <= now:
            raise DutyRefused("a shift ends after it begins, and not in the past", "shift_ends")
        if ends_at - starts_at > LONGEST or starts_at > now + FARTHEST:
            raise DutyRefused(
                f"a shift has at most {LONGEST // dt.timedelta(hours=1)} hours and begins within {FARTHEST.days} days", "shift_long"
            )
        return self._store.write(lambda db: duty.put(db, Shift(name, team, starts_at, ends_at)))

    def drop(self, name: str, starts_at: dt.datetime) -> None:
        """Take back a planned shift that has not begun. Raises :class:`DutyRefused`."""
        now = self._clock.now()
        if not self._store.write(lambda db: duty.drop(db, name, starts_at, now)):
            raise DutyRefused(f"{name} has no planned shift that begins then", "no_shift")

    def on_duty(self, now: dt.datetime | None = None) -> tuple[Shift, ...]:
        """Whoever is on duty at this moment; without one, now."""
        at = now or self._clock.now()
        return self._store.read(lambda db: duty.until(db, at, at))

    def planned(self, days: int = 7) -> tuple[Shift, ...]:
        """The shifts that have not ended and begin within so many days."""
        now = self._clock.now()
        return self._store.read(lambda db: duty.until(db, now, now + dt.timedelta(days=days)))
