"""One's own shift: what one works on, what one was handed, calls to make, and who is on duty."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from starlette.responses import Response
from starlette.routing import Route

from bot.accounts import Accounts
from bot.clock import Clock, from_ms
from bot.desk import Desk
from bot.duty import Duty, DutyRefused
from bot.filter import CaseFilter
from bot.listing import Listing
from bot.web.console.case import Desks
from bot.web.console.gate import Gate
from bot.web.console.pages import ConsolePages
from bot.web.console.rows import Rows
from bot.web.console.visit import Visit, moment

HOURS = (4, 8, 12)
"""So long a shift usually is."""
_MOST = 50
_TOO_LONG = 1_000
"""Hours of a shift that is refused for its length, like any longer one."""
_LAST_MS = 4_102_444_800_000
"""The year 2100: no shift begins then, and later ones may be no date at all."""


class ShiftPage:
    """One page and its forms."""

    def __init__(
        self, listing: Listing, desks: Desks, duty: Duty, accounts: Accounts, rows: Rows, pages: ConsolePages, clock: Clock
    ) -> None:
        self._listing, self._desks, self._duty, self._accounts, self._rows = listing, desks, duty, accounts, rows
        self._pages, self._clock = pages, clock

    def routes(self, gate: Gate) -> list[Route]:
        """Their routes."""
        return [
            gate.page("/shift", "queue.view", self.show),
            gate.page("/shift/start", "duty.own", self.start, post=True),
            gate.page("/shift/stop", "duty.own", self.stop, post=True),
            gate.page("/shift/plan", "duty.plan", self.plan, post=True),
            gate.page("/shift/drop", "duty.plan", self.drop, post=True),
        ]

    def show(self, visit: Visit) -> Response:
        """The page."""
        return self._page(visit)

    def start(self, visit: Visit) -> Response:
        """On duty from now on."""
        hours = visit.number("hours") or HOURS[1]
        return self._do(visit, lambda: self._duty.start(visit.name, self._clock.now() + dt.timedelta(hours=min(hours, 24))), "on_duty")

    def stop(self, visit: Visit) -> Response:
        """Off duty."""
        return self._do(visit, lambda: self._duty.stop(visit.name), "off_duty")

    def plan(self, visit: Visit) -> Response:
        """A shift of anybody's."""
        begin = moment(visit.field("from"))
        if begin is None:
            return self._page(visit, 400, "when_any")
        account = self._accounts.get(visit.field("name"))
        if account is None or not account.may("duty.own"):
            return self._page(visit, 400, "choose")
        until = begin + dt.timedelta(hours=min(visit.number("hours") or HOURS[1], _TOO_LONG))
        return self._do(visit, lambda: self._duty.plan(account.name, begin, until, team=visit.field("team")), "planned")

    def drop(self, visit: Visit) -> Response:
        """A planned shift is taken back."""
        begin = from_ms(min(visit.number("from") or 0, _LAST_MS))
        return self._do(visit, lambda: self._duty.drop(visit.field("name"), begin), "dropped")

    def _do(self, visit: Visit, act: Callable[[], object], done: str) -> Response:
        try:
            act()
        except DutyRefused as error:
            return self._page(visit, 409, error.why)
        return self._pages.moved(visit, "/shift", done)

    def _page(self, visit: Visit, status: int = 200, wrong: str = "") -> Response:
        desk: Desk = self._desks(visit.name)
        now = self._clock.now()
        on_duty = self._duty.on_duty()
        mine = self._listing.page(CaseFilter(mine=visit.name), limit=_MOST).cases
        return self._pages.render(
            visit,
            "console/shift.html",
            status,
            wrong=self._pages.say(f"wrong.{wrong}", visit.lang) if wrong else "",
            rows=[self._rows.row(case, visit, now) for case in mine],
            calls=desk.calls_to_make(_MOST),
            on_duty=on_duty,
            own=next((shift for shift in on_duty if shift.name == visit.name), None),
            planned=[shift for shift in self._duty.planned() if shift.starts_at > now],
            hours=HOURS,
            names=[one.name for one in self._accounts.all() if one.may("duty.own")],
        )
