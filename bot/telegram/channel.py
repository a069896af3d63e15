"""Telegram as a channel of the delivery: one message out, and what Telegram's answer means."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import httpx
from anyio import to_thread
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.channel import Arrived, Moved, Never, NotSent, NotShown, Outcome, TooFast, Unclear
from bot.model import MEMBER, Button
from bot.safe import storable
from bot.show import Picture
from bot.telegram.asked import asked
from bot.telegram.client import Client
from bot.telegram.http import NotConnected
from bot.telegram.outgoing import keyboard, split

_BEFORE = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL)
"""Failures before anything was sent."""
_OUR_MESSAGE = re.compile(r"message|text|button|markup|entit|parse", re.IGNORECASE)
"""A 400 about what we wrote, not about whom we wrote to."""

Pictures = Callable[[str], Picture | None]


class TelegramChannel:
    """Sends plain text, without a parse mode, so that nobody's asterisk breaks it."""

    name = "telegram"

    def __init__(self, client: Client, pictures: Pictures | None = None) -> None:
        """``pictures`` gives a reply's picture by its name; without it, and where it gives none, the words go."""
        self._client = client
        self._pictures = pictures

    def parts(self, text: str) -> Sequence[str]:
        """The text in parts that Telegram takes."""
        return split(storable(text))

    async def send(self, address: str, text: str, buttons: Sequence[Button], quotes: int = 0) -> Outcome:
        """One message, its buttons below it; without them where Telegram refuses them: words are better than nothing."""
        chat = address.partition(":")[2].partition(MEMBER)[0]
        if not chat.removeprefix("-").isdecimal():
            return Never("no chat")
        try:
            await self._client.say(int(chat), text, keyboard(buttons), quotes)
        except BadRequest as error:
            if buttons:
                return await self.send(address, text, (), quotes)
            return meaning(error)
        except TelegramError as error:
            return meaning(error)
        return Arrived()

    async def show(self, address: str, picture: str, buttons: Sequence[Button]) -> Outcome | NotShown:
        """One picture. Where Telegram refuses it for good the words go: whether the chat is to blame shows then."""
        chat = address.partition(":")[2]
        if not chat.removeprefix("-").isdecimal():
            return Never("no chat")
        try:
            found = await to_thread.run_sync(self._open, picture)
        except OSError as error:
            return NotShown(type(error).__name__)
        if found is None:
            return NotShown("no picture")
        png, caption = found
        try:
            await self._client.show(int(chat), png, caption, keyboard(buttons))
        except ChatMigrated as error:
            return meaning(error)
        except BadRequest:
            return NotShown("bad request")
        except TelegramError as error:
            return meaning(error)
        return Arrived()

    def _open(self, name: str) -> tuple[bytes, str] | None:
        found = self._pictures(name) if self._pictures else None
        return (found.path.read_bytes(), found.caption) if found else None


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
