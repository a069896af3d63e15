"""What the server knows: updates that wait, messages that were sent, and every call with its time."""

from __future__ import annotations

import itertools
import json
import random
import time
from collections import deque
from dataclasses import asdict, dataclass, field
from typing import Any, TextIO

from tests.fakes.bot_api.faults import Fault, Rule
from tests.fakes.bot_api.limits import Limits

TOKEN = "123456:SECRET-token_of_the_test"
UNASKED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
"""Kinds that are handed out only to those who ask for them by name."""


@dataclass(frozen=True)
class Sent:
    """A message that Telegram took."""

    chat: int
    text: str
    buttons: tuple[tuple[str, str], ...]
    """Label and data of each."""
    fields: dict[str, str]
    at: float
    """Seconds on the monotonic clock, which all processes of a machine share."""
    photo: bytes = b""
    """Of a picture its file; its text is the caption."""
    number: int = 0
    """The message's own."""


@dataclass
class Call:
    """A call and what was answered; status 0: nothing, -1: not yet."""

    method: str
    chat: int | None
    at: float
    fault: bool = False
    status: int = -1


@dataclass
class State:
    """Everything of one bot. Only the server's thread and whoever holds the lock touch it."""

    token: str = TOKEN
    updates: dict[int, dict[str, Any]] = field(default_factory=dict)
    """By number, not confirmed yet, in the order of handing out."""
    fresh: deque[dict[str, Any]] = field(default_factory=deque)
    """Not looked at yet by whoever pushes to the webhook."""
    held: list[dict[str, Any]] = field(default_factory=list)
    """Held back until the next one is handed out before them."""
    again: list[dict[str, Any]] = field(default_factory=list)
    """Handed out once more after they were confirmed."""
    pushed: dict[int, float] = field(default_factory=dict)
    """When each update came in."""
    confirmed: list[int] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    commands: dict[tuple[str, str], list[dict[str, str]]] = field(default_factory=dict)
    queries: dict[str, float] = field(default_factory=dict)
    blocked: set[int] = field(default_factory=set)
    migrated: dict[int, int] = field(default_factory=dict)
    managers: set[int] = field(default_factory=set)
    """Users who are administrators of every group."""
    forums: set[int] = field(default_factory=set)
    """Groups that have topics."""
    topics: dict[int, str] = field(default_factory=dict)
    """The names of topics, by their numbers."""
    shown: dict[int, Sent] = field(default_factory=dict)
    """Every message as it looks now, by its number; deleted ones are not there."""
    reactions: dict[int, str] = field(default_factory=dict)
    toasts: list[tuple[str, str]] = field(default_factory=list)
    """What pressed buttons were answered with: query and text."""
    refused_buttons: bool = False
    rules: list[Rule] = field(default_factory=list)
    limits: Limits = field(default_factory=Limits)
    dice: random.Random = field(default_factory=lambda: random.Random(1))
    number: int = 1000
    allowed: tuple[str, ...] = ()
    webhook: str = ""
    secret: str = ""
    parallel: int = 40
    poll: int = 0
    """Counts the long polls: a newer one ends an older one."""
    record: TextIO | None = None
    refusals: list[tuple[int, int, str]] = field(default_factory=list)
    """Of the webhook: update, status (0: none), what Retry-After said."""

    def push(self, content: dict[str, Any]) -> int:
        """A new update; its number. It meets the rules for updates, and is left out where the bot asked for other kinds."""
        for rule in self.rules:
            if isinstance(rule.fault, str) and rule.meets("update", None, self.dice):
                if rule.fault == "unknown":
                    self._place({"update_id": self._next(), "telepathy": {"from": {"id": 7}, "thought": "?", "strength": 0.5}})
                else:
                    return self._place({"update_id": self._next(), **content}, rule.fault)
        return self._place({"update_id": self._next(), **content})

    def _next(self) -> int:
        self.number += 1
        return self.number

    def _place(self, update: dict[str, Any], how: str = "") -> int:
        number = int(update["update_id"])
        kinds = {name for name in update if name != "update_id"}
        if (self.allowed and not kinds & set(self.allowed)) or (not self.allowed and kinds & UNASKED):
            return number
        self.pushed[number] = time.monotonic()
        if how == "reorder":
            self.held.append(update)
            return number
        for placed in (update, *self.held):
            self.hand_out(placed)
        self.held.clear()
        if how == "duplicate":
            self.again.append(update)
        return number

    def waiting(self, offset: int, limit: int) -> list[dict[str, Any]]:
        """Confirm what is below ``offset``; the updates from there on, those to be repeated first."""
        for number in [number for number in self.updates if number < offset]:
            del self.updates[number]
            self.confirmed.append(number)
        if not self.updates:
            self.release()
        repeated = [update for update in self.again if update["update_id"] < offset]
        self.again = [update for update in self.again if update["update_id"] >= offset]
        return [*repeated, *itertools.islice(self.updates.values(), limit)][:limit]

    def hand_out(self, update: dict[str, Any]) -> None:
        """This update can be had from now on."""
        self.updates[update["update_id"]] = update
        self.fresh.append(update)

    def release(self) -> None:
        """Hand out what was held back and got nothing before it."""
        for update in self.held:
            self.hand_out(update)
        self.held.clear()

    def fault_for(self, method: str, chat: int | None) -> Fault | None:
        """The fault that this call meets."""
        for rule in self.rules:
            if isinstance(rule.fault, Fault) and rule.meets(method, chat, self.dice):
                return rule.fault
        return None

    def ended(self, call: Call, status: int) -> None:
        """A call got its answer, or none."""
        call.status = status
        self._write("call", asdict(call))

    def took(self, sent: Sent) -> None:
        """Keep a message that was sent."""
        self.sent.append(sent)
        self._write("sent", {"chat": sent.chat, "text": sent.text, "buttons": sent.buttons, "at": sent.at, "photo": len(sent.photo)})

    def _write(self, kind: str, values: dict[str, Any]) -> None:
        if self.record is not None:
            self.record.write(json.dumps({"what": kind, **values}, ensure_ascii=False) + "\n")
            self.record.flush()
