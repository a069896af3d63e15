"""The webhook: Telegram hands an update over by HTTP, and hears 200 only after the row is committed."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.backoff import Backoff, Stop, pause, unless
from bot.gather import Gather
from bot.telegram.asked import asked
from bot.telegram.client import UPDATES, Client
from bot.telegram.keeper import Item, Keeper, Kept
from bot.telegram.kept import Follow

log = logging.getLogger(__name__)

CAP = 1_048_576
"""Bytes of a body."""
SECRET = "x-telegram-bot-api-secret-token"  # noqa: S105  (a header's name)
PATIENCE = 10.0
"""Seconds that a commit may take; after them Telegram is told to come again, and the same update twice is one."""
_RETRY = "5"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the web server answers."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def secret_of(token: str, url: str) -> str:
    """The secret that Telegram must show: all processes of a bot know it, nobody else does, and it does not give the token away."""
    return hmac.new(token.encode(), f"webhook {url}".encode(), hashlib.sha256).hexdigest()


class Webhook:
    """Answers the web server's calls for ``path``. Any number of them at once."""

    def __init__(self, client: Client, keeper: Keeper, follow: Follow, url: str, secret: str) -> None:
        self.path = urlsplit(url).path
        self.cap = CAP
        self._client = client
        self._kept: Gather[Item, Kept] = Gather(keeper.keep)
        self._follow = follow
        self._url = url
        self._secret = secret

    async def answer(self, headers: Mapping[str, str], body: bytes) -> Answer:
        """Keep the update of one call. ``headers`` have lower-case names; of a body, more than :data:`CAP` bytes need not be read.

        503 with Retry-After where the store refuses; Telegram then comes again.
        """
        shown = headers.get(SECRET, "")
        if not hmac.compare_digest(shown.encode("utf-8", "replace"), self._secret.encode()):
            return Answer(403)
        if len(body) > CAP:
            return Answer(413)
        try:
            async with asyncio.timeout(PATIENCE):
                kept = await self._kept.add(body)
        except Exception as error:
            log.error("telegram webhook: %s", type(error).__name__)
            return Answer(503, {"Retry-After": _RETRY})
        self._follow(kept)
        return Answer(200)

    async def register(self, stop: Stop, backoff: Backoff) -> None:
        """Tell Telegram where to call, again and again until it has heard or ``stop`` is set. What waits there stays."""
        while not stop.is_set():
            try:
                await unless(
                    stop,
                    self._client.set_webhook(
                        self._url, allowed_updates=json.loads(UPDATES), secret_token=self._secret, drop_pending_updates=False
                    ),
                )
                return
            except Exception as error:
                log.warning("telegram setWebhook: %s", type(error).__name__)
                await pause(stop, backoff.next(asked(error)))
