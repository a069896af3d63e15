"""Who manages a group: asked of Telegram by the threads that answer, over the event loop that holds the connections."""

from __future__ import annotations

import asyncio
import logging

from telegram import ChatMember

from bot.model import MEMBER, Incoming
from bot.telegram.client import Client
from bot.telegram.incoming import Me

log = logging.getLogger(__name__)

PATIENCE = 4.0
"""Seconds that Telegram may take; whoever asked is told to try again."""
_MANAGERS = frozenset({ChatMember.OWNER, ChatMember.ADMINISTRATOR})


class Members:
    """What Telegram says of itself and of a group's members."""

    def __init__(self, client: Client, patience: float = PATIENCE) -> None:
        self.me = Me()
        self._client = client
        self._patience = patience
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def bot(self) -> str:
        """The bot's name, by which it can be written to; empty until Telegram has told."""
        return self.me.username

    def serve(self) -> None:
        """Called on the event loop that makes the calls."""
        self._loop = asyncio.get_running_loop()

    def manages(self, incoming: Incoming) -> bool | None:
        """Whether who wrote this in a group is its owner or an administrator; None where Telegram could not be asked.

        Blocks; belongs in a thread that has no event loop.
        """
        group, _, member = incoming.chat.partition(MEMBER)
        if member == group:
            return True  # written in the group's own name, which only administrators can
        if not member.isdecimal():
            return False
        if self._loop is None or not self._loop.is_running():
            return None
        asked = asyncio.run_coroutine_threadsafe(self._client.get_chat_member(int(group), int(member)), self._loop)
        try:
            return asked.result(self._patience).status in _MANAGERS
        except Exception as error:
            asked.cancel()
            log.warning("telegram getChatMember: %s", type(error).__name__)
            return None
