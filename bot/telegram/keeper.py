"""Keeping an update: read, then committed to the inbox under the bot's number and its own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.clock import Clock
from bot.model import EVENTS, NOWHERE, Incoming
from bot.telegram.incoming import Me, Received, read
from bot.telegram.outgoing import pressed
from bot.telegram.ports import Desk


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of an update. Without an address there was nothing to keep."""

    address: str = ""
    callback: str = ""
    """A pressed button's query, to be answered."""


class Keeper:
    """Shared by polling and webhook. Its methods block and belong in a worker thread; they raise what the store raises."""

    def __init__(self, desk: Desk, clock: Clock, bot: int) -> None:
        self.me = Me(bot)
        self._desk = desk
        self._clock = clock
        self._bot = bot

    def keep(self, raw: Mapping[str, Any], *, plain: bool = False) -> Kept:
        """Commit one update; the same one a second time changes nothing.

        ``plain``: without the raw body and without control characters, for a store that does not take the update as it is.
        """
        number = raw.get("update_id")
        if not isinstance(number, int) or isinstance(number, bool):
            return self.keep_body(_dump(raw).encode(), plain=plain)
        received = read(raw, self.me)
        if received is None:
            return Kept()
        received = self._understood(received)
        text = received.text
        if plain:
            text = "".join(char if char.isprintable() or char == "\n" else " " for char in text)
        return self._commit(replace(received, text=text), f"{self._bot}:{number}", "" if plain else _raw(raw, received))

    def keep_body(self, body: bytes, *, plain: bool = False) -> Kept:
        """Commit a body that is no update, for a person to look at; the same bytes count once."""
        digest = hashlib.sha256(body).hexdigest()[:32]
        raw = "" if plain else _dump({"body": body.decode("utf-8", "backslashreplace")})
        return self._commit(Received(NOWHERE, "", "unparsed"), f"{self._bot}:body:{digest}", raw)

    def _understood(self, received: Received) -> Received:
        """With the words a pressed button stands for; one that the bot never offered counts as text."""
        if received.kind != "button":
            return received
        text, offered = pressed(received.data, received.label, self._desk.history(f"telegram:{received.chat}"))
        return replace(received, text=text, kind="button" if offered else "text")

    def _commit(self, received: Received, key: str, raw: str) -> Kept:
        incoming = Incoming("telegram", received.chat, key, received.text, self._clock.now(), kind=received.kind, raw=raw)
        self._desk.accept(incoming)
        return Kept(incoming.address, received.callback)


def _raw(raw: Mapping[str, Any], received: Received) -> str:
    """The body as it came; of what others said in a channel or a group only what kind it was."""
    if received.kind in EVENTS and not received.private:
        return _dump({"update_id": raw["update_id"], "kinds": sorted(set(raw) - {"update_id"})})
    return _dump(raw)


def _dump(raw: Mapping[str, Any]) -> str:
    """ASCII JSON, which carries even lone surrogates safely."""
    return json.dumps(raw, ensure_ascii=True, separators=(",", ":"))
