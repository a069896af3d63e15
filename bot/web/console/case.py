"""The page of one case: what was said, what is known, who works on it, and what can be done."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import get_args

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.account import Account
from bot.accounts import Accounts
from bot.clock import Clock
from bot.desk import Changed, Desk, Refused
from bot.desk.view import View
from bot.insight import Insights
from bot.listing import Listing
from bot.model import Case, Priority
from bot.staff import Outcome
from bot.web.console.gate import Gate, not_found
from bot.web.console.moves import LINKS, TAKERS, Moves
from bot.web.console.names import Names
from bot.web.console.pages import ConsolePages, span
from bot.web.console.visit import Lang, Visit
from intents.canned import Canned, filled

Desks = Callable[[str], Desk]
"""The desk of one person, by their short name."""
KEPT = ("text", "note", "reason", "needs", "whom", "about", "call")
"""Fields that are not lost where a form is refused."""
HANZI = re.compile(r"[\u3400-\u9fff]")
_LEVELS = get_args(Priority)
_OUTCOMES = get_args(Outcome)


class CasePage:
    """Shows a case and does what its forms ask for."""

    def __init__(
        self,
        desks: Desks,
        view: View,
        accounts: Accounts,
        listing: Listing,
        names: Names,
        insights: Insights,
        canned: Sequence[Canned],
        pages: ConsolePages,
        clock: Clock,
    ) -> None:
        self._desks, self._view, self._accounts, self._listing, self._names = desks, view, accounts, listing, names
        self._insights, self._canned, self._pages, self._clock = insights, canned, pages, clock

    def routes(self, gate: Gate) -> list[Route]:
        """Its routes."""
        at = "/case/{number}"
        return [
            gate.page(at, "case.view", self.show),
            gate.page(f"{at}/here", "case.view", self.here, post=True),
            gate.page(f"{at}/take", "case.take", self.take, post=True),
            gate.page(f"{at}/over", "case.take_over", self.take_over, post=True),
            gate.page(f"{at}/release", "case.take", self.release, post=True),
            gate.page(f"{at}/answer", "case.answer", self.answer, post=True),
            gate.page(f"{at}/note", "case.note", self.note, post=True),
            gate.page(f"{at}/priority", "case.priority", self.priority, post=True),
            gate.page(f"{at}/close", "case.close", self.close, post=True),
            gate.page(f"{at}/reopen", "case.reopen", self.reopen, post=True),
            gate.page(f"{at}/sheet", "case.view", self.sheet),
            *Moves(self._do, self._wrong, self._colleagues, self._clock).routes(gate),
        ]

    def show(self, visit: Visit) -> Response:
        """The page; looking at it is a sign of life."""
        if visit.may("case.take") and visit.request.headers.get("x-live") is None:
            self._alive(visit)
        return self._page(visit)

    def here(self, visit: Visit) -> Response:
        """The page is open, and somebody is there where it says so; who else looks, as JSON."""
        return JSONResponse({"others": self._also(visit, self._alive(visit, there=visit.field("active") == "1"))})

    def take(self, visit: Visit) -> Response:
        """Work on it."""
        return self._do(visit, "taken", lambda desk: desk.take(visit.case, seen=visit.number("seen"), once=visit.once))

    def take_over(self, visit: Visit) -> Response:
        """Work on it although somebody else does."""
        return self._do(visit, "taken", lambda desk: desk.take(visit.case, seen=visit.number("seen"), once=visit.once, over=True))

    def release(self, visit: Visit) -> Response:
        """Give it back."""
        return self._do(visit, "released", lambda desk: desk.release(visit.case, once=visit.once))

    def answer(self, visit: Visit) -> Response:
        """Write to the resident."""
        text = visit.field("text")
        return self._do(visit, "answered", lambda desk: desk.answer(visit.case, text, seen=visit.number("seen"), once=visit.once))

    def note(self, visit: Visit) -> Response:
        """Write to the colleagues."""
        return self._do(visit, "noted", lambda desk: desk.note(visit.case, visit.field("note"), once=visit.once))

    def priority(self, visit: Visit) -> Response:
        """Another priority, with a reason."""
        level: Priority | None = next((one for one in _LEVELS if one == visit.field("level")), None)
        if level is None:
            return self._wrong(visit, "wrong.choose")
        seen, reason = visit.number("seen"), visit.field("reason")
        return self._do(visit, "priority", lambda desk: desk.set_priority(visit.case, level, reason, seen=seen, once=visit.once))

    def close(self, visit: Visit) -> Response:
        """Solved, or ended otherwise."""
        why: Outcome | None = next((one for one in _OUTCOMES if one == visit.field("outcome")), None)
        if why is None:
            return self._wrong(visit, "wrong.choose")
        return self._do(visit, "closed", lambda desk: desk.close(visit.case, why, seen=visit.number("seen"), once=visit.once))

    def reopen(self, visit: Visit) -> Response:
        """Open it again."""
        return self._do(visit, "reopened", lambda desk: desk.reopen(visit.case, seen=visit.number("seen"), once=visit.once))

    def sheet(self, visit: Visit) -> Response:
        """All of it on one page, to be printed or copied for whoever goes on with it."""
        return self._page(visit, template="console/sheet.html")

    def _wrong(self, visit: Visit, key: str) -> Response:
        return self._page(visit, 400, self._pages.say(key, visit.lang))

    def _do(self, visit: Visit, done: str, act: Callable[[Desk], object]) -> Response:
        """Do it and go back to the page; where it is refused, the page says why and keeps what was written."""
        try:
            act(self._desks(visit.name))
        except Changed as error:
            told = [self._pages.say(f"kind.{row.kind}", visit.lang) + self._by(visit, row.detail) for row in error.rows]
            news = self._pages.say("wrong.changed.list", visit.lang).join(told)
            return self._page(visit, 409, self._pages.say("wrong.changed", visit.lang, what=news))
        except Refused as error:
            known = self._pages.say(f"wrong.{error.why}", visit.lang, **error.values) if error.why else str(error)
            return self._page(visit, 409, known)
        return self._pages.moved(visit, f"/case/{visit.case}", done)

    def _ready(self, case: Case, visit: Visit) -> list[tuple[str, str]]:
        """The ready sentences in the resident's language, titled in the reader's."""
        spoken: Lang = "zh" if HANZI.search(case.words) or not case.words else "en"
        district = self._names.district(case.district, spoken) if case.district else ""
        values = {"case": str(case.number), "district": district, "hospital": case.hospital}
        return [(one.title.in_(visit.lang), filled(one.text.in_(spoken), values)) for one in self._canned]

    def _colleagues(self, visit: Visit) -> list[Account]:
        return [one for one in self._accounts.all() if one.may("case.take") and one.name != visit.name]

    def _by(self, visit: Visit, detail: object) -> str:
        who = detail.get("by", "") if isinstance(detail, dict) else ""
        return self._pages.say("by", visit.lang, who=who) if who else ""

    def _alive(self, visit: Visit, *, there: bool = True) -> list[str]:
        """They have the page open; ``there``: they also did something, so that the case stays theirs."""
        desk = self._desks(visit.name)
        try:
            if there:
                desk.still_here(visit.case)
            return desk.look(visit.case)
        except Refused:
            return []

    def _also(self, visit: Visit, others: list[str]) -> str:
        return self._pages.say("case.others", visit.lang, who=", ".join(others)) if others else ""

    def _page(self, visit: Visit, status: int = 200, wrong: str = "", *, template: str = "console/case.html") -> Response:
        whole = self._view.whole(visit.case, visit.name)
        if whole is None:
            raise not_found()
        case, now = whole.case, self._clock.now()
        return self._pages.render(
            visit,
            template,
            status,
            whole=whole,
            # The newest thing that a colleague did.
            acted=max((row.seq for row in whole.trail if row.detail.get("by", visit.name) != visit.name), default=0),
            case=case,
            holder=case.held_by(now),
            also=self._also(visit, list(whole.others)),
            place=self._names.place(case.city, case.district, visit.lang),
            topics=self._names.topics(case, visit.lang),
            topic=lambda topic: self._names.topic(topic, visit.lang),
            facts=self._names.facts(case, visit.lang),
            hospitals=self._names.hospitals(case),
            insight=self._insights.of(case, visit.lang) if visit.query.get("understood") else None,
            outcomes=_OUTCOMES,
            levels=_LEVELS,
            why=self._names.why(case, visit.lang),
            waited=span(case.opened_at, now),
            canned=self._ready(case, visit),
            colleagues=self._colleagues(visit),
            takers=TAKERS,
            link_kinds=LINKS,
            similar=[(n, round(score)) for n, score in self._listing.similar(case.number)] if case.status == "open" else [],
            wrong=wrong,
            kept={name: visit.field(name) if wrong else "" for name in KEPT},
        )
