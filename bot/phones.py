"""How a telephone number stands: what residents and operators report of it. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["noanswer", "answered", "demoted", "restored"]
"""What is reported. The first two by residents, the others by operators."""
By = Literal["", "residents", "operator"]
NEVER = frozenset({"110", "119", "120", "122", "999", "12110"})
"""Numbers that are never said to be dead: whoever is in danger must go on calling them."""
RECENT = dt.timedelta(hours=1)
"""So long a report is shown, and so close together several count: who sits at a duty line changes with the shift, not the minute."""
ENOUGH = 3
"""So many different residents demote a number: one or two may have misdialled, or called while the line was busy."""
LASTS = dt.timedelta(hours=3)
"""A demotion ends so long after the last report: then somebody must try again, or nobody would ever learn that the line is manned."""
READ_BACK = dt.timedelta(hours=12)
"""Older reports say nothing of a number any more; an operator's demotion counts however old it is."""


@dataclass(frozen=True, slots=True)
class Report:
    """What one chat, or with an empty address an operator, says of a number."""

    number: str
    address: str
    at: dt.datetime
    kind: Kind


@dataclass(frozen=True, slots=True)
class Standing:
    """How a number stands at a moment."""

    minutes: int | None = None
    """So many minutes ago somebody last could not get through; None where nobody said so within the hour."""
    demoted: By = ""
    """Who has put it behind the others."""


Standings = Mapping[str, Standing]
"""By number; one that nothing is said against is missing."""


def standings(reports: Iterable[Report], now: dt.datetime) -> dict[str, Standing]:
    """How the numbers of these reports stand; those that nothing is said against any more are left out."""
    of: dict[str, list[Report]] = {}
    for report in sorted(reports, key=lambda report: report.at):
        of.setdefault(report.number, []).append(report)
    found = {number: _standing(told, now) for number, told in of.items()}
    return {number: standing for number, standing in found.items() if standing != Standing()}


def in_order(numbers: Iterable[str], phones: Standings) -> tuple[str, ...]:
    """The same numbers, those that are demoted behind the others."""
    return tuple(sorted(numbers, key=lambda number: number in phones and bool(phones[number].demoted)))


def _standing(told: list[Report], now: dt.datetime) -> Standing:
    """``told``: the reports of one number, oldest first."""
    near: list[Report] = []
    until = last = None
    forced = False
    for report in told:
        if report.kind in {"answered", "restored"}:
            near, until, last, forced = [], None, None, False
        elif report.kind == "demoted":
            forced = True
        else:
            last = report.at
            near = [*(other for other in near if report.at - other.at <= RECENT), report]
            if len({other.address for other in near}) >= ENOUGH or (until is not None and report.at <= until):
                until = report.at + LASTS
    lasting: By = "residents" if until is not None and now < until else ""
    minutes = int((now - last).total_seconds() // 60) if last is not None and now - last <= RECENT else None
    return Standing(minutes, "operator" if forced else lasting)
