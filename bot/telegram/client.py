"""The Bot API client: python-telegram-bot for the calls, with updates handed over as they came."""

from __future__ import annotations

import logging
from typing import Any

from telegram import Bot
from telegram.request import HTTPXRequest

UPDATES = "[]"
"""The kinds we ask for: all that are sent without being asked for by name, those of a later Bot API included."""


class Client(Bot):
    """A bot whose updates stay raw, so that one that the library cannot parse is neither lost nor written to a log."""

    async def raw_updates(self, offset: int | None, timeout: int) -> list[dict[str, Any]]:
        """Updates from ``offset`` on, waiting up to ``timeout`` seconds. Raises ``telegram.error.TelegramError``."""
        data: dict[str, Any] = {"timeout": timeout, "limit": 100, "allowed_updates": UPDATES}
        if offset is not None:
            data["offset"] = offset
        result = await self._post("getUpdates", data, read_timeout=timeout + 10)
        return [update for update in result if isinstance(update, dict)] if isinstance(result, list) else []

    async def close_connections(self) -> None:
        """Close the connections; needs no earlier ``initialize``, whose getMe would tie the start to the network."""
        for request in self._request:
            await request.shutdown()


def connect(token: str, base_url: str = "", connections: int = 8) -> Client:
    """A client for the Bot API at ``base_url`` (``http://127.0.0.1:9000``); empty: Telegram's own."""
    quiet()
    where = f"{base_url.rstrip('/')}/bot" if base_url else "https://api.telegram.org/bot"
    return Client(
        token,
        base_url=where,
        request=HTTPXRequest(connection_pool_size=connections, connect_timeout=5, read_timeout=15, write_timeout=10, pool_timeout=5),
        get_updates_request=HTTPXRequest(connection_pool_size=1, connect_timeout=10, pool_timeout=20),
    )


def quiet() -> None:
    """Silence the libraries' loggers: their lines hold the token (in addresses) and residents' words (in bodies)."""
    for name in ("telegram", "httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
