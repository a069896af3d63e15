"""What somebody sets for themselves: looks, the second step, where they are signed in, tokens."""

from __future__ import annotations

import io

import segno
from markupsafe import Markup
from starlette.responses import Response
from starlette.routing import Route

from bot.account import Theme
from bot.accounts import Accounts
from bot.login import Logins
from bot.web.console.gate import Gate
from bot.web.console.pages import ConsolePages
from bot.web.console.visit import Visit


class SettingsPage:
    """One page and its forms."""

    def __init__(self, logins: Logins, accounts: Accounts, pages: ConsolePages) -> None:
        self._logins, self._accounts, self._pages = logins, accounts, pages

    def routes(self, gate: Gate) -> list[Route]:
        """Their routes."""
        return [
            gate.page("/settings", "settings.own", self.show),
            gate.page("/settings", "settings.own", self.save, post=True),
            gate.page("/settings/totp", "settings.own", self.totp, post=True),
            gate.page("/settings/totp/confirm", "settings.own", self.totp_confirm, post=True),
            gate.page("/settings/totp/off", "settings.own", self.totp_off, post=True),
            gate.page("/settings/sessions", "settings.own", self.end, post=True),
            gate.page("/settings/tokens", "tokens.own", self.token, post=True),
            gate.page("/settings/tokens/revoke", "tokens.own", self.revoke, post=True),
        ]

    def show(self, visit: Visit) -> Response:
        """The page."""
        return self._page(visit)

    def save(self, visit: Visit) -> Response:
        """Name, language and colours."""
        theme: Theme = next((one for one in ("light", "dark") if one == visit.field("theme")), "")
        self._accounts.settings(visit.name, shown=visit.field("shown"), lang=visit.field("lang"), theme=theme)
        return self._pages.moved(visit, "/settings", "saved")

    def totp(self, visit: Visit) -> Response:
        """Show a square; nothing is asked for before a code of it was given."""
        self._logins.totp_begin(visit.name)
        return self._pages.moved(visit, "/settings?totp=1")

    def totp_confirm(self, visit: Visit) -> Response:
        """The first code."""
        if self._logins.totp_confirm(visit.name, visit.field("code")):
            return self._pages.moved(visit, "/settings", "totp")
        return self._page(visit, 400, "wrong.totp", scanning=True)

    def totp_off(self, visit: Visit) -> Response:
        """No second step any more."""
        if self._logins.totp_off(visit.name, visit.field("password")):
            return self._pages.moved(visit, "/settings", "totp_off")
        return self._page(visit, 400, "wrong.login")

    def end(self, visit: Visit) -> Response:
        """Sign another device out."""
        self._logins.revoke(visit.name, visit.number("id") or 0, visit.name)
        return self._pages.moved(visit, "/settings", "ended")

    def token(self, visit: Visit) -> Response:
        """Make a token: it is shown on this page and never again."""
        label = visit.field("label").strip()
        return self._page(visit, token=self._logins.token_make(visit.name, label) if label else "")

    def revoke(self, visit: Visit) -> Response:
        """A token holds no more."""
        self._logins.token_revoke(visit.name, visit.number("id") or 0)
        return self._pages.moved(visit, "/settings", "revoked")

    def _page(self, visit: Visit, status: int = 200, wrong: str = "", token: str = "", *, scanning: bool = False) -> Response:
        scanning = scanning or bool(visit.query.get("totp"))
        waiting = self._logins.totp_waiting(visit.name) if scanning else None
        return self._pages.render(
            visit,
            "console/settings.html",
            status,
            wrong=self._pages.say(wrong, visit.lang) if wrong else "",
            secret=waiting[0] if waiting else "",
            qr=square(waiting[1]) if waiting else "",
            totp=self._logins.totp_on(visit.name),
            sessions=self._logins.sessions(visit.account),
            tokens=self._logins.tokens(visit.name),
            token=token,
        )


def square(text: str) -> Markup:
    """A QR code as SVG that stands in the page, without styles of its own."""
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=2, svgclass=None, lineclass=None)
    return Markup(out.getvalue().decode())  # noqa: S704  (made by the library of our own text, which is in no attribute of it)
