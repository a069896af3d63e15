"""Renders the staff's pages: the frame with its menu, in their language and colours."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.clock import CITY_TIME, Clock
from bot.rights import Action
from bot.web.console.visit import Visit
from bot.web.page import HERE, fingerprint
from bot.web.text import harmless
from bot.web.visitor import language

DeskTexts = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Section:
    """An entry of the menu: its name's key below ``nav.``, where it leads below ``/desk``, and who sees it."""

    key: str
    path: str
    action: Action


class ConsolePages:
    """Renders HTML. ``sections``: the menu, in its order."""

    def __init__(
        self,
        texts: DeskTexts,
        clock: Clock,
        sections: Sequence[Section],
        dangers: Callable[[], Sequence[int]],
        marks: Callable[[Visit], Mapping[str, int]] = lambda _: {},
    ) -> None:
        """``dangers``: the cases of danger to life that nobody has taken; they stand on every page. ``marks``: how much waits for somebody
        behind an entry of the menu."""
        self._texts, self._clock, self._sections, self._dangers, self._marks = texts, clock, tuple(sections), dangers, marks
        self._env = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._env.filters |= {"harmless": harmless, "clock": clock_time, "day": day_time, "iso": iso}
        self._version = fingerprint()

    def home(self, request: Request) -> str:
        """Where the staff's pages begin; without a slash at the end."""
        return f"{request.scope.get('app_root_path', '')}/desk"

    def say(self, key: str, lang: str, **values: object) -> str:
        """A text with its placeholders filled in; the key itself where there is none, such as a kind of a later version."""
        text = self._texts["en" if lang == "en" else "zh"].get(key, key.partition(".")[2] or key)
        for name, value in values.items():
            text = text.replace("{" + name + "}", str(value))
        return text

    def render(self, visit: Visit, template: str, status: int = 200, **values: Any) -> Response:
        """A page inside the frame. Its form fields ``csrf`` and ``once`` come from the frame's macros."""
        shown = [section for section in self._sections if visit.may(section.action)]
        path = visit.request.url.path.removeprefix(self.home(visit.request))
        return self._page(
            visit.request,
            template,
            visit.lang,
            status,
            visit=visit,
            me=visit.account,
            csrf=visit.csrf,
            sections=shown,
            here=next((section.key for section in shown if _is_at(path, section.path)), ""),
            done=visit.query.get("done", ""),
            dangers=self._dangers() if visit.may("queue.view") else (),
            marks=self._marks(visit),
            **values,
        )

    def outside(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:
        """A page for somebody who is not signed in."""
        return self._page(
            request, template, language(request), status, me=None, csrf="", sections=(), here="", done="", dangers=(), marks={}, **values
        )

    def problem(self, visit: Visit, status: int, key: str) -> Response:
        """A page that says what cannot be done, and why."""
        return self.render(visit, "console/problem.html", status, why=self.say(key, visit.lang))

    def moved(self, visit: Visit, path: str, done: str = "") -> Response:
        """On to a page below ``/desk`` after a form; ``done``: the key below ``done.`` of what is said there."""
        mark = ("&" if "?" in path else "?") + f"done={done}" if done else ""
        return Response(status_code=303, headers={"Location": f"{self.home(visit.request)}{path}{mark}"})

    def _page(self, request: Request, template: str, lang: str, status: int, **values: Any) -> Response:
        root = request.scope.get("app_root_path", "")
        html = self._env.get_template(template).render(
            t=lambda key, **given: self.say(key, lang, **given),
            has=lambda key: key in self._texts["zh"],
            lang=lang,
            home=self.home(request),
            static=f"{root}/static",
            version=self._version,
            now=self._clock.now(),
            fresh=lambda: secrets.token_urlsafe(12),
            **values,
        )
        # Once more for the page as a whole: names, teams and what a refused form brings back are anybody's words too.
        return HTMLResponse(harmless(html), status, headers={"Content-Language": lang, "Vary": "Cookie, Accept-Language"})


def _is_at(path: str, section: str) -> bool:
    """Whether a page belongs to an entry of the menu; the queue has the cases."""
    return path in ("/", "") or path.startswith("/case/") if section == "/" else path.startswith(section)


def span(since: dt.datetime, now: dt.datetime) -> tuple[str, int]:
    """A time in one unit: its key below ``span.`` and how many."""
    minutes = int((now - since).total_seconds() // 60)
    if minutes < 100:
        return "minutes", max(0, minutes)
    if minutes < 48 * 60:
        return "hours", minutes // 60
    return "days", minutes // (24 * 60)


def clock_time(at: dt.datetime) -> str:
    """Month, day, hour and minute in the cities' time."""
    return at.astimezone(CITY_TIME).strftime("%m-%d %H:%M")


def day_time(at: dt.datetime) -> str:
    """The whole date with hour and minute in the cities' time."""
    return at.astimezone(CITY_TIME).strftime("%Y-%m-%d %H:%M")


def iso(at: dt.datetime) -> str:
    """For machines."""
    return at.astimezone(dt.UTC).isoformat(timespec="seconds")
