"""A hotline in memory with the methods the edges use; it echoes, or answers as told."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence

from bot.errors import StoreUnavailable
from bot.model import Button, Case, Incoming, Message, Reply
from tests.fakes.engine import NOON
from tests.fakes.outbox import FakeOutbox

SECRET = b"a secret of the tests, 32 bytes."


def echo(incoming: Incoming) -> tuple[Reply, ...]:
    """The resident's own words back, the worst that a reply could hold."""
    return (Reply(f"你说：{incoming.text}"),)


class Refused(StoreUnavailable):
    """As a store that is away, only that it says too much."""


class FakeDesk:
    """Thread-safe. ``refuse``: how many of the next calls of a method raise. ``on_the_loop``: calls that held up an event loop."""

    def __init__(self, answer: Callable[[Incoming], Sequence[Reply]] = echo) -> None:
        self.answer = answer
        self.inbox: list[Incoming] = []
        self.calls: list[str] = []
        self.refuse: dict[str, int] = {}
        self.on_the_loop: list[str] = []
        self.outbox = FakeOutbox()
        self.cases: list[Case] = []
        self._open: list[Incoming] = []
        self._lines: dict[str, list[Message]] = {}
        self._number = 0
        self._lock = threading.RLock()

    def _called(self, name: str) -> None:
        self.calls.append(name)
        try:
            asyncio.get_running_loop()
            self.on_the_loop.append(name)
        except RuntimeError:
            pass
        if self.refuse.get(name, 0) > 0:
            self.refuse[name] -= 1
            raise Refused("refused, with a resident's words 秘密")

    def accept(self, incoming: Incoming) -> int:
        with self._lock:
            self._called("accept")
            for number, known in enumerate(self.inbox, 1):
                if (known.channel, known.update) == (incoming.channel, incoming.update):
                    return number
            self.inbox.append(incoming)
            self._open.append(incoming)
            return len(self.inbox)

    def accept_all(self, incomings: Sequence[Incoming]) -> list[int]:
        return [self.accept(incoming) for incoming in incomings]

    def overhears(self, incoming: Incoming) -> bool:
        self._called("overhears")
        return "胸痛" in incoming.text

    def process(self, address: str) -> int:
        with self._lock:
            self._called("process")
            mine = [incoming for incoming in self._open if incoming.address == address]
            for incoming in mine:
                self._open.remove(incoming)
                self._line(incoming, "resident", incoming.text)
                for reply in self.answer(incoming):
                    self._line(incoming, "bot", reply.text, reply.buttons)
                    self.outbox.put(address, reply.text, reply.buttons, picture=reply.picture)
            return len(mine)

    def history(self, address: str, after: int = 0) -> list[Message]:
        with self._lock:
            self._called("history")
            return [line for line in self._lines.get(address, []) if line.id > after]

    def opens(self, address: str) -> Case:
        """A case of this chat, opened now."""
        with self._lock:
            at = self.inbox[-1].at if self.inbox else NOON
            case = Case(len(self.cases) + 1, address, "open", "P1", "handoff:other", ("other",), "", "", at, at, "")
            self.cases.append(case)
            return case

    def case(self, number: int) -> Case | None:
        self._called("case")
        return next((case for case in self.cases if case.number == number), None)

    def case_of(self, address: str) -> Case | None:
        self._called("case_of")
        return next((case for case in reversed(self.cases) if case.address == address), None)

    @property
    def delivered(self) -> list[int]:
        """The ids of what arrived."""
        return self.outbox.having("sent")

    @property
    def given_up(self) -> dict[int, str]:
        """The ids of what never will, and why."""
        return {number: self.outbox.rows[number].reason for number in self.outbox.having("dead")}

    def _line(self, incoming: Incoming, author: str, text: str, buttons: tuple[Button, ...] = ()) -> Message:
        self._number += 1
        line = Message(self._number, "bot" if author == "bot" else "resident", text, incoming.at, buttons)
        self._lines.setdefault(incoming.address, []).append(line)
        return line
