"""A case as a line of a list."""

from __future__ import annotations

import datetime as dt

from bot.model import Case
from bot.web.console.names import Names
from bot.web.console.pages import span
from bot.web.console.visit import Visit


class Rows:
    """Makes lines for ``console/list.html``."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def row(self, case: Case, visit: Visit, now: dt.datetime) -> dict[str, object]:
        """What the template shows of a case."""
        return {
            "case": case,
            "place": self._names.place(case.city, case.district, visit.lang),
            "topics": self._names.topics(case, visit.lang),
            "hospitals": self._names.hospitals(case),
            "holder": case.held_by(now),
            "waited": span(case.opened_at, now),
            "overdue": case.course.overdue(now),
        }
