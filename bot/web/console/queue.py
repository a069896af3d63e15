"""The queue: the cases that somebody must look at, most urgent first, as somebody wants to see them; and the search over all cases."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import get_args
from urllib.parse import urlencode

from starlette.responses import Response
from starlette.routing import Route

from bot.clock import Clock
from bot.filter import CaseFilter, read_filter
from bot.listing import Listing
from bot.model import Priority
from bot.views import BadView, Views
from bot.web.console.gate import Gate
from bot.web.console.names import Names
from bot.web.console.pages import ConsolePages
from bot.web.console.rows import Rows
from bot.web.console.visit import Visit

PAGE = 50
"""Cases on a page."""


class QueuePage:
    """The queue with its filters and views, and the search, which is the same over all cases."""

    def __init__(
        self, listing: Listing, views: Callable[[str], Views], names: Names, rows: Rows, pages: ConsolePages, clock: Clock
    ) -> None:
        """``views``: the views of somebody, by their short name."""
        self._listing, self._views, self._names, self._rows = listing, views, names, rows
        self._pages, self._clock = pages, clock

    def routes(self, gate: Gate) -> list[Route]:
        """Their routes."""
        return [
            gate.page("/", "queue.view", self.show),
            gate.page("/alarms", "queue.view", self.alarms),
            gate.page("/search", "queue.view", self.search),
            gate.page("/views", "queue.view", self.keep, post=True),
            gate.page("/views/remove", "queue.view", self.remove, post=True),
        ]

    def alarms(self, visit: Visit) -> Response:
        """The dangers that nobody has taken, alone: what every open page asks for when one may be new."""
        return self._pages.render(visit, "console/alarms.html")

    def show(self, visit: Visit) -> Response:
        """A page of the queue."""
        chosen = read_filter(visit.request.url.query)
        found = self._listing.page(chosen, visit.query.get("after", ""), PAGE)
        return self._pages.render(
            visit,
            "console/queue.html",
            chosen=chosen,
            rows=[self._rows.row(case, visit, self._clock.now()) for case in found.cases],
            onward=_onward(chosen, found.following),
            first=not visit.query.get("after"),
            views=[(key, view.query(), view == chosen, str(self._listing.count(view) or "")) for key, view in plain_views(visit.name)],
            kept=self._views(visit.name).all(),
            choices=self._names.choices(visit.lang),
            levels=get_args(Priority),
        )

    def search(self, visit: Visit) -> Response:
        """Cases by their words, open and closed."""
        given = read_filter(visit.request.url.query)
        chosen = given if "status" in visit.query else dataclasses.replace(given, status="any")
        found = self._listing.page(chosen, visit.query.get("after", ""), PAGE) if chosen.text else None
        return self._pages.render(
            visit,
            "console/search.html",
            chosen=chosen,
            rows=[self._rows.row(case, visit, self._clock.now()) for case in found.cases] if found else [],
            onward=_onward(chosen, found.following) if found else "",
            behind=self._listing.behind().many if found else 0,
            blank=found is None,
        )

    def keep(self, visit: Visit) -> Response:
        """Keep a filter under a name; supervisors may share it."""
        query = visit.field("query")
        shared = visit.field("shared") == "1" and visit.may("case.take_over")
        try:
            self._views(visit.name).save(visit.field("title"), read_filter(query), shared=shared)
        except BadView:
            return self._pages.problem(visit, 400, "wrong.view")
        return self._pages.moved(visit, f"/?{read_filter(query).query()}", "saved")

    def remove(self, visit: Visit) -> Response:
        """Delete one of their own views."""
        try:
            self._views(visit.name).remove(visit.number("view") or 0)
        except BadView:
            return self._pages.problem(visit, 400, "wrong.view")
        return self._pages.moved(visit, "/", "saved")


def plain_views(name: str) -> tuple[tuple[str, CaseFilter], ...]:
    """The views that everybody has."""
    return (
        ("all", CaseFilter()),
        ("mine", CaseFilter(mine=name)),
        ("unassigned", CaseFilter(unassigned=True)),
        ("overdue", CaseFilter(overdue=True)),
        ("p0", CaseFilter(priorities=("P0",))),
        ("snoozed", CaseFilter(snoozed=True)),
        ("handed", CaseFilter(handed=True)),
        ("closed", CaseFilter(status="closed")),
    )


def _onward(chosen: CaseFilter, following: str) -> str:
    """The query of the next page; empty where there is none."""
    if not following:
        return ""
    query = chosen.query()
    return f"{query}{'&' if query else ''}{urlencode({'after': following})}"
