"""One action on many cases: a preview of how many and which not, then the doing, then a report."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

from starlette.responses import Response
from starlette.routing import Route

from bot.desk import Desk, Refused
from bot.desk.bulk import Report
from bot.model import Priority
from bot.staff import Outcome
from bot.web.console.case import Desks
from bot.web.console.gate import Gate
from bot.web.console.pages import ConsolePages
from bot.web.console.visit import Visit

ACTS = ("take", "release", "close", "priority", "handover")
_LEVELS: tuple[Priority, ...] = get_args(Priority)
_OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


class BulkPage:
    """Two steps: nothing is done before somebody has seen how much it is."""

    def __init__(self, desks: Desks, pages: ConsolePages) -> None:
        self._desks, self._pages = desks, pages

    def routes(self, gate: Gate) -> list[Route]:
        """Their routes."""
        return [gate.page("/bulk", "bulk", self.preview, post=True), gate.page("/bulk/do", "bulk", self.do, post=True)]

    def preview(self, visit: Visit) -> Response:
        """How many it would be."""
        numbers = self._numbers(visit)
        if not numbers or visit.field("act") not in ACTS:
            return self._pages.problem(visit, 400, "wrong.bulk")
        return self._show(visit, self._desks(visit.name).preview(numbers))

    def do(self, visit: Visit) -> Response:
        """Do it; what failed is told with why."""
        desk = self._desks(visit.name)
        act = self._act(desk, visit)
        if act is None:
            return self._show(visit, desk.preview(self._numbers(visit)), "wrong.choose")
        return self._show(visit, desk.on_each(self._numbers(visit), act), done=True)

    def _act(self, desk: Desk, visit: Visit) -> Callable[[int], object] | None:
        """What is to be done with each case; None where something is missing."""
        once, reason = visit.once, visit.field("reason").strip()
        match visit.field("act"):
            case "take":
                return lambda number: desk.take(number, once=once)
            case "release":
                return lambda number: desk.release(number, once=once)
            case "close":
                why = next((one for one in _OUTCOMES if one == visit.field("outcome")), None)
                return None if why is None else lambda number: desk.close(number, why, once=once)
            case "priority":
                level = next((one for one in _LEVELS if one == visit.field("level")), None)
                return None if level is None or not reason else lambda number: desk.set_priority(number, level, reason, once=once)
            case "handover":
                whom = visit.field("whom").strip()
                return None if not whom or not reason else lambda number: desk.hand_over(number, "team", whom, reason, once=once)
        return None

    def _numbers(self, visit: Visit) -> list[int]:
        return [int(value) for value in visit.fields("number") if value.isascii() and value.isdigit() and len(value) < 16]

    def _show(self, visit: Visit, report: Report, wrong: str = "", *, done: bool = False) -> Response:
        return self._pages.render(
            visit,
            "console/bulk.html",
            400 if wrong else 200,
            act=visit.field("act"),
            report=report,
            failed=[(number, self._why(visit, error)) for number, error in report.failed],
            finished=done,
            wrong=self._pages.say(wrong, visit.lang) if wrong else "",
            outcomes=_OUTCOMES,
            levels=_LEVELS,
        )

    def _why(self, visit: Visit, error: Refused) -> str:
        return self._pages.say(f"wrong.{error.why}", visit.lang, **error.values) if error.why else str(error)
