"""The JSON API of the desk, below ``/desk/api/v1``: the same use cases and rights as the pages, by a token instead of a cookie."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable

from anyio import to_thread
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.account import Account
from bot.clock import Clock
from bot.desk import Changed, Desk, Refused
from bot.desk.view import View
from bot.filter import read_filter
from bot.listing import Listing
from bot.rights import Action
from bot.web.console.api_models import MODELS, Answer, Close, Done, Me, Note, Page, Problem, SetPriority, Snooze, Take, description, out
from bot.web.console.case import Desks
from bot.web.console.ports import Doorkeeper
from bot.web.forms import BodyTooLarge, read_body

PAGE = 50
MOST = 2**31 - 1
_RIGHTS: dict[str, Action] = {"release": "case.take"}
"""Actions that another right covers; the others have one of their own."""


class Api:
    """Its routes."""

    def __init__(self, keeper: Doorkeeper, desks: Desks, view: View, listing: Listing, clock: Clock) -> None:
        self._keeper, self._desks, self._view, self._listing, self._clock = keeper, desks, view, listing, clock

    def routes(self) -> list[Route]:
        """All of them."""
        at = "/api/v1"
        return [
            Route(f"{at}/openapi.json", self.describe, methods=["GET"]),
            Route(f"{at}/me", self._asked("settings.own", self.me), methods=["GET"]),
            Route(f"{at}/cases", self._asked("queue.view", self.cases), methods=["GET"]),
            Route(f"{at}/cases/{{number}}", self._asked("case.view", self.case), methods=["GET"]),
            *(Route(f"{at}/cases/{{number}}/{name}", self._acted(name, model), methods=["POST"]) for name, model in MODELS.items()),
        ]

    async def describe(self, request: Request) -> Response:
        """The OpenAPI description; it tells nothing about anybody."""
        root = request.scope.get("app_root_path", "")
        return JSONResponse(description(f"{root}/desk/api/v1"))

    def me(self, account: Account, request: Request) -> Response:
        """Whose token it is."""
        return _json(Me(name=account.name, role=account.role))

    def cases(self, account: Account, request: Request) -> Response:
        """A page of cases."""
        now = self._clock.now()
        found = self._listing.page(read_filter(request.url.query), request.query_params.get("after", "")[:200], PAGE)
        return _json(Page(cases=[out(case, now) for case in found.cases], following=found.following))

    def case(self, account: Account, request: Request) -> Response:
        """A case."""
        whole = self._view.whole(_number(request), account.name)
        return _json(out(whole.case, self._clock.now(), whole.version)) if whole else problem(404, "there is no such case", "none")

    def _asked(self, action: Action, show: Callable[[Account, Request], Response]) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            account = await self._who(request, action)
            return account if isinstance(account, Response) else await to_thread.run_sync(show, account, request)

        return endpoint

    def _acted(self, name: str, model: type[BaseModel]) -> Callable[[Request], Awaitable[Response]]:
        action: Action = _RIGHTS.get(name) or f"case.{name}"  # type: ignore[assignment]

        async def endpoint(request: Request) -> Response:
            account = await self._who(request, action)
            if isinstance(account, Response):
                return account
            try:
                given = model.model_validate_json(await read_body(request))
            except BodyTooLarge:
                return problem(413, "the body is too long", "words")
            except ValidationError as error:
                first = error.errors(include_input=False, include_url=False, include_context=False)[0]
                return problem(400, f"{'.'.join(map(str, first['loc']))}: {first['msg']}", "body")
            return await to_thread.run_sync(self._do, account, _number(request), name, given)

        return endpoint

    async def _who(self, request: Request, action: Action) -> Account | Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        account = None
        if scheme.lower() == "bearer" and token.strip():
            account = await to_thread.run_sync(self._keeper.token_account, token.strip()[:200])
        if account is None:
            return problem(401, "a token is needed", "token", {"WWW-Authenticate": "Bearer"})
        if not account.may(action):
            await to_thread.run_sync(self._keeper.refused, account.name, "right.refused", action)
            return problem(403, "the account may not do that", "right")
        return account

    def _do(self, account: Account, number: int, name: str, given: BaseModel) -> Response:
        desk = self._desks(account.name)
        if isinstance(given, Take) and given.over and not account.may("case.take_over"):
            return problem(403, "the account may not do that", "right")
        try:
            act(desk, number, name, given)
        except Changed as error:
            return problem(409, str(error), error.why, changed=[row.kind for row in error.rows])
        except Refused as error:
            return problem(404 if error.why == "none" else 409, str(error), error.why)
        return _json(Done(case=number, version=desk.version(number)))


def act(desk: Desk, number: int, name: str, given: BaseModel) -> None:
    """Do one action. Raises :class:`Refused`."""
    seen, once = getattr(given, "seen", None), getattr(given, "once", "")
    match given:
        case Take():
            desk.take(number, seen=seen, once=once, over=given.over)
        case Answer():
            desk.answer(number, given.text, seen=seen, once=once)
        case Note():
            desk.note(number, given.text, once=once)
        case Close():
            desk.close(number, given.outcome, seen=seen, once=once)
        case SetPriority():
            desk.set_priority(number, given.level, given.reason, seen=seen, once=once)
        case Snooze():
            until = given.until
            desk.snooze(number, until if until is None or until.tzinfo else until.replace(tzinfo=dt.UTC), seen=seen, once=once)
        case _ if name == "release":
            desk.release(number, once=once)
        case _:
            desk.reopen(number, seen=seen, once=once)


def problem(status: int, title: str, why: str, headers: dict[str, str] | None = None, changed: list[str] | None = None) -> Response:
    """Why it cannot be done, as ``application/problem+json``."""
    body = Problem(title=title, status=status, why=why, changed=changed or [])
    return JSONResponse(body.model_dump(), status, headers=headers, media_type="application/problem+json")


def _json(body: BaseModel) -> Response:
    return JSONResponse(body.model_dump(mode="json"))


def _number(request: Request) -> int:
    """The case in the address; 0, which there is none of, where it is no number."""
    text = str(request.path_params.get("number", ""))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 11 and int(text) <= MOST else 0
