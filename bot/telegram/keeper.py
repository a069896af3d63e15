"""Keeping updates: read, then committed to the inbox under the bot's number and their own, many in one transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.clock import Clock
from bot.errors import StoreUnavailable
from bot.log import get_logger
from bot.model import EVENTS, NOWHERE, Incoming
from bot.telegram.incoming import Me, Received, chat_in, read
from bot.telegram.outgoing import pressed
from bot.telegram.ports import Desk
from bot.telegram.staff import StaffGroup

log = get_logger(__name__)
_TRIES = 2
"""How often an update is offered as it came, before it is offered in a form that any store can take."""
_OTHERS = frozenset({"reply_to_message", "external_reply", "quote", "pinned_message", "reply_to_story"})
Item = Mapping[str, Any] | bytes
"""An update, or a body that may not even be one."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of an update. Without an address there was nothing to keep."""

    address: str = ""
    callback: str = ""
    """A pressed button's query, to be answered."""


@dataclass(frozen=True, slots=True)
class _Read:
    """An item that was read; without an incoming there is nothing to keep."""

    incoming: Incoming | None = None
    callback: str = ""

    @property
    def kept(self) -> Kept:
        return Kept(self.incoming.address if self.incoming else "", self.callback)


class Keeper:
    """Shared by polling and webhook. :meth:`keep` blocks, where a group talks for as long as understanding it takes, and belongs in
    a worker thread."""

    def __init__(self, desk: Desk, clock: Clock, bot: int, staff: StaffGroup | None = None) -> None:
        """``staff``: the group whose talk is the staff's own."""
        self._staff = staff
        self.me = Me(bot)
        self._desk = desk
        self._clock = clock
        self._bot = bot

    def keep(self, items: Sequence[Item]) -> list[Kept | Exception]:
        """Commit each; the same one a second time changes nothing. For each what it came to, or why it is not kept.

        Where one of a chat is not kept, those of that chat behind it are not either: they would overtake it.
        """
        found = [self._try_read(item) for item in items]
        whole = [item.incoming for item in found if isinstance(item, _Read) and item.incoming is not None]
        if all(isinstance(item, _Read) for item in found):
            try:
                self._desk.accept_all(whole)
                return [item.kept for item in found if isinstance(item, _Read)]
            except StoreUnavailable as error:
                return [error if isinstance(item, _Read) and item.incoming else Kept() for item in found]
            except Exception as error:
                log.error("batch_refused", size=len(whole), error=type(error).__name__)
        stuck: dict[str, Exception] = {}
        return [self._one_by_one(item, stuck) for item in found]

    def _one_by_one(self, item: _Read | Exception, stuck: dict[str, Exception]) -> Kept | Exception:
        if isinstance(item, Exception) or item.incoming is None:
            return item.kept if isinstance(item, _Read) else item
        address = item.incoming.address
        failure = stuck.get(address) or self._offer(item.incoming)
        if failure is None:
            return item.kept
        stuck[address] = failure
        return failure

    def _offer(self, incoming: Incoming) -> Exception | None:
        """Have one row kept: as it came, else without its body and without control characters. Why not, where that fails too."""
        plain = replace(incoming, raw="", text="".join(char if char.isprintable() or char == "\n" else " " for char in incoming.text))
        failure: Exception | None = None
        for form in (*[incoming] * _TRIES, plain):
            try:
                self._desk.accept(form)
                return None
            except StoreUnavailable as error:
                return error
            except Exception as error:
                log.error("update_refused", error=type(error).__name__, plain=form is plain)
                failure = error
        return failure

    def _try_read(self, item: Item) -> _Read | Exception:
        try:
            return self._read(item)
        except Exception as error:
            return error

    def _read(self, item: Item) -> _Read:
        raw = _parsed(item) if isinstance(item, bytes) else item
        number = raw.get("update_id") if raw is not None else None
        if raw is None or not isinstance(number, int) or isinstance(number, bool):
            return self._odd(item)
        if self._staff is not None:
            if self._staff.owns(raw):
                # Before it is read as anything else: what the staff say is nobody's need.
                self._staff.receive(raw, self.me)
                return _Read()
            if not chat_in(raw).startswith("-"):
                self._staff.private(raw)
        received = read(raw, self.me)
        if received is None:
            return _Read()
        received = self._understood(received)
        incoming = self._incoming(received, f"{self._bot}:{number}", _raw(raw, received))
        # Before anything is written: what a group says among itself leaves neither a row nor a line of a log. Telegram is told
        # "received" only afterwards, so that a crash in between loses nothing: the update comes again and is listened to again.
        if received.overheard and not self._desk.overhears(incoming):
            return _Read()
        return _Read(incoming, received.callback)

    def _odd(self, item: Item) -> _Read:
        """What is no update is kept for a person to look at; the same bytes count once."""
        body = item if isinstance(item, bytes) else _dump(item).encode()
        digest = hashlib.sha256(body).hexdigest()[:32]
        raw = _dump({"body": body.decode("utf-8", "backslashreplace")})
        return _Read(self._incoming(Received(NOWHERE, "", "unparsed"), f"{self._bot}:body:{digest}", raw))

    def _understood(self, received: Received) -> Received:
        """With the words a pressed button stands for; one that the bot never offered counts as text."""
        if received.kind != "button":
            return received
        text, offered = pressed(received.data, received.label, self._desk.history(f"telegram:{received.chat}"))
        return replace(received, text=text, kind="button" if offered else "text")

    def _incoming(self, received: Received, key: str, raw: str) -> Incoming:
        return Incoming("telegram", received.chat, key, received.text, self._clock.now(), kind=received.kind, raw=raw)


def _parsed(body: bytes) -> Mapping[str, Any] | None:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _raw(raw: Mapping[str, Any], received: Received) -> str:
    """The body as it came; of what others said in a channel or a group only what kind it was."""
    if received.kind in EVENTS and not received.private:
        return _dump({"update_id": raw["update_id"], "kinds": sorted(set(raw) - {"update_id"})})
    return _dump(_without_others(raw) if received.chat.startswith("-") else raw)


def _without_others(raw: Mapping[str, Any]) -> dict[str, Any]:
    """An update of a group without the message that it answers: that one is somebody else's, and was perhaps never meant for us."""
    return {
        name: {part: inner for part, inner in value.items() if part not in _OTHERS} if isinstance(value, Mapping) else value
        for name, value in raw.items()
    }


def _dump(raw: Mapping[str, Any]) -> str:
    """ASCII JSON, which carries even lone surrogates safely."""
    return json.dumps(raw, ensure_ascii=True, separators=(",", ":"))
