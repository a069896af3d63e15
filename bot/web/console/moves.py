"""What else can be done with a case: put off, handed over, merged, split, linked, sent again, phoned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import get_args

from starlette.responses import Response
from starlette.routing import Route

from bot.account import Account
from bot.clock import Clock
from bot.desk import Desk
from bot.desk.move import Taker
from bot.model import Linked
from bot.web.console.gate import Gate
from bot.web.console.visit import Visit, moment

TAKERS = get_args(Taker)
LINKS = get_args(Linked)
Do = Callable[[Visit, str, Callable[[Desk], object]], Response]
"""Does something on the case of a page, and goes back there."""
Colleagues = Callable[[Visit], Sequence[Account]]
"""Who else could take a case."""


class Moves:
    """The forms beside a case."""

    def __init__(self, do: Do, wrong: Callable[[Visit, str], Response], colleagues: Colleagues, clock: Clock) -> None:
        self._do, self._wrong, self._colleagues, self._clock = do, wrong, colleagues, clock

    def routes(self, gate: Gate) -> list[Route]:
        """Their routes."""
        at = "/case/{number}"
        return [
            gate.page(f"{at}/snooze", "case.snooze", self.snooze, post=True),
            gate.page(f"{at}/wake", "case.snooze", self.wake, post=True),
            gate.page(f"{at}/check", "case.answer", self.check, post=True),
            gate.page(f"{at}/handover", "case.handover", self.hand_over, post=True),
            gate.page(f"{at}/merge", "case.merge", self.merge, post=True),
            gate.page(f"{at}/unmerge", "case.merge", self.unmerge, post=True),
            gate.page(f"{at}/split", "case.split", self.split, post=True),
            gate.page(f"{at}/link", "case.link", self.link, post=True),
            gate.page(f"{at}/unlink", "case.link", self.unlink, post=True),
            gate.page(f"{at}/again", "case.answer", self.again, post=True),
            gate.page(f"{at}/call", "case.answer", self.call, post=True),
            gate.page(f"{at}/called", "case.answer", self.called, post=True),
        ]

    def snooze(self, visit: Visit) -> Response:
        """Until a time of the cities, or until the resident writes."""
        until = None if visit.field("for") == "answer" else self._until(visit.field("for"), visit.field("until"))
        if until is None and visit.field("for") != "answer":
            return self._wrong(visit, "wrong.when_any")
        return self._do(visit, "snoozed", lambda desk: desk.snooze(visit.case, until, seen=visit.number("seen"), once=visit.once))

    def wake(self, visit: Visit) -> Response:
        """Not put off any more."""
        return self._do(visit, "woken", lambda desk: desk.wake(visit.case, once=visit.once))

    def check(self, visit: Visit) -> Response:
        """The resident is asked later how it is; with ``none`` no more."""
        none = visit.field("for") == "none"
        at = None if none else self._until(visit.field("for"), visit.field("until"))
        if at is None and not none:
            return self._wrong(visit, "wrong.when_any")
        return self._do(visit, "unchecked" if none else "checked", lambda desk: desk.check_back(visit.case, at, once=visit.once))

    def hand_over(self, visit: Visit) -> Response:
        """To a colleague, a team, a hospital or a community."""
        to: Taker | None = next((one for one in TAKERS if one == visit.field("to")), None)
        if to is None:
            return self._wrong(visit, "wrong.choose")
        name = visit.field("colleague") if to == "colleague" else visit.field("whom")
        # The case would be out of the queue, and with somebody who never sees it.
        if to == "colleague" and name not in [one.name for one in self._colleagues(visit)]:
            return self._wrong(visit, "wrong.choose")
        text, seen = visit.field("needs"), visit.number("seen")
        return self._do(visit, "handed", lambda desk: desk.hand_over(visit.case, to, name, text, seen=seen, once=visit.once))

    def merge(self, visit: Visit) -> Response:
        """Into another case."""
        into = visit.number("into") or 0
        return self._do(visit, "merged", lambda desk: desk.merge(visit.case, into, seen=visit.number("seen"), once=visit.once))

    def unmerge(self, visit: Visit) -> Response:
        """By itself again."""
        return self._do(visit, "unmerged", lambda desk: desk.unmerge(visit.case, once=visit.once))

    def split(self, visit: Visit) -> Response:
        """A second case, for another patient."""
        text, seen = visit.field("about"), visit.number("seen")
        return self._do(visit, "split", lambda desk: desk.split(visit.case, text, seen=seen, once=visit.once))

    def link(self, visit: Visit) -> Response:
        """To another case."""
        why: Linked = next((one for one in LINKS if one == visit.field("why")), "same")
        return self._do(visit, "linked", lambda desk: desk.link(visit.case, visit.number("other") or 0, why))

    def unlink(self, visit: Visit) -> Response:
        """They do not belong together."""
        return self._do(visit, "unlinked", lambda desk: desk.unlink(visit.case, visit.number("other") or 0))

    def again(self, visit: Visit) -> Response:
        """Send a message again."""
        return self._do(visit, "again", lambda desk: desk.send_again(visit.case, visit.number("outbox") or 0, once=visit.once))

    def call(self, visit: Visit) -> Response:
        """Somebody must phone."""
        return self._do(visit, "call", lambda desk: desk.call(visit.case, visit.field("call"), once=visit.once))

    def called(self, visit: Visit) -> Response:
        """Somebody has phoned."""
        return self._do(visit, "called", lambda desk: desk.called(visit.case, visit.number("call") or 0))

    def _until(self, span: str, until: str) -> dt.datetime | None:
        """A moment: so many minutes from now, or a time of the cities; None where it is neither."""
        if span.isascii() and span.isdigit() and len(span) < 6:
            return self._clock.now() + dt.timedelta(minutes=int(span))
        return moment(until)
