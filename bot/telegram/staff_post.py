"""The staff's group as it is seen: cards, alarms, residents' lines and ticks go there, within what Telegram takes.

What is to be shown waits in the database (:mod:`bot.store.group`), so that a kill loses nothing. What was sent and not yet noted when
a process was killed is sent again: in the worst case a card or a topic is there twice, and the newer one is the one that lives.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from anyio import to_thread
from telegram import BotCommandScopeChat
from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError

from bot.backoff import Backoff, Stop, pause
from bot.store import group, group_answers
from bot.store.connection import Work
from bot.store.group import Card
from bot.store.pacer import grant
from bot.telegram.asked import asked
from bot.telegram.client import Client
from bot.telegram.staff import StaffGroup
from bot.telegram.staff_back import Back, Outward
from bot.telegram.staff_card import alarm_of, buttons_of, text_of, title_of
from bot.telegram.staff_words import COMMANDS, reason, say

log = logging.getLogger(__name__)
T = TypeVar("T")

LANG = "zh"
"""The language of what everybody in the group reads."""
IDLE = 0.4
"""Seconds after which it is looked again: a life must be there in two."""
WAIT = 5.0
"""Seconds after which a call that failed is made again; longer where Telegram refused it for good."""
LINES = 5
"""Lines of a resident that are posted at once."""
TICK = "👍"
TRIES = 5
"""So often what is said to the staff is said again where Telegram asks us to wait."""


class StaffPost:
    """Runs on the event loop that holds the connections. ``hurry`` does what is due for residents; blocks."""

    def __init__(self, client: Client, staff: StaffGroup, hurry: Callable[[], object], first: float = 1.0) -> None:
        self._client, self._staff, self._hurry, self._first = client, staff, hurry, first
        self._out = Outward()
        self._topics = False
        self._wake = asyncio.Event()
        staff.out = self._out

    def wake(self) -> None:
        """Something may have changed. On the event loop."""
        self._wake.set()

    async def run(self, stop: Stop) -> None:
        """Until ``stop`` is set; no failure ends it."""
        self._out.serve()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._introduce(stop))
            back = tasks.create_task(self._backs())
            await self._look(stop)
            back.cancel()

    async def _introduce(self, stop: Stop) -> None:
        """The menu of the group; the cards do not wait for it."""
        backoff = Backoff(self._first)
        while not stop.is_set():
            try:
                for lang in ("", "zh", "en"):
                    menu = [(name, say(f"menu.{name}", lang or LANG)) for name in COMMANDS]
                    scope = BotCommandScopeChat(self._staff.chat)
                    await self._client.set_my_commands(menu, scope=scope, language_code=lang or None)
                return
            except Exception as error:
                log.warning("telegram staff menu: %s", type(error).__name__)
                await pause(stop, backoff.next(asked(error)))

    async def _look(self, stop: Stop) -> None:
        known, backoff = False, Backoff(self._first, WAIT)
        while not stop.is_set():
            did = False
            try:
                if not known:
                    self._topics = bool((await self._client.post("getChat", chat_id=self._staff.chat)).get("is_forum"))
                    known = True
                did = await self._card()
                await self._ticks()
                backoff.reset()
            except Exception as error:
                log.warning("telegram staff group: %s", type(error).__name__)
                # Cards go out all the same where Telegram does not say what the group is: without topics.
                known = known or isinstance(error, BadRequest | Forbidden)
                await pause(stop, backoff.next(asked(error)))
            if not did:
                self._wake.clear()
                waits = [asyncio.create_task(stop.wait()), asyncio.create_task(self._wake.wait())]
                await asyncio.wait(waits, timeout=IDLE, return_when=asyncio.FIRST_COMPLETED)
                for task in waits:
                    task.cancel()

    async def _card(self) -> bool:
        """Show one card that has changed; whether there was one."""
        staff, now = self._staff, self._staff.clock.now()
        if not await self._read(lambda db: group.any_due(db, now)):
            return False
        card = await self._write(lambda db: group.claim(db, staff.store.pace, staff.chat, now))
        if card is None:
            return False
        try:
            values = await self._show(card)
        except ChatMigrated as error:
            await to_thread.run_sync(staff.moved, error.new_chat_id)
            return True
        except TelegramError as error:
            log.warning("telegram staff card: %s", type(error).__name__)
            lost = isinstance(error, BadRequest) and any(word in error.message.lower() for word in ("not found", "can't be edited"))
            never = isinstance(error, BadRequest | Forbidden) and not lost
            later = now + dt.timedelta(seconds=max(asked(error), WAIT * (12 if never else 1)))
            gone = {"thread": 0, "message": 0} if lost and card.message else {}
            await self._write(lambda db: group.settle(db, card, gone, until=0 if gone else int(later.timestamp() * 1000)))
            return bool(gone)
        await self._write(lambda db: group.settle(db, card, values))
        return True

    async def _show(self, card: Card) -> dict[str, int]:
        case, staff = card.case, self._staff
        now = staff.clock.now()
        values = {"shown": card.version, "thread": card.thread, "message": card.message, "line": card.line}
        if card.message or case.status == "open":
            text = text_of(case, now, LANG, staff.names)
            markup = buttons_of(case, card.version, staff.chat, now, LANG, staff.seal)
            if card.message:
                if card.shown < card.version:
                    await self._edit(card.message, text, markup)
                values["line"] = await self._lines(card)
                if await self._read(lambda db: group.lines(db, case.address, values["line"], 1) if case.address else []):
                    values["shown"] = min(card.shown, card.version - 1)  # the rest with the next look
            else:
                values["thread"] = card.thread or await self._topic(card)
                quiet = case.priority not in ("P0", "P1")
                values["line"] = await self._read(lambda db: group.newest_line(db, case.address))
                values["message"] = await self._send(text, values["thread"], 0, markup, quiet=quiet)
                await self._write(lambda db: group.posted(db, staff.chat, values["message"], case.number, "card"))
                # Noted before anything else is called: where the next call is refused the card must not go out again. The alarm comes with
                # the next look, when the group takes another message.
                return values
        if card.ring > card.rung:
            values |= await self._ring(card)
        return values

    async def _topic(self, card: Card) -> int:
        """A new topic for a case; 0 where the group has none, or we may not. It is noted at once, before the card goes out."""
        if not self._topics:
            return 0
        try:
            name = title_of(card.case, LANG, self._staff.names)
            made = await self._client.post("createForumTopic", chat_id=self._staff.chat, name=name)
        except (BadRequest, Forbidden) as error:
            if isinstance(error, ChatMigrated):
                raise
            log.warning("telegram createForumTopic: %s; cases are threads by reply from now on", type(error).__name__)
            self._topics = False
            return 0
        thread = int(made["message_thread_id"])
        await self._write(lambda db: group.settle(db, card, {"thread": thread}, until=card.busy))
        return thread

    async def _lines(self, card: Card) -> int:
        """Post what the resident has written since; the last line that was posted. What was deleted goes here too."""
        case, staff, last = card.case, self._staff, card.line
        if not case.words and not case.facts:
            for message in await self._read(lambda db: group.posts(db, case.number, "line")):
                await self._quietly("deleteMessage", message_id=message)
            await self._write(lambda db: group.unposted(db, case.number, "line"))
        if not case.address:
            return last
        for own, words in await self._read(lambda db: group.lines(db, case.address, card.line, LINES)):
            sent = await self._send(say("line", LANG, number=case.number, words=words)[:4000], card.thread, card.message, None)
            last = own
            await self._write(partial(group.posted, chat=staff.chat, message=sent, number=case.number, kind="line"))
            # Noted one by one: after a kill none of them is posted twice but the last.
            await self._write(partial(group.settle, card=card, values={"line": own}, until=card.busy))
        return last

    async def _ring(self, card: Card) -> dict[str, int]:
        """A new message, so that telephones ring; then the one before it goes, so that one alarm of a case is on the screen."""
        on = await to_thread.run_sync(self._staff.duty.on_duty)
        text, marks = alarm_of(card.case, list(on), LANG)
        sent = await self._send(text, 0, 0, None, entities=marks)
        if card.alarm:
            await self._quietly("deleteMessage", message_id=card.alarm)
        return {"rung": card.ring, "alarm": sent}

    async def _ticks(self) -> None:
        """Tell the staff what came of what they wrote."""
        for answer in await self._read(lambda db: group_answers.open_answers(db, 20)):
            if answer.came == "waits":
                continue
            if answer.came != "sent" or not await self._quietly(
                "setMessageReaction", message_id=answer.message, reaction=[{"type": "emoji", "emoji": TICK}]
            ):
                why = reason(answer.reason, LANG)
                thread, _ = await self._read(partial(group.place_of, number=answer.number))
                await self._send(say(f"said.{answer.came}", LANG, number=answer.number, why=why), thread, answer.message, None)
            await self._write(partial(group_answers.told, chat=self._staff.chat, message=answer.message))

    async def _backs(self) -> None:
        while True:
            back = await self._out.queue.get()
            for _ in range(TRIES):
                try:
                    await self._back(back)
                    break
                except Exception as error:
                    log.warning("telegram staff answer: %s", type(error).__name__)
                    # Whoever wrote a command and reads nothing writes it again.
                    if not (wait := asked(error)):
                        break
                    await asyncio.sleep(min(wait, WAIT * 12))

    async def _back(self, back: Back) -> None:
        self.wake()
        if back.hurry:
            await to_thread.run_sync(self._hurry)
        if back.query:
            await self._client.answer_callback_query(back.query, text=back.text or None, show_alert=len(back.text) > 60)
        elif back.text:
            await self._send(back.text[:4000], back.thread, back.to, None, quiet=True)
        if back.outcomes:
            number, staff = abs(back.outcomes), self._staff
            case = await to_thread.run_sync(staff.store.case, number)
            _, message = await self._read(lambda db: group.place_of(db, number))
            if case is not None and message:
                version = (await to_thread.run_sync(staff.store.trail, number))[-1].seq
                now = staff.clock.now()
                markup = buttons_of(case, version, staff.chat, now, LANG, staff.seal, outcomes=back.outcomes > 0)
                await self._client.post("editMessageReplyMarkup", chat_id=staff.chat, message_id=message, reply_markup=markup)

    async def _send(
        self, text: str, thread: int, to: int, markup: Mapping[str, Any] | None, *, quiet: bool = False, entities: list[Any] | None = None
    ) -> int:
        """A message to the group; its number. It counts for the pacer, and waits for nobody."""
        now, address = self._staff.clock.now(), f"telegram:{self._staff.chat}"
        await self._write(lambda db: grant(db, "telegram", [address], now))
        more: dict[str, Any] = {"message_thread_id": thread} if thread else {}
        more |= {"reply_parameters": {"message_id": to, "allow_sending_without_reply": True}} if to else {}
        more |= {"reply_markup": markup} if markup else {}
        more |= {"entities": entities} if entities else {}
        preview = {"is_disabled": True}
        data = {"chat_id": self._staff.chat, "text": text, "disable_notification": quiet, "link_preview_options": preview, **more}
        return int((await self._client.post("sendMessage", **data))["message_id"])

    async def _edit(self, message: int, text: str, markup: Mapping[str, Any]) -> None:
        try:
            data = {"chat_id": self._staff.chat, "message_id": message, "text": text, "reply_markup": markup}
            await self._client.post("editMessageText", **data, link_preview_options={"is_disabled": True})
        except BadRequest as error:
            if "not modified" not in error.message.lower():
                raise

    async def _quietly(self, method: str, **data: Any) -> bool:
        """A call that may fail: whether it did not."""
        try:
            await self._client.post(method, chat_id=self._staff.chat, **data)
        except TelegramError as error:
            log.info("telegram %s: %s", method, type(error).__name__)
            return False
        return True

    async def _read(self, work: Work[T]) -> T:
        return await to_thread.run_sync(self._staff.store.read, work)

    async def _write(self, work: Work[T]) -> T:
        return await to_thread.run_sync(self._staff.store.write, work)
