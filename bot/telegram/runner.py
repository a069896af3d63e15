"""The Telegram edge as one thing to run."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence

from telegram import BotCommandScope, BotCommandScopeAllChatAdministrators, BotCommandScopeAllGroupChats, BotCommandScopeDefault

from bot.backoff import Backoff, Stop, pause
from bot.clock import Clock, SystemClock
from bot.delivery import Delivery
from bot.flight import Pace
from bot.outbox import Outbox
from bot.telegram.asked import asked
from bot.telegram.channel import Pictures, TelegramChannel
from bot.telegram.client import connect
from bot.telegram.incoming import Me
from bot.telegram.keeper import Keeper
from bot.telegram.kept import Follow
from bot.telegram.members import Members
from bot.telegram.polling import Polling
from bot.telegram.ports import Desk
from bot.telegram.staff import StaffGroup
from bot.telegram.staff_post import StaffPost
from bot.telegram.turn import Ask, Turn
from bot.telegram.webhook import Webhook, secret_of
from bot.telegram.workers import COUNT, Workers

log = logging.getLogger(__name__)

_SCOPES: Mapping[str, BotCommandScope] = {
    "": BotCommandScopeDefault(),
    "groups": BotCommandScopeAllGroupChats(),
    "managers": BotCommandScopeAllChatAdministrators(),
}
_LONGEST = 15.0
"""Seconds after which the intake looks again, whatever has failed how often: residents wait."""


class TelegramRunner:
    """Takes messages in, has them answered, sends the answers. One for each token: Telegram allows one poller."""

    def __init__(
        self,
        desk: Desk,
        outbox: Outbox,
        token: str,
        base_url: str = "",
        *,
        webhook_url: str = "",
        commands: Mapping[tuple[str, str], Sequence[tuple[str, str]]] | None = None,
        clock: Clock | None = None,
        pace: Pace | None = None,
        poll_seconds: int = 25,
        workers: int = COUNT,
        poll_turn: Ask | None = None,
        pictures: Pictures | None = None,
        staff: StaffGroup | None = None,
        hurry: Callable[[], object] = lambda: None,
        pays: bool = False,
    ) -> None:
        """``webhook_url``: where Telegram is to call; empty: it is polled. ``commands``: names and what they do, by where and language.

        ``poll_turn``: asks whether this process polls, where several share a database. ``pictures``: a reply's picture by its name.
        ``staff``: the staff's group; ``hurry`` then does what is due for residents. ``pays``: messages above the free rate may cost money.
        """
        self._desk = desk
        self._token = token
        self._commands = commands or {}
        self._seconds = poll_seconds
        clock, pace = clock or SystemClock(), pace or Pace()
        self._first = pace.first
        number = token.partition(":")[0]
        self._keeper = Keeper(desk, clock, int(number) if number.isdecimal() else 0, staff)
        self._client = connect(token, base_url, pace.width + 4, pays=pays)
        self.members = Members(self._client)
        """Who manages a group, for whoever decides on what is written there."""
        self._delivery = Delivery(outbox, TelegramChannel(self._client, pictures), clock, pace)
        self._post = StaffPost(self._client, staff, hurry, pace.first) if staff is not None else None
        self._workers = Workers(desk, self._answered, workers, pace.first)
        self._follow = Follow(self._client, self._workers.add)
        self._turn = Turn(None if webhook_url else poll_turn, clock)
        self.webhook = (
            Webhook(self._client, self._keeper, self._follow, webhook_url, secret_of(token, webhook_url)) if webhook_url else None
        )
        """Where the web server hands Telegram's calls over; None while Telegram is polled."""

    async def run(self, stop: Stop) -> None:
        """Serve until ``stop`` is set, on asyncio. A network that is away, a refused token or a broken reply do not end it."""
        self.members.serve()
        backoff = Backoff(self._first, _LONGEST)
        if self.webhook is not None:
            intake = self.webhook.register(stop, backoff)
        else:
            intake = Polling(self._client, self._keeper, self._follow, backoff, self._seconds, self._turn).run(stop)
        try:
            async with asyncio.TaskGroup() as group:
                for part in (self._introduce(stop), intake, self._workers.run(stop), self._delivery.run(stop), self._turn.run(stop)):
                    group.create_task(part)
                if self._post is not None:
                    group.create_task(self._post.run(stop))
        finally:
            await self._follow.close()
            await self._client.close_connections()

    def _answered(self) -> None:
        self._delivery.wake()
        if self._post is not None:
            self._post.wake()

    async def _introduce(self, stop: Stop) -> None:
        """Ask who we are, needed only to know what is meant for us in a group, and say which commands there are."""
        backoff = Backoff(self._first)
        while not stop.is_set():
            try:
                me = await self._client.get_me()
                self._keeper.me = self.members.me = Me(me.id, me.username or "")
                for (where, language), commands in self._commands.items():
                    await self._client.set_my_commands(commands, scope=_SCOPES[where], language_code=language or None)
                return
            except Exception as error:
                log.warning("telegram introduction: %s", type(error).__name__)
                await pause(stop, backoff.next(asked(error)))
