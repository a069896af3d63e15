"""A reminder: what for, and at which moments it is due. Times are those of the city's clock; moments are aware. Pure."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from bot.clock import CITY_TIME

ReminderKind = Literal["dialysis", "oncology", "maternity", "medicine", "test", "temperature", "other"]
ReminderStatus = Literal["active", "paused", "done"]
KINDS: tuple[ReminderKind, ...] = get_args(ReminderKind)
VITAL = frozenset({"dialysis", "oncology"})
"""Where nobody answers such a one, a person must look."""
MAX_LATE: dict[ReminderKind, dt.timedelta] = {
    "dialysis": dt.timedelta(hours=3),
    "oncology": dt.timedelta(hours=3),
    "maternity": dt.timedelta(hours=3),
    "medicine": dt.timedelta(hours=2),
    "test": dt.timedelta(hours=3),
    "temperature": dt.timedelta(hours=2),
    "other": dt.timedelta(hours=1),
}
"""So much later than its moment it still helps; later still it is not sent, and that is said."""
MOST = 20
"""Reminders of one chat that are not done; more are refused."""
SILENT = 7_200.0
"""Seconds without an answer to a vital one until a person must look."""
_ONE_DAY = dt.timedelta(days=1)
_MOST_MISSED = 5_000
_AHEAD = 400
"""Days in which the next moment is looked for."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Either ``on`` a day once, or on weekdays (0 is Monday; none: every day), at these times; or every ``step`` days, counted from the
    day ``on``; or every so many hours."""

    times: tuple[str, ...] = ()
    """``HH:MM``, sorted."""
    days: tuple[int, ...] = ()
    on: str = ""
    """An ISO date."""
    hours: int = 0
    step: int = 0
    zone: str = ""
    """Of whose clock the times are, as IANA names it; empty: the cities', which knows no daylight saving."""

    def next(self, after: dt.datetime) -> dt.datetime | None:
        """The first moment later than ``after``; None where there is none any more."""
        if self.hours:
            return after + dt.timedelta(hours=self.hours)
        here = ZoneInfo(self.zone) if self.zone else CITY_TIME
        # A day earlier: a time that the clock jumped over yesterday may come after midnight.
        first = after.astimezone(here).date() - _ONE_DAY
        for date in self._dates(first):
            if self.days and date.weekday() not in self.days:
                continue
            moments = sorted(moment_of(date, time, here) for time in self.times)
            found = next((moment for moment in moments if moment > after), None)
            if found is not None:
                return found
        return None

    def _dates(self, first: dt.date) -> list[dt.date]:
        """The days that may have a moment, from ``first`` on."""
        if not self.on:
            return [first + ahead * _ONE_DAY for ahead in range(_AHEAD)]
        begin = dt.date.fromisoformat(self.on)
        if not self.step:
            return [begin]
        steps = max(0, -((begin - first).days // self.step))
        return [begin + (steps + more) * self.step * _ONE_DAY for more in range(-1, 3) if steps + more >= 0]

    def latest(self, since: dt.datetime, now: dt.datetime) -> dt.datetime:
        """Of the moments from ``since``, which is one, up to ``now`` the last: what came while nobody looked is told of once."""
        moment = since
        for _ in range(_MOST_MISSED):
            following = self.next(moment)
            if following is None or following > now:
                break
            moment = following
        return moment

    def dumped(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self), sort_keys=True)


def moment_of(date: dt.date, time: str, zone: dt.tzinfo) -> dt.datetime:
    """The moment (UTC) at which a clock shows this time on this day: the first where it comes twice, and where the clock jumps over
    it, as much later as it jumps (PEP 495 reads such times with the offset of before)."""
    return dt.datetime.combine(date, dt.time.fromisoformat(time), zone).replace(fold=0).astimezone(dt.UTC)


def loaded(text: str) -> Rule:
    """A rule from JSON."""
    values = json.loads(text)
    return Rule(tuple(values["times"]), tuple(values["days"]), values["on"], values["hours"], values.get("step", 0), values.get("zone", ""))


@dataclass(frozen=True, slots=True)
class Reminder:
    """One that a resident has set. ``number`` counts within their chat."""

    id: int
    number: int
    kind: ReminderKind
    words: str
    """The resident's own, in which they set it; never written to a log."""
    rule: Rule
    status: ReminderStatus = "active"
    next_at: dt.datetime | None = None
