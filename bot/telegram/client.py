"""The Bot API client: python-telegram-bot for the calls, with updates handed over as they came."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from telegram import Bot, InlineKeyboardMarkup, InputFile, LinkPreviewOptions, ReplyParameters
from telegram.request import BaseRequest

from bot.telegram.http import Calls
from bot.telegram.pools import Pools

UPDATES = "[]"
"""The kinds we ask for: all that are sent without being asked for by name, those of a later Bot API included."""
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class Client(Bot):
    """A bot whose updates stay raw, so that one that the library cannot parse is neither lost nor written to a log."""

    pays = False
    """Whether Telegram may charge for messages above its free rate; below it they cost nothing either way."""

    async def raw_updates(self, offset: int | None, timeout: int) -> list[dict[str, Any]]:
        """Updates from ``offset`` on, waiting up to ``timeout`` seconds. Raises ``telegram.error.TelegramError``."""
        data: dict[str, Any] = {"timeout": timeout, "limit": 100, "allowed_updates": UPDATES}
        if offset is not None:
            data["offset"] = offset
        result = await self._post("getUpdates", data, read_timeout=timeout + 10)
        return [update for update in result if isinstance(update, dict)] if isinstance(result, list) else []

    async def say(self, chat: int, text: str, buttons: InlineKeyboardMarkup | None, quotes: int = 0) -> None:
        """A message without a parse mode and without previews, an answer to the chat's message ``quotes``.

        Raises ``telegram.error.TelegramError``.

        What Telegram makes of it is not read: the library would take longer over it than over the call.
        """
        data: dict[str, Any] = {"chat_id": chat, "text": text, "reply_markup": buttons, "link_preview_options": _NO_PREVIEW}
        if quotes:
            # Whoever has deleted their message in the meantime is answered all the same.
            data["reply_parameters"] = ReplyParameters(quotes, allow_sending_without_reply=True)
        if self.pays:
            data["allow_paid_broadcast"] = True
        await self._post("sendMessage", data)

    async def show(self, chat: int, png: bytes, caption: str, buttons: InlineKeyboardMarkup | None) -> None:
        """A picture, uploaded. Raises ``telegram.error.TelegramError``."""
        # A bare file: the library would otherwise guess its kind from its content.
        photo = InputFile(png, filename="rule.png")
        await self._post("sendPhoto", {"chat_id": chat, "photo": photo, "caption": caption, "reply_markup": buttons})

    async def post(self, method: str, **data: Any) -> Any:
        """Any call; what Telegram answers, as it came. Raises ``telegram.error.TelegramError``."""
        return await self._post(method, data)

    async def close_connections(self) -> None:
        """Close the connections; needs no earlier ``initialize``, whose getMe would tie the start to the network."""
        for request in self._request:
            await request.shutdown()


class Paying(Client):
    """One that may be charged for."""

    pays = True


def connect(token: str, base_url: str = "", connections: int = 8, *, pays: bool = False) -> Client:
    """A client for the Bot API at ``base_url`` (``http://127.0.0.1:9000``); empty: Telegram's own. ``connections`` side by side.

    ``pays``: Telegram may charge for messages above its free rate (Bot API, ``allow_paid_broadcast``).
    """
    quiet()
    server = base_url.rstrip("/") or "https://api.telegram.org"
    calls: BaseRequest = Pools(connections) if proxied(server) else Calls(connections)
    polls: BaseRequest = Pools(1) if proxied(server) else Calls(1)
    return (Paying if pays else Client)(token, base_url=f"{server}/bot", request=calls, get_updates_request=polls)


def proxied(server: str) -> bool:
    """Whether the environment (``HTTPS_PROXY``, ``NO_PROXY`` …) names a proxy for this server."""
    parts = urlsplit(server)
    proxies = getproxies()
    return bool(proxies.get(parts.scheme) or proxies.get("all")) and not proxy_bypass(parts.hostname or "")


def quiet() -> None:
    """Silence the libraries' loggers: their lines hold the token (in addresses) and residents' words (in bodies)."""
    for name in ("telegram", "httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
