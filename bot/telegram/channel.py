"""Telegram as a channel of the delivery: one message out, and what Telegram's answer means."""

from __future__ import annotations

import re
from collections.abc import Sequence

import httpx
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.channel import Arrived, Moved, Never, NotSent, Outcome, TooFast, Unclear
from bot.model import MEMBER, Button
from bot.safe import storable
from bot.telegram.asked import asked
from bot.telegram.client import Client
from bot.telegram.http import NotConnected
from bot.telegram.outgoing import keyboard, split

_BEFORE = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL)
"""Failures before anything was sent."""
_OUR_MESSAGE = re.compile(r"message|text|button|markup|entit|parse", re.IGNORECASE)
"""A 400 about what we wrote, not about whom we wrote to."""


class TelegramChannel:
    """Sends plain text, without a parse mode, so that nobody's asterisk breaks it."""

    name = "telegram"

    def __init__(self, client: Client) -> None:
        self._client = client

    def parts(self, text: str) -> Sequence[str]:
        """The text in parts that Telegram takes."""
        return split(storable(text))

    async def send(self, address: str, text: str, buttons: Sequence[Button]) -> Outcome:
        """One message, its buttons below it; without them where Telegram refuses them: words are better than nothing."""
        chat = address.partition(":")[2].partition(MEMBER)[0]
        if not chat.removeprefix("-").isdecimal():
            return Never("no chat")
        try:
            await self._client.say(int(chat), text, keyboard(buttons))
        except BadRequest as error:
            if buttons:
                return await self.send(address, text, ())
            return meaning(error)
        except TelegramError as error:
            return meaning(error)
        return Arrived()


def meaning(error: TelegramError) -> Outcome:
    """What an error of the library says about a message. Its text may hold the token and words; only kinds get out."""
    if isinstance(error, RetryAfter):
        return TooFast(asked(error))
    if isinstance(error, ChatMigrated):
        return Moved(f"telegram:{error.new_chat_id}")
    if isinstance(error, Forbidden):
        return Never("forbidden", unreachable=True)
    if isinstance(error, BadRequest):
        ours = _OUR_MESSAGE.search(error.message) is not None
        return Never("bad request" if ours else "no such chat", unreachable=not ours)
    if isinstance(error, InvalidToken | Conflict):
        return NotSent("token refused", everybody=True)
    if isinstance(error, NotConnected):
        return NotSent("no connection", everybody=True)
    if isinstance(error, TimedOut) and error.__cause__ is None:
        return Unclear("timeout")
    cause = error.__cause__
    if isinstance(cause, _BEFORE):
        return NotSent("no connection", everybody=not isinstance(cause, httpx.PoolTimeout))
    if isinstance(cause, httpx.HTTPError):
        return Unclear("timeout" if isinstance(cause, httpx.TimeoutException) else "connection lost")
    return Unclear("server error" if isinstance(error, NetworkError) else "strange answer")
