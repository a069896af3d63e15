"""Who is writing: an anonymous random number in a signed cookie, and the language of the page."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from bot.web.ports import Lang
from bot.web.seal import Seal

WEB = "web:"
"""How the addresses of the page's chats begin."""
CHAT_COOKIE = "hotline_chat"
LANG_COOKIE = "hotline_lang"
_MONTH = 30 * 24 * 3600
_CHAT = re.compile(r"[A-Za-z0-9_-]{20,64}")


@dataclass(frozen=True, slots=True)
class Visitor:
    """One browser. ``known``: it sent a cookie of ours back; ``chosen``: the language was picked by link, not guessed."""

    chat: str
    known: bool
    lang: Lang
    chosen: bool

    @property
    def address(self) -> str:
        """The chat's key in the store and the outbox."""
        return f"{WEB}{self.chat}"

    def remember(self, request: Request, response: Response, seal: Seal) -> None:
        """Set the cookies: HttpOnly, SameSite=Lax, for 30 days, Secure where the page came over HTTPS."""
        cookies = {CHAT_COOKIE: seal.sealed(self.chat)} | ({LANG_COOKIE: self.lang} if self.chosen else {})
        for name, value in cookies.items():
            response.set_cookie(name, value, max_age=_MONTH, path="/", httponly=True, samesite="lax", secure=request.url.scheme == "https")


def recognise(request: Request, seal: Seal) -> Visitor:
    """The visitor of a request; a new random chat where there is no cookie of ours."""
    chat = seal.opened(request.cookies.get(CHAT_COOKIE, ""))
    known = _CHAT.fullmatch(chat) is not None
    picked = _picked(request)
    return Visitor(chat if known else secrets.token_urlsafe(24), known, language(request), picked is not None)


def language(request: Request) -> Lang:
    """The language of the page: picked by link, else the browser's."""
    return _picked(request) or preferred(request.headers.get("accept-language", ""))


def _picked(request: Request) -> Lang | None:
    return _lang(request.query_params.get("lang", "")) or _lang(request.cookies.get(LANG_COOKIE, ""))


def preferred(header: str) -> Lang:
    """The page's language by an Accept-Language header; Chinese where it names neither of ours."""
    best: Lang = "zh"
    weight = 0.0
    for part in header[:500].split(","):
        name, _, parameters = part.strip().partition(";")
        lang = _lang(name.strip().lower().partition("-")[0])
        match = re.fullmatch(r"\s*q=([01](?:\.\d{1,3})?)\s*", parameters) if parameters else None
        quality = float(match.group(1)) if match else (0.0 if parameters else 1.0)
        if lang is not None and quality > weight:
            best, weight = lang, quality
    return best


def _lang(value: str) -> Lang | None:
    return "zh" if value == "zh" else "en" if value == "en" else None
