"""The accounts of the staff, for administrators."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

from starlette.responses import Response
from starlette.routing import Route

from bot.accounts import AccountRefused, Accounts
from bot.rights import Role
from bot.web.console.gate import Gate
from bot.web.console.pages import ConsolePages
from bot.web.console.visit import Visit

_ROLES = get_args(Role)


class AccountsPage:
    """One page and its forms."""

    def __init__(self, accounts: Accounts, pages: ConsolePages) -> None:
        self._accounts, self._pages = accounts, pages

    def routes(self, gate: Gate) -> list[Route]:
        """Their routes."""
        at = "/accounts/{name}"
        return [
            gate.page("/accounts", "accounts.manage", self.show),
            gate.page("/accounts", "accounts.manage", self.add, post=True),
            gate.page(f"{at}/role", "accounts.manage", self.role, post=True),
            gate.page(f"{at}/telegram", "accounts.manage", self.telegram, post=True),
            gate.page(f"{at}/link", "accounts.manage", self.link, post=True),
            gate.page(f"{at}/disable", "accounts.manage", self.disable, post=True),
            gate.page(f"{at}/enable", "accounts.manage", self.enable, post=True),
        ]

    def show(self, visit: Visit) -> Response:
        """All accounts."""
        return self._page(visit)

    def add(self, visit: Visit) -> Response:
        """A new account; its link is shown on this page and never again."""
        role = self._role(visit)
        name = visit.field("name").strip()
        try:
            token = self._accounts.create(name, role, shown=visit.field("shown"), by=visit.name)
        except AccountRefused as error:
            return self._page(visit, 409, error.why)
        return self._page(visit, linked=name, link=self._link(visit, token))

    def link(self, visit: Visit) -> Response:
        """A new link for somebody who lost their password."""
        try:
            token = self._accounts.relink(_whose(visit), visit.name)
        except AccountRefused as error:
            return self._page(visit, 409, error.why)
        return self._page(visit, linked=_whose(visit), link=self._link(visit, token))

    def role(self, visit: Visit) -> Response:
        """Another role."""
        return self._do(visit, lambda: self._accounts.set_role(_whose(visit), self._role(visit), visit.name))

    def telegram(self, visit: Visit) -> Response:
        """Link a Telegram user; an empty field takes the link away."""
        if visit.field("telegram").strip() and not visit.number("telegram"):
            return self._page(visit, 400, "telegram_id")
        return self._do(visit, lambda: self._accounts.telegram_link(_whose(visit), visit.number("telegram") or 0, visit.name))

    def disable(self, visit: Visit) -> Response:
        """Shut an account."""
        return self._do(visit, lambda: self._accounts.disable(_whose(visit), visit.name))

    def enable(self, visit: Visit) -> Response:
        """Open it again."""
        return self._do(visit, lambda: self._accounts.enable(_whose(visit), visit.name))

    def _do(self, visit: Visit, act: Callable[[], None]) -> Response:
        try:
            act()
        except AccountRefused as error:
            return self._page(visit, 409, error.why)
        return self._pages.moved(visit, "/accounts", "account")

    def _role(self, visit: Visit) -> Role:
        """The role that was chosen; the least one where it is none."""
        return next((role for role in _ROLES if role == visit.field("role")), "readonly")

    def _link(self, visit: Visit, token: str) -> str:
        base = visit.request.base_url
        return f"{base.scheme}://{base.netloc}{self._pages.home(visit.request)}/link/{token}"

    def _page(self, visit: Visit, status: int = 200, wrong: str = "", *, linked: str = "", link: str = "") -> Response:
        return self._pages.render(
            visit,
            "console/accounts.html",
            status,
            accounts=self._accounts.all(),
            roles=_ROLES,
            wrong=self._pages.say(f"wrong.{wrong}", visit.lang) if wrong else "",
            linked=linked,
            link=link,
        )


def _whose(visit: Visit) -> str:
    return str(visit.request.path_params["name"])[:40]
