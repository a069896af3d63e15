"""Signing in and out, and setting a password by a link."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.accounts import AccountRefused, Accounts
from bot.login import LASTS, Logins, NeedsCode, SignedIn, Throttled
from bot.web.console.gate import COOKIE, Gate
from bot.web.console.pages import ConsolePages, clock_time
from bot.web.console.visit import Visit
from bot.web.forms import posted
from bot.web.visitor import language

_BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "Mac"), ("Linux", "Linux"))
_OUR_PATH = re.compile(r"/(?!/)[A-Za-z0-9/_.?=&%+-]{0,300}")


class LoginPages:
    """The pages before somebody is signed in, and the way out."""

    def __init__(self, logins: Logins, accounts: Accounts, pages: ConsolePages) -> None:
        self._logins, self._accounts, self._pages = logins, accounts, pages

    def routes(self, gate: Gate) -> list[Route]:
        """Their routes."""
        return [
            Route("/login", self.show, methods=["GET"]),
            Route("/login", self.enter, methods=["POST"]),
            Route("/link/{token}", self.link, methods=["GET"]),
            Route("/link/{token}", self.use_link, methods=["POST"]),
            gate.page("/logout", "settings.own", self.leave, post=True),
        ]

    async def show(self, request: Request) -> Response:
        """The form."""
        return self._form(request, onward=request.query_params.get("next", ""))

    async def enter(self, request: Request) -> Response:
        """Sign in; back to the form with one and the same sentence for all that may be wrong."""
        form = await posted(request)
        return await to_thread.run_sync(self._enter, request, form)

    def _enter(self, request: Request, form: dict[str, str]) -> Response:
        name, onward = form.get("name", "").strip()[:80], form.get("next", "")
        client = request.client.host if request.client else ""
        agent = request.headers.get("user-agent", "")
        came = self._logins.login(name, form.get("password", ""), form.get("code", ""), client, _browser(agent))
        if isinstance(came, SignedIn):
            return self._signed_in(request, came, onward)
        if isinstance(came, Throttled):
            return self._form(request, name, onward, "wrong.often", 429, until=clock_time(came.until))
        key = "wrong.code" if isinstance(came, NeedsCode) else "wrong.login"
        return self._form(request, name, onward, key, 401)

    async def link(self, request: Request) -> Response:
        """The form of a link; it is not used up by being looked at, as previews in chats do."""
        owner = await to_thread.run_sync(self._accounts.link_for, str(request.path_params["token"])[:200])
        return self._link_form(request, owner)

    async def use_link(self, request: Request) -> Response:
        """Set the password and sign in."""
        form = await posted(request)
        return await to_thread.run_sync(self._use_link, request, form)

    def _use_link(self, request: Request, form: dict[str, str]) -> Response:
        token, password = str(request.path_params["token"])[:200], form.get("password", "")
        name = form.get("name", "").strip()
        owner = self._accounts.link_for(token)
        if owner is not None and password != form.get("again", ""):
            return self._link_form(request, owner, name, "wrong.again", 400)
        try:
            account = self._accounts.use_link(token, password, name, language(request))
        except AccountRefused as error:
            return self._link_form(request, owner, name, f"wrong.{error.why}" if error.why != "link" else "", 400)
        client = request.client.host if request.client else ""
        came = self._logins.login(account.name, password, "", client, _browser(request.headers.get("user-agent", "")))
        return self._signed_in(request, came, "") if isinstance(came, SignedIn) else self._form(request, account.name)

    def leave(self, visit: Visit) -> Response:
        """Sign out."""
        self._logins.logout(visit.request.cookies.get(COOKIE, ""))
        response = self._pages.moved(visit, "/login")
        response.delete_cookie(COOKIE, path=f"{self._pages.home(visit.request)}/")
        return response

    def _signed_in(self, request: Request, came: SignedIn, onward: str) -> Response:
        home = self._pages.home(request)
        response = Response(status_code=303, headers={"Location": home + (onward if _ours(onward) else "/")})
        response.set_cookie(
            COOKIE,
            came.token,
            max_age=int(LASTS.total_seconds()),
            path=f"{home}/",
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return response

    def _form(self, request: Request, name: str = "", onward: str = "", wrong: str = "", status: int = 200, **values: object) -> Response:
        told = self._pages.say(wrong, language(request), **values) if wrong else ""
        return self._pages.outside(request, "console/login.html", status, name=name, onward=onward if _ours(onward) else "", wrong=told)

    def _link_form(self, request: Request, owner: str | None, name: str = "", wrong: str = "", status: int = 200) -> Response:
        told = self._pages.say(wrong, language(request)) if wrong else ""
        token = str(request.path_params["token"])[:200]
        status = 410 if owner is None else status
        return self._pages.outside(
            request, "console/link.html", status, good=owner is not None, owner=owner, name=name, token=token, wrong=told
        )


def _ours(path: str) -> bool:
    """Whether a path to go on to after the login is one of ours: nobody is sent elsewhere by a link that was made up."""
    return _OUR_PATH.fullmatch(path) is not None and not urlsplit(path).netloc


def _browser(agent: str) -> str:
    """A browser and a system by name, as far as the two can be told."""
    names = [next((name for mark, name in table if mark in agent), "") for table in (_BROWSERS, _SYSTEMS)]
    return " · ".join(name for name in names if name)
