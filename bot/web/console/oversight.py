"""How the hotline does: charts of a day, its brief, exports, and the people at risk with what is due for them."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator

from markupsafe import Markup
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from bot import export
from bot.brief import render
from bot.charts import STYLE
from bot.clock import Clock
from bot.figures import Due, Figures
from bot.names import Names
from bot.oversight import NotYet, Oversight
from bot.overview import charts, percent
from bot.store.opened import Opened
from bot.web.console.gate import Gate
from bot.web.console.pages import ConsolePages
from bot.web.console.visit import YEARS, Visit

KEPT = dt.timedelta(seconds=15)
"""The figures of a day are read again after so long: many may look at once, and each reading goes through a day's cases."""
MOST_DAYS = 31
"""Days of one export."""
MadeWith = Callable[[], tuple[Oversight, Names]]


class OversightPage:
    """The pages of those who lead."""

    def __init__(self, made_with: MadeWith, store: Opened, pages: ConsolePages, clock: Clock) -> None:
        self._made_with, self._store, self._pages, self._clock = made_with, store, pages, clock
        self._kept: dict[dt.date, tuple[dt.datetime, Figures, Due]] = {}
        self._alone = threading.Lock()

    def routes(self, gate: Gate) -> list[Route]:
        """Their routes."""
        return [
            gate.page("/oversight", "oversight.view", self.show),
            gate.page("/oversight/charts.css", "oversight.view", self.style),
            gate.page("/oversight/brief", "oversight.view", self.brief),
            gate.page("/oversight/cases.csv", "export", self.cases),
            gate.page("/oversight/figures.csv", "export", self.figures),
            gate.page("/people", "people.view", self.people),
        ]

    def show(self, visit: Visit) -> Response:
        """The charts of a day; today's, where none or no day is asked for."""
        oversight, names = self._made_with()
        day, figures, due = self._read(oversight, self._day(visit, "day", oversight.today()))
        drawn = [Markup(chart.html()) for chart in charts(figures, due, names, visit.lang)]  # noqa: S704  (charts escape their texts)
        return self._pages.render(
            visit,
            "console/oversight.html",
            figures=figures,
            drawn=drawn,
            day=day,
            before=day - dt.timedelta(days=1),
            after=day + dt.timedelta(days=1) if day < oversight.today() else None,
            settled=percent(figures.settled),
            unclear=percent(figures.not_understood),
        )

    def style(self, visit: Visit) -> Response:
        """What the charts look like."""
        return PlainTextResponse(STYLE, media_type="text/css")

    def brief(self, visit: Visit) -> Response:
        """The day's brief as a file: it has styles of its own, which no page of ours may have."""
        oversight, names = self._made_with()
        day, figures, due = self._read(oversight, self._day(visit, "day", oversight.today()))
        html = render(figures, due, names, visit.lang, self._clock.now())
        return _file(iter([html]), f"brief-{day.isoformat()}-{visit.lang}.html", "text/html")

    def cases(self, visit: Visit) -> Response:
        """The cases of some days as a table."""
        first, last = self._days(visit)
        return _file(export.cases(self._store, first, last), f"cases-{first}-{last}.csv", "text/csv")

    def figures(self, visit: Visit) -> Response:
        """The figures of some days as a table."""
        first, last = self._days(visit)
        return _file(export.figures(self._made_with()[0], first, last), f"figures-{first}-{last}.csv", "text/csv")

    def people(self, visit: Visit) -> Response:
        """How many people at risk there are in each district, and for how many something is due."""
        oversight, names = self._made_with()
        due = oversight.due(self._day(visit, "day", oversight.today()))
        rows = [
            (self._pages.say(f"group.{one.group}", visit.lang), names.place(one.city, one.district, visit.lang), one) for one in due.people
        ]
        return self._pages.render(visit, "console/people.html", rows=rows, day=due.day, total=sum(one.people for one in due.people))

    def _read(self, oversight: Oversight, day: dt.date) -> tuple[dt.date, Figures, Due]:
        with self._alone:
            now = self._clock.now()
            at, figures, due = self._kept.get(day, (None, None, None))
            if at is None or figures is None or due is None or not at <= now < at + KEPT:
                try:
                    figures, due = oversight.figures(day), oversight.due(day)
                except NotYet:
                    day = oversight.today()
                    figures, due = oversight.figures(day), oversight.due(day)
                self._kept = {**dict(list(self._kept.items())[-3:]), day: (now, figures, due)}
            return day, figures, due

    def _days(self, visit: Visit) -> tuple[dt.date, dt.date]:
        today = self._made_with()[0].today()
        last = self._day(visit, "to", today)
        first = min(self._day(visit, "from", last), last)
        return max(first, last - dt.timedelta(days=MOST_DAYS - 1)), last

    def _day(self, visit: Visit, name: str, default: dt.date) -> dt.date:
        try:
            day = dt.date.fromisoformat(visit.query.get(name, ""))
        except ValueError:
            return default
        return day if day.year in YEARS else default


def _file(parts: Iterator[str], name: str, kind: str) -> Response:
    return StreamingResponse(parts, media_type=f"{kind}; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}"'})
