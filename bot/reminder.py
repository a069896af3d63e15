"""A reminder: what for, and at which moments it is due. Times are those of the city's clock; moments are aware. Pure."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass
from typing import Literal, get_args

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
SILENT = 7_200.0
"""Seconds without an answer to a vital one until a person must look."""
_AHEAD = 400
"""Days in which the next moment is looked for."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Either ``on`` a day once, or on weekdays (0 is Monday; none: every day), at these times; or every so many hours."""

    times: tuple[str, ...] = ()
    """``HH:MM``, sorted."""
    days: tuple[int, ...] = ()
    on: str = ""
    """An ISO date."""
    hours: int = 0

    def next(self, after: dt.datetime) -> dt.datetime | None:
        """The first moment later than ``after``; None where there is none any more."""
        if self.hours:
            return after + dt.timedelta(hours=self.hours)
        local = after.astimezone(CITY_TIME)
        dates = [dt.date.fromisoformat(self.on)] if self.on else [local.date() + dt.timedelta(days=ahead) for ahead in range(_AHEAD)]
        for date in dates:
            if self.days and date.weekday() not in self.days:
                continue
            for time in self.times:
                moment = dt.datetime.combine(date, dt.time.fromisoformat(time), CITY_TIME)
                if moment > after:
                    return moment.astimezone(dt.UTC)
        return None

    def dumped(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self), sort_keys=True)


def loaded(text: str) -> Rule:
    """A rule from JSON."""
    values = json.loads(text)
    return Rule(tuple(values["times"]), tuple(values["days"]), values["on"], values["hours"])


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
