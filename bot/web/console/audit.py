"""What the staff did, newest first: logins, accounts, refusals; what was done with a case stands on the case."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import Route

from bot.accounts import Accounts
from bot.web.console.gate import Gate
from bot.web.console.pages import ConsolePages
from bot.web.console.visit import Visit

MOST = 300


class AuditPage:
    """One page."""

    def __init__(self, accounts: Accounts, pages: ConsolePages) -> None:
        self._accounts, self._pages = accounts, pages

    def routes(self, gate: Gate) -> list[Route]:
        """Its route."""
        return [gate.page("/audit", "audit.view", self.show)]

    def show(self, visit: Visit) -> Response:
        """Of all, or of one account; whether each chain is unbroken."""
        names = [account.name for account in self._accounts.all()]
        of = visit.query.get("of", "")
        chosen = of if of in (*names, "?") else ""
        rows = self._accounts.trail(chosen)[::-1][:MOST] if chosen else self._accounts.newest(MOST)
        broken = [name for name in (*names, "?") if not self._accounts.intact(name)]
        return self._pages.render(visit, "console/audit.html", rows=rows, names=names, chosen=chosen, broken=broken)
