"""Sending one outbox row, in parts, through what Telegram answers."""

from __future__ import annotations

import asyncio
import logging

from telegram import LinkPreviewOptions
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError

from bot.backoff import Stop, pause
from bot.safe import storable
from bot.telegram.asked import asked
from bot.telegram.client import Client
from bot.telegram.outgoing import keyboard, split
from bot.telegram.ports import OutRow

log = logging.getLogger(__name__)

_TRIES = 10
"""Failures of one row that are neither the network's nor Telegram's, before it is given up."""


class Sender:
    """Remembers what of a row has arrived, so that a second attempt does not repeat it while the process lives."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._not_before = 0.0
        self._arrived: dict[int, int] = {}
        self._bare: set[int] = set()
        self._tries: dict[int, int] = {}
        self._moved: dict[str, int] = {}

    def forget(self, id: int) -> None:
        """The row is settled."""
        self._arrived.pop(id, None)
        self._tries.pop(id, None)
        self._bare.discard(id)

    async def send(self, row: OutRow, stop: Stop) -> str:
        """``sent``, ``stopped`` where the service ends first, or in a word why the row can never arrive.

        Raises what may pass with time: ``telegram.error.TelegramError`` of the network or of Telegram's servers.
        """
        chat = row.address.partition(":")[2]
        if not chat.lstrip("-").isdecimal():
            return "no chat"
        parts = split(storable(row.text))
        if not parts:
            return "empty"
        while (done := self._arrived.get(row.id, 0)) < len(parts):
            await pause(stop, max(0.0, self._not_before - asyncio.get_running_loop().time()))
            if stop.is_set():
                return "stopped"
            why = await self._part(row, self._moved.get(row.address, int(chat)), parts[done], done == len(parts) - 1)
            if why:
                return why
        return "sent"

    async def _part(self, row: OutRow, chat: int, text: str, last: bool) -> str:
        """One attempt for one part; why there will be no other, or empty."""
        buttons = row.buttons if last and row.id not in self._bare else ()
        try:
            await self._client.send_message(
                chat, text, reply_markup=keyboard(buttons), link_preview_options=LinkPreviewOptions(is_disabled=True)
            )
            self._arrived[row.id] = self._arrived.get(row.id, 0) + 1
        except RetryAfter as error:
            self._not_before = asyncio.get_running_loop().time() + asked(error)
            log.warning("telegram asks to wait %.0f s", asked(error))
        except ChatMigrated as error:
            if self._moved.get(row.address) == error.new_chat_id:
                return "migrated in a circle"
            self._moved[row.address] = error.new_chat_id
        except Forbidden:
            return "forbidden"
        except BadRequest:
            if not buttons:
                return "bad request"
            self._bare.add(row.id)  # a reply without its buttons is better than none
        except TelegramError:
            raise
        except Exception as error:
            self._tries[row.id] = self._tries.get(row.id, 0) + 1
            if self._tries[row.id] >= _TRIES:
                return type(error).__name__
            raise
        return ""
