"""The residents' chat page: a Starlette application."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
import re
import secrets
from collections.abc import Sequence

from anyio import fail_after, to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

from bot.clock import Clock, SystemClock
from bot.model import Case, Incoming, Message
from bot.show import Shows
from bot.web.back import Back, Tries
from bot.web.forms import posted
from bot.web.guard import Guard, place
from bot.web.page import STATIC, Pages, buttons
from bot.web.ports import Cases, Desk, Texts
from bot.web.probes import Probe, probes
from bot.web.rate import Rate
from bot.web.seal import Seal
from bot.web.sheets import sheets
from bot.web.visitor import Visitor, language, recognise

log = logging.getLogger(__name__)

LONG = 20_000
"""Characters of a message above which we ask for a shorter one."""
MOST = 200_000
"""Characters of a message that are read at all."""
_ONCE = re.compile(r"[A-Za-z0-9_-]{8,64}")


def create(
    desk: Desk,
    texts: Texts,
    *,
    secret: bytes,
    cases: Cases,
    replay: dt.date | None,
    clock: Clock | None = None,
    rate: Rate | None = None,
    tries: Tries | None = None,
    shows: Shows | None = None,
    probe: Probe | None = None,
    console: ASGIApp | None = None,
) -> Starlette:
    """The web application. ``secret`` signs cookies and codes. ``replay`` is the day that is replayed, for the notice; None where
    the service runs at today.

    With ``shows`` there are sheets to hold up to a guard below ``/show/``. With a ``probe`` there are ``/readyz`` and ``/metrics`` too,
    with a ``console`` the staff's pages below ``/desk``.
    """
    pages, seal = Pages(texts, replay), Seal(secret)
    chat = _Chat(desk, cases, seal, pages, clock or SystemClock(), rate or Rate())
    back = Back(cases, seal, pages, tries or Tries(), chat.answered)

    def broken(request: Request) -> Response:
        try:
            return HTMLResponse(pages.problem(request, language(request), 500), 500)
        except Exception as error:
            log.error("no error page: %s", place(error))
            return PlainTextResponse("120\n", 500)

    def refused(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        headers = error.headers if isinstance(error, HTTPException) else None
        return HTMLResponse(pages.problem(request, language(request), status), status, headers=headers)

    return Starlette(
        routes=[
            Route("/", chat.show, methods=["GET"]),
            Route("/", chat.send, methods=["POST"]),
            *back.routes(),
            *(sheets(shows, pages) if shows else ()),
            Route("/healthz", chat.health, methods=["GET"]),
            *(probes(probe) if probe else ()),
            Route("/favicon.ico", lambda _: Response(status_code=204), methods=["GET"]),
            Mount("/static", _Static(directory=STATIC)),
            *((Mount("/desk", console),) if console else ()),
        ],
        middleware=[Middleware(Guard, broken=broken)],
        exception_handlers={HTTPException: refused},
    )


class _Static(StaticFiles):
    """Static files, kept by the browser: their address changes with their content."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=604800, immutable"
        return response


class _Chat:
    def __init__(self, desk: Desk, cases: Cases, seal: Seal, pages: Pages, clock: Clock, rate: Rate) -> None:
        self._desk = desk
        self._cases = cases
        self._seal = seal
        self._pages = pages
        self._clock = clock
        self._rate = rate

    async def show(self, request: Request) -> Response:
        visitor = recognise(request, self._seal)
        messages: Sequence[Message] = ()
        case: Case | None = None
        if visitor.known:
            messages, case = await to_thread.run_sync(self._kept, visitor.address)
        notice = request.query_params.get("notice", "")
        return self._page(request, visitor, messages, case, notice, everything=request.query_params.get("all") == "1")

    async def send(self, request: Request) -> Response:
        form = await posted(request)
        visitor = recognise(request, self._seal)
        words = form.get("press") or form.get("text", "")
        if not words.strip():
            return await self.answered(request, visitor, "empty")
        if not self._rate.allow(visitor.chat):
            raise HTTPException(429, headers={"Retry-After": "30"})
        in_time = await to_thread.run_sync(self._deliver, visitor, form, words)
        notice = "late" if not in_time else "cut" if len(words) > MOST else "long" if len(words) > LONG else ""
        return await self.answered(request, visitor, notice)

    async def health(self, _: Request) -> Response:
        try:
            with fail_after(5):
                await to_thread.run_sync(self._desk.history, "web:healthz", abandon_on_cancel=True)
        except Exception as error:
            log.error("unhealthy: %s", place(error))
            return PlainTextResponse("failing\n", 503)
        return PlainTextResponse("ok\n")

    def _deliver(self, visitor: Visitor, form: dict[str, str], words: str) -> bool:
        """Commit the message, then answer it; False where it is kept but not answered yet. In a worker thread."""
        pressed = "press" in form and any(
            button.text == words for button in buttons(self._desk.history(visitor.address) if visitor.known else ())
        )
        self._desk.accept(
            Incoming(
                channel="web",
                chat=visitor.chat,
                update=_update(visitor.chat, form.get("once", ""), words),
                text=words[:MOST],
                at=self._clock.now(),
                lang=visitor.lang if visitor.chosen else "",
                kind="button" if pressed else "text",
                raw=json.dumps({"press" if pressed else "text": words}, ensure_ascii=False),
            )
        )
        try:
            self._desk.process(visitor.address)
        except Exception as error:
            log.error("not answered yet: %s", place(error))
            return False
        return True

    async def answered(self, request: Request, visitor: Visitor, notice: str) -> Response:
        """Back to the page; shown at once to a browser that keeps no cookies, because it would not find its chat again."""
        if not visitor.known:
            messages, case = await to_thread.run_sync(self._kept, visitor.address)
            return self._page(request, visitor, messages, case, notice)
        query = f"?notice={notice}" if notice else ""
        anchor = "notice" if notice in ("late", "empty") else "newest"
        response = RedirectResponse(f"{request.scope.get('root_path', '')}/{query}#{anchor}", 303)
        visitor.remember(request, response, self._seal)
        return response

    def _kept(self, address: str) -> tuple[Sequence[Message], Case | None]:
        """The lines of a chat and its last case. In a worker thread."""
        messages = self._desk.history(address)
        return messages, self._cases.case_of(address) if messages else None

    def _page(
        self, request: Request, visitor: Visitor, messages: Sequence[Message], case: Case | None, notice: str, *, everything: bool = False
    ) -> Response:
        code = self._seal.code(case.number, case.address) if case else ""
        html = self._pages.chat(
            request, visitor, messages, case=case.number if case else 0, code=code, notice=notice, everything=everything
        )
        response = HTMLResponse(html, headers={"Vary": "Cookie, Accept-Language", "Content-Language": visitor.lang})
        visitor.remember(request, response, self._seal)
        return response


def _update(chat: str, once: str, words: str) -> str:
    """The message's key in the inbox: a second tap on "send" is the same message, other words from the same form are not."""
    if not _ONCE.fullmatch(once):
        once = secrets.token_urlsafe(12)
    digest = hashlib.sha256(f"{once}\n{words}".encode("utf-8", "replace")).hexdigest()[:32]
    return f"{chat}:{digest}"
