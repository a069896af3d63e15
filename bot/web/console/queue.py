"""The queue: the cases that somebody must look at, most urgent first, as somebody wants to see them."""

from __future__ import annotations

from typing import get_args

from starlette.responses import Response
from starlette.routing import Route

from bot.clock import Clock
from bot.filter import CaseFilter, read_filter
from bot.listing import Listing
from bot.model import Priority
from bot.web.console.gate import Gate
from bot.web.console.names import Names
from bot.web.console.pages import ConsolePages
from bot.web.console.rows import Rows
from bot.web.console.visit import Visit

PAGE = 50
"""Cases on a page."""
_VIEWS: tuple[tuple[str, CaseFilter], ...] = (
    ("all", CaseFilter()),
    ("mine", CaseFilter(whose="mine")),
    ("unassigned", CaseFilter(whose="unassigned")),
    ("overdue", CaseFilter(overdue=True)),
    ("p0", CaseFilter(priority="P0")),
    ("snoozed", CaseFilter(snoozed=True)),
    ("closed", CaseFilter(status="closed")),
)


class QueuePage:
    """The queue with its filters, and the search, which is the same over all cases."""

    def __init__(self, listing: Listing, names: Names, rows: Rows, pages: ConsolePages, clock: Clock) -> None:
        self._listing, self._names, self._rows, self._pages, self._clock = listing, names, rows, pages, clock

    def routes(self, gate: Gate) -> list[Route]:
        """Their routes."""
        return [gate.page("/", "queue.view", self.show), gate.page("/search", "queue.view", self.search)]

    def show(self, visit: Visit) -> Response:
        """A page of the queue."""
        return self._list(visit, read_filter(visit.query), "console/queue.html")

    def search(self, visit: Visit) -> Response:
        """Cases by their words, open and closed; a number alone leads to the case."""
        query = dict(visit.query)
        query.setdefault("status", "any")
        chosen = read_filter(query)
        number = chosen.text.lstrip("#＃").strip()
        if number.isascii() and number.isdigit() and len(number) < 16 and self._listing.exists(int(number)):
            return self._pages.moved(visit, f"/case/{int(number)}")
        return self._list(visit, chosen, "console/search.html")

    def _list(self, visit: Visit, chosen: CaseFilter, template: str) -> Response:
        searching = template.endswith("search.html")
        blank = searching and not chosen.text
        found = self._listing.page(chosen, visit.name, visit.query.get("after", ""), PAGE) if not blank else None
        return self._pages.render(
            visit,
            template,
            chosen=chosen,
            rows=[self._rows.row(case, visit, self._clock.now()) for case in found.cases] if found else [],
            onward=chosen.query(after=found.onward) if found and found.onward else "",
            first=not visit.query.get("after"),
            views=[(key, view.query(), view == chosen, self._listing.count(view, visit.name)) for key, view in _VIEWS]
            if not searching
            else [],
            choices=self._names.choices(visit.lang),
            levels=get_args(Priority),
            blank=blank,
        )
