"""The chat page and the error pages as HTML."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request

from bot.model import Button, Message
from bot.show import Sheet
from bot.web.ports import Lang, Texts
from bot.web.text import harmless, shortened, spoken, with_links, with_phones
from bot.web.visitor import Visitor

HERE = Path(__file__).parent
STATIC = HERE / "static"
SHOWN = 30
"""Messages on the page before "show earlier messages"."""
SHOWN_ALL = 500
NOTICES = frozenset({"empty", "late", "long", "cut"})


@dataclass(frozen=True, slots=True)
class Line:
    """One message as the page shows it."""

    id: int
    mine: bool
    lang: Lang
    text: str
    cut: bool
    newest: bool


def lines(messages: Sequence[Message]) -> list[Line]:
    """The messages ready to be shown; the first answer to the last question is marked as the newest."""
    answers = len(offers(messages))
    newest = max(0, len(messages) - max(1, answers))
    shown = []
    for index, message in enumerate(messages):
        mine = message.author == "resident"
        clean = harmless(message.text)
        text, cut = shortened(clean) if mine else (clean, False)
        shown.append(Line(message.id, mine, spoken(text), text, cut, index == newest))
    return shown


def offers(messages: Sequence[Message]) -> Sequence[Message]:
    """The bot's messages since the resident wrote last."""
    start = len(messages)
    while start > 0 and messages[start - 1].author == "bot":
        start -= 1
    return messages[start:]


def buttons(messages: Sequence[Message]) -> list[Button]:
    """The buttons of the last reply."""
    return [button for message in offers(messages) for button in message.buttons]


def fingerprint() -> str:
    """What the static files' addresses end with: it changes when one of them does."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(STATIC.iterdir()))).hexdigest()[:12]


class Pages:
    """Renders HTML. ``replay`` is the day that is replayed; None: today, and no notice."""

    def __init__(self, texts: Texts, replay: dt.date | None) -> None:
        self._texts = texts
        self._replay = replay.isoformat() if replay else ""
        self._env = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._env.filters["phones"] = with_phones
        self._env.filters["links"] = with_links
        self._version = fingerprint()

    def chat(
        self,
        request: Request,
        visitor: Visitor,
        messages: Sequence[Message],
        *,
        case: int = 0,
        code: str = "",
        notice: str = "",
        everything: bool = False,
    ) -> str:
        """The chat page. ``notice`` is one of :data:`NOTICES` or empty; ``case`` the number of the chat's case, 0: it has none."""
        most = SHOWN_ALL if everything else SHOWN
        return self._render(
            "chat.html",
            request,
            visitor.lang,
            lines=lines(messages)[-most:],
            more=len(messages) > most and not everything,
            buttons=buttons(messages),
            case=str(case) if case else "",
            code=code,
            notice=notice if notice in NOTICES else "",
            once=secrets.token_urlsafe(12),
        )

    def back(self, request: Request, visitor: Visitor, notice: str) -> str:
        """The form that leads back to a case. ``notice``: ``wrong``, ``often`` or empty."""
        return self._render("back.html", request, visitor.lang, notice=notice)

    def sheet(self, request: Request, lang: Lang, sheet: Sheet, places: Sequence[tuple[str, str, str]], picture: bool) -> str:
        """A sheet to hold up, in Chinese and below in English. ``places``: other sheets of the kind, by id and names."""
        here = [place for place in places if place[0] != sheet.city]
        return self._render("show.html", request, lang, sheet=sheet, places=here, picture=picture)

    def problem(self, request: Request, lang: Lang, status: int) -> str:
        """An error page, in the visitor's language first and then in the other."""
        known = (400, 403, 404, 405, 413, 429)
        other: Lang = "en" if lang == "zh" else "zh"
        return self._render("problem.html", request, lang, langs=(lang, other), status=status if status in known else 500)

    def _render(self, name: str, request: Request, lang: Lang, **values: object) -> str:
        root = request.scope.get("app_root_path", request.scope.get("root_path", ""))
        return self._env.get_template(name).render(
            t=self._speaker(lang),
            say=self._texts.say,
            lang=lang,
            home=f"{root}/",
            root=root,
            static=f"{root}/static",
            version=self._version,
            replay=self._replay,
            **values,
        )

    def _speaker(self, lang: Lang) -> Callable[..., str]:
        def say(key: str, **values: str) -> str:
            return self._texts.say(f"page.{key}", lang, **values)

        return say
