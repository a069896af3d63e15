"""Lets the staff in: who is signed in, whether they may, and whether a form is one of ours."""

from __future__ import annotations

import dataclasses
import hmac
from collections.abc import Callable
from functools import partial
from urllib.parse import quote

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.rights import Action
from bot.web.console.pages import ConsolePages
from bot.web.console.ports import Doorkeeper
from bot.web.console.visit import Visit
from bot.web.forms import posted_fields

COOKIE = "hotline_desk"
CSRF = "csrf"
CSRF_HEADER = "x-csrf-token"
LIVE = "x-live"
"""Set by a page that brings itself up to date."""
Page = Callable[[Visit], Response]


class Gate:
    """Makes routes of pages."""

    def __init__(self, keeper: Doorkeeper, pages: ConsolePages) -> None:
        self._keeper, self._pages = keeper, pages

    def page(self, path: str, action: Action, show: Page, *, post: bool = False) -> Route:
        """A route below ``/desk``. ``post``: it changes something and takes a form."""

        async def endpoint(request: Request) -> Response:
            visit = await self._enter(request)
            if isinstance(visit, Response):
                return visit
            if post:
                try:
                    visit = dataclasses.replace(visit, form=tuple(await posted_fields(request)))
                except HTTPException as error:
                    if error.status_code == 403:  # another site's form
                        await self._note(visit, "csrf.refused", action)
                    raise
            if post and not self._ours(visit):
                await self._note(visit, "csrf.refused", action)
                return self._pages.problem(visit, 403, "wrong.form")
            if not visit.may(action):
                await self._note(visit, "right.refused", action)
                return self._pages.problem(visit, 403, "wrong.right")
            return await to_thread.run_sync(show, visit)

        return Route(path, endpoint, methods=["POST"] if post else ["GET"])

    async def enter(self, request: Request) -> Visit | None:
        """Who is signed in; for what is no page, such as the stream of events. None: nobody."""
        visit = await self._enter(request, alive=False)
        return visit if isinstance(visit, Visit) else None

    async def _enter(self, request: Request, *, alive: bool = True) -> Visit | Response:
        cookie = request.cookies.get(COOKIE, "")[:200]
        alive = alive and LIVE not in request.headers  # a page that is left open asks by itself
        session = await to_thread.run_sync(partial(self._keeper.session, cookie, alive=alive)) if cookie else None
        return Visit(request, session.account, session.csrf, session.id) if session is not None else self._to_login(request)

    def _to_login(self, request: Request) -> Response:
        """A page that was asked for is shown after the login; what was to be changed is not done later by itself."""
        path = request.url.path.removeprefix(request.scope.get("root_path", ""))
        wanted = path + (f"?{request.url.query}" if request.url.query else "")
        onward = f"?next={quote(wanted, safe='')}" if request.method == "GET" and wanted not in ("", "/") else ""
        return RedirectResponse(f"{self._pages.home(request)}/login{onward}", 303)

    def _ours(self, visit: Visit) -> bool:
        given = visit.field(CSRF) or visit.request.headers.get(CSRF_HEADER, "")
        return bool(visit.csrf) and hmac.compare_digest(given.encode("utf-8", "replace"), visit.csrf.encode())

    async def _note(self, visit: Visit, kind: str, action: Action) -> None:
        await to_thread.run_sync(partial(self._keeper.refused, visit.name, kind, action))


def not_found() -> HTTPException:
    """There is no such page, or no such case."""
    return HTTPException(404)
