"""The way back to a case from another browser, by its number and its code."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Awaitable, Callable

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.web.forms import posted
from bot.web.page import Pages
from bot.web.ports import Cases
from bot.web.rate import Rate
from bot.web.seal import Seal
from bot.web.visitor import WEB, Visitor, recognise

_NUMBER = re.compile(r"[0-9]{1,12}")
Welcome = Callable[[Request, Visitor, str], Awaitable[Response]]


@dataclasses.dataclass(frozen=True, slots=True)
class Tries:
    """How often codes may be tried, each with a bucket of its own.

    A visitor who throws the cookie away is somebody new each time, so the bucket of the case is what stops guessing: at 20 an hour
    a code is found after some hundred thousand years. It is not smaller because whoever empties it keeps the resident out of this door too.
    """

    visitor: Rate = dataclasses.field(default_factory=lambda: Rate(burst=6, per_minute=0.5))
    case: Rate = dataclasses.field(default_factory=lambda: Rate(burst=20, per_minute=1 / 3))


class Back:
    """The page ``/case``. ``welcome`` answers once the visitor is known to be the case's resident."""

    def __init__(self, cases: Cases, seal: Seal, pages: Pages, tries: Tries, welcome: Welcome) -> None:
        self._cases, self._seal, self._pages, self._tries, self._welcome = cases, seal, pages, tries, welcome

    def routes(self) -> list[Route]:
        """The form, and where it is sent."""
        return [Route("/case", self._show, methods=["GET"]), Route("/case", self._enter, methods=["POST"])]

    async def _show(self, request: Request) -> Response:
        return self._form(request, recognise(request, self._seal), "")

    async def _enter(self, request: Request) -> Response:
        form = await posted(request)
        visitor = recognise(request, self._seal)
        found = _NUMBER.search(unicodedata.normalize("NFKC", form.get("number", "")[:100]))
        number = int(found[0]) if found else 0
        host = request.client.host if request.client else ""
        who = f"chat {visitor.chat}" if visitor.known else f"host {host}"
        if not (self._tries.visitor.allow(who) and self._tries.case.allow(str(number))):
            return self._form(request, visitor, "often", 429)
        case = await to_thread.run_sync(self._cases.case, number)
        # A case of another channel, or none at all, is compared like any other: neither words nor time tell which it was.
        address = case.address if case is not None and case.address.startswith(WEB) else ""
        if not self._seal.fits(form.get("code", ""), number, address) or not address:
            return self._form(request, visitor, "wrong")
        return await self._welcome(request, dataclasses.replace(visitor, chat=address.removeprefix(WEB)), "")

    def _form(self, request: Request, visitor: Visitor, notice: str, status: int = 200) -> Response:
        headers = {"Vary": "Cookie, Accept-Language", "Content-Language": visitor.lang}
        if status == 429:
            headers["Retry-After"] = "600"
        response = HTMLResponse(self._pages.back(request, visitor, notice), status, headers=headers)
        visitor.remember(request, response, self._seal)
        return response
