"""Builds the staff's pages out of what they need."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.accounts import Accounts
from bot.clock import Clock
from bot.desk.view import View
from bot.duty import Duty
from bot.insight import Insights
from bot.listing import Listing
from bot.login import Logins
from bot.review import Review
from bot.site import Site
from bot.store.opened import Opened
from bot.views import Views
from bot.web.console.accounts import AccountsPage
from bot.web.console.api import Api
from bot.web.console.audit import AuditPage
from bot.web.console.broadcasts import BroadcastsPage, CastsOf
from bot.web.console.bulk import BulkPage
from bot.web.console.case import CasePage, Desks
from bot.web.console.directory import DirectoryPage
from bot.web.console.gate import Gate
from bot.web.console.live import Changes, Live
from bot.web.console.login import LoginPages
from bot.web.console.names import Held, Names
from bot.web.console.oversight import MadeWith, OversightPage
from bot.web.console.pages import ConsolePages, DeskTexts, Section
from bot.web.console.queue import QueuePage
from bot.web.console.rows import Rows
from bot.web.console.settings import SettingsPage
from bot.web.console.shift import ShiftPage
from bot.web.console.unmatched import UnmatchedPage
from bot.web.console.visit import Visit
from bot.web.ports import Texts
from bot.web.visitor import language
from intents.canned import Canned

SECTIONS = (
    Section("queue", "/", "queue.view"),
    Section("search", "/search", "queue.view"),
    Section("shift", "/shift", "queue.view"),
    Section("oversight", "/oversight", "oversight.view"),
    Section("people", "/people", "people.view"),
    Section("broadcasts", "/broadcasts", "broadcast.view"),
    Section("unmatched", "/unmatched", "unmatched.view"),
    Section("directory", "/directory", "directory.view"),
    Section("audit", "/audit", "audit.view"),
    Section("accounts", "/accounts", "accounts.manage"),
)
"""The menu."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the pages are made of."""

    logins: Logins
    accounts: Accounts
    desks: Desks
    view: View
    listing: Listing
    views: Callable[[str], Views]
    duty: Duty
    insights: Insights
    review: Review
    changes: Changes
    knowledge: Held
    texts: Texts
    words: DeskTexts
    dangers: Callable[[], Sequence[int]]
    canned: Sequence[Canned]
    clock: Clock
    store: Opened
    casts: CastsOf
    sites: Callable[[], Sequence[Site]]
    made_with: MadeWith
    """The figures and their names, as the knowledge is now."""


@dataclass(frozen=True, slots=True)
class Console:
    """The pages, to be mounted at ``/desk``, and the stream that must be ended when the service ends."""

    app: Starlette
    live: Live


def build_console(parts: Parts) -> Console:
    """All routes of the staff's pages."""

    def marks(visit: Visit) -> Mapping[str, int]:
        """A broadcast that waits must be seen by whoever may decide on it."""
        return {"broadcasts": parts.casts(visit.name).to_decide()} if visit.may("broadcast.approve") else {}

    pages = ConsolePages(parts.words, parts.clock, SECTIONS, parts.dangers, marks)
    gate = Gate(parts.logins, pages)
    names = Names(parts.knowledge, parts.texts)
    rows = Rows(names)
    live = Live(parts.changes, gate, parts.clock)
    case = CasePage(parts.desks, parts.view, parts.accounts, parts.listing, names, parts.insights, parts.canned, pages, parts.clock)
    routes: list[BaseRoute] = [
        *LoginPages(parts.logins, parts.accounts, pages).routes(gate),
        *QueuePage(parts.listing, parts.views, names, rows, pages, parts.clock).routes(gate),
        *ShiftPage(parts.listing, parts.desks, parts.duty, parts.accounts, rows, pages, parts.clock).routes(gate),
        *case.routes(gate),
        *SettingsPage(parts.logins, parts.accounts, pages).routes(gate),
        *OversightPage(parts.made_with, parts.store, pages, parts.clock).routes(gate),
        *BroadcastsPage(parts.casts, parts.knowledge, parts.sites, names, pages, parts.clock).routes(gate),
        *UnmatchedPage(parts.review, names, pages).routes(gate),
        *DirectoryPage(parts.knowledge, names, pages).routes(gate),
        *BulkPage(parts.desks, pages).routes(gate),
        *AuditPage(parts.accounts, pages).routes(gate),
        *AccountsPage(parts.accounts, pages).routes(gate),
        *Api(parts.logins, parts.desks, parts.view, parts.listing, parts.clock).routes(),
        live.route(),
    ]

    def refused(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return pages.outside(request, "console/problem.html", status, why=pages.say(f"wrong.{status}", language(request)))

    return Console(Starlette(routes=routes, exception_handlers={HTTPException: refused}), live)
