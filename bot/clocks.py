"""The clocks of a case: when somebody must have taken it, answered and solved it. Pure.

They count only while it is our turn: while we wait for the resident, and while a case is put off, all of them stand still, and a solved
case has none. A case that was opened again begins anew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from intents.targets import Targets

Name = Literal["acknowledge", "first_answer", "next_answer", "solve"]
State = Literal["met", "running", "overdue", "paused"]


@dataclass(frozen=True, slots=True)
class Course:
    """What the clocks of a case are computed from."""

    since: dt.datetime
    """When it was opened, or opened again."""
    took: dt.datetime | None = None
    """When somebody took it up; None again where they gave it back, or fell silent, without an answer."""
    spoke: dt.datetime | None = None
    """When the staff answered last."""
    asked: dt.datetime | None = None
    """The oldest thing that the resident told us since then."""
    waits: dt.datetime | None = None
    """Since when we wait for the resident, or it is put off; None: it is our turn."""
    waited: dt.timedelta = dt.timedelta()
    """How long that was so before, all in all."""
    snoozed: dt.datetime | None = None
    """Until when it is put off; None: it is not, or until the resident writes."""
    closed: bool = False
    """Solved, or worked on with another case, whose clocks count."""
    due: dt.datetime | None = None
    """The next moment that something is due, as the store keeps it; None: nothing is."""
    until_answer: bool = False
    """Whether it is put off until the resident writes."""

    def overdue(self, now: dt.datetime) -> bool:
        """Whether something was due before now."""
        return self.due is not None and self.due <= now

    @property
    def put_off(self) -> bool:
        """Whether it is put off, until a time or an answer."""
        return self.snoozed is not None or self.until_answer


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock. ``due`` is None where it stands still or was met."""

    name: Name
    state: State
    due: dt.datetime | None = None


def clocks(course: Course, priority: str, targets: Targets, now: dt.datetime) -> tuple[Clock, ...]:
    """The clocks of a case that is at this priority; none where it is solved."""
    return () if course.closed else tuple(_clock(name, met, due, course, now) for name, met, due in _each(course, priority, targets))


def due(course: Course, priority: str, targets: Targets) -> dt.datetime | None:
    """The next moment at which something is due; None where all clocks stand still."""
    if course.closed or course.waits is not None:
        return None
    return min((at for _, met, at in _each(course, priority, targets) if not met), default=None)


def which(course: Course, priority: str, targets: Targets, now: dt.datetime) -> Name | None:
    """The clock that has been overdue for longest; None: none is."""
    late = [clock for clock in clocks(course, priority, targets, now) if clock.state == "overdue" and clock.due is not None]
    return min(late, key=lambda clock: clock.due or now).name if late else None


def _each(course: Course, priority: str, targets: Targets) -> Iterator[tuple[Name, bool, dt.datetime]]:
    """Each clock: whether it was met, and when it is due if nothing stands still from now on."""
    target = targets.of(priority)
    answered = course.spoke is not None and course.spoke >= course.since
    begin = course.since + course.waited
    yield "acknowledge", answered or course.took is not None, begin + dt.timedelta(minutes=target.acknowledge)
    yield "first_answer", answered, begin + dt.timedelta(minutes=target.first_answer)
    if answered:
        asked = course.asked
        yield "next_answer", asked is None, (asked or begin) + dt.timedelta(minutes=target.next_answer)
    yield "solve", False, begin + dt.timedelta(minutes=target.solve)


def _clock(name: Name, met: bool, at: dt.datetime, course: Course, now: dt.datetime) -> Clock:
    if met:
        return Clock(name, "met")
    if course.waits is not None:
        return Clock(name, "paused")
    return Clock(name, "overdue" if at <= now else "running", at)
