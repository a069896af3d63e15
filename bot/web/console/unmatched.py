"""What was not understood, and what is done about it: clusters, proposals with what they would change, approval, taking back."""

from __future__ import annotations

import json
from collections.abc import Callable

from starlette.responses import Response
from starlette.routing import Route

from bot.overlay import Proposal
from bot.review import Review, ReviewRefused
from bot.web.console.gate import Gate
from bot.web.console.names import Names
from bot.web.console.pages import ConsolePages
from bot.web.console.visit import Visit

SHOWN = 40


class UnmatchedPage:
    """One page and its forms."""

    def __init__(self, review: Review, names: Names, pages: ConsolePages) -> None:
        self._review, self._names, self._pages = review, names, pages

    def routes(self, gate: Gate) -> list[Route]:
        """Their routes."""
        return [
            gate.page("/unmatched", "unmatched.view", self.show),
            gate.page("/unmatched", "unmatched.propose", self.propose, post=True),
            gate.page("/unmatched/approve", "unmatched.approve", self.approve, post=True),
            gate.page("/unmatched/refuse", "unmatched.approve", self.refuse, post=True),
            gate.page("/unmatched/withdraw", "unmatched.approve", self.withdraw, post=True),
        ]

    def show(self, visit: Visit) -> Response:
        """The page."""
        return self._page(visit)

    def propose(self, visit: Visit) -> Response:
        """A topic or an answer for messages like some phrases."""
        phrases = visit.field("phrases").splitlines()
        zh, en = visit.field("answer_zh"), visit.field("answer_en")
        return self._do(visit, lambda: self._review.propose(visit.name, visit.field("topic"), phrases, zh, en), "proposed")

    def approve(self, visit: Visit) -> Response:
        """It holds."""
        return self._do(visit, lambda: self._review.approve(visit.number("id") or 0, visit.name), "approved")

    def refuse(self, visit: Visit) -> Response:
        """It is not wanted."""
        return self._do(visit, lambda: self._review.refuse(visit.number("id") or 0, visit.name), "refused")

    def withdraw(self, visit: Visit) -> Response:
        """It holds no more."""
        return self._do(visit, lambda: self._review.withdraw(visit.number("id") or 0, visit.name), "withdrawn")

    def _do(self, visit: Visit, act: Callable[[], object], done: str) -> Response:
        try:
            act()
        except ReviewRefused as error:
            return self._page(visit, 409, error.why)
        return self._pages.moved(visit, "/unmatched", done)

    def _page(self, visit: Visit, status: int = 200, wrong: str = "") -> Response:
        found = self._review.clusters()
        return self._pages.render(
            visit,
            "console/unmatched.html",
            status,
            wrong=self._pages.say(f"wrong.{wrong}", visit.lang) if wrong else "",
            clusters=found[:SHOWN],
            messages=sum(one.many for one in found),
            proposals=[self._told(one, visit) for one in self._review.proposals()],
            topics=[one for one in self._names.choices(visit.lang)["topic"] if one[0] not in ("other", "out_of_scope", "care.emergency")],
            kept={name: visit.field(name) if wrong else "" for name in ("phrases", "topic", "answer_zh", "answer_en")},
        )

    def _told(self, made: Proposal, visit: Visit) -> tuple[Proposal, str, dict[str, object]]:
        return made, self._names.topic(made.topic, visit.lang), json.loads(made.report) if made.report else {}
