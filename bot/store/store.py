"""The store: everything the use cases read and write, each call one transaction."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Literal, TypeVar

from sqlite_utils import Database

from bot.clock import Clock, SystemClock, to_ms
from bot.errors import Overtaken
from bot.model import Button, Case, Incoming, Message, Reply, State, Turn
from bot.store import audit, cases, inbox, messages, outbox
from bot.store.connect import MEMORY, Readers
from bot.store.inbox import InboxRow
from bot.store.outbox import OutRow
from bot.store.schema import migrate
from bot.store.writer import Writer

T = TypeVar("T")


class Store:
    """SQLite behind one writing thread. Safe to use from any thread; every method may raise :class:`StoreUnavailable`."""

    def __init__(self, path: str = MEMORY, clock: Clock | None = None) -> None:
        """Open and migrate. Raises :class:`StoreUnavailable` or :class:`StoreTooNew`."""
        clock = clock or SystemClock()
        self.path = path
        self._writer = Writer(path, lambda db: migrate(db, to_ms(clock.now())))
        self._readers = None if path == MEMORY else Readers(path)

    def close(self) -> None:
        """Commit what is queued and close."""
        if self._readers:
            self._readers.close()
        self._writer.close()

    def write(self, work: Callable[[Database], T]) -> T:
        """Run a callable in a transaction and wait until it is on the disk."""
        return self._writer.submit(work).result()

    def read(self, work: Callable[[Database], T]) -> T:
        """Run a callable on a read-only connection."""
        if self._readers is None:
            return self.write(work)
        with self._readers.take() as db:
            return work(db)

    def accept(self, incoming: Incoming) -> int:
        """Commit the raw row; its id, the first one's for a duplicate."""
        return self.write(lambda db: inbox.accept(db, incoming))

    def claim(self, address: str) -> InboxRow | None:
        """The oldest open row of a chat, its attempt counted."""
        if not self.read(lambda db: inbox.is_waiting(db, address)):
            return None
        return self.write(lambda db: inbox.claim(db, address))

    def open_addresses(self) -> list[str]:
        """The chats with open rows, the longest waiting first."""
        return self.read(inbox.open_addresses)

    def conversation(self, address: str) -> tuple[State, int]:
        """A chat's state and its version."""
        return self.read(lambda db: messages.conversation(db, address))

    def finish(self, row: InboxRow, turn: Turn, version: int, now: dt.datetime, *, quarantined: bool = False) -> int:
        """Write all a turn comes to; the number of the case it is about, or 0. Raises :class:`Overtaken`, then nothing is written."""
        return self.write(lambda db: _finish(db, row, turn, version, now, quarantined=quarantined))

    def history(self, address: str, after: int = 0) -> list[Message]:
        """The lines of a chat with ids above ``after``, oldest first."""
        return self.read(lambda db: messages.history(db, address, after))

    def queue(self, limit: int = 100) -> list[Case]:
        """The open cases, most urgent first."""
        return self.read(lambda db: cases.waiting(db, limit))

    def outgoing(self, channel: str, limit: int, now: dt.datetime) -> list[OutRow]:
        """Replies that are not settled, oldest first; those handed out for the first time are marked before this returns."""
        rows = self.read(lambda db: outbox.waiting(db, channel, limit))
        fresh = [row.id for row in rows if row.status == "pending"]
        if fresh:
            self.write(lambda db: outbox.take(db, fresh, now))
        return rows

    def settle(self, row: int, status: Literal["sent", "dead"], reason: str, now: dt.datetime) -> None:
        """A reply was sent, or never will be."""
        self.write(lambda db: outbox.settle(db, row, status, reason, now))

    def trail(self, case: int) -> list[audit.AuditRow]:
        """The audit of a case."""
        return self.read(lambda db: audit.trail(db, case))

    def intact(self, case: int) -> bool:
        """Whether the audit of a case is unbroken."""
        return self.read(lambda db: audit.intact(db, case))


def _finish(db: Database, row: InboxRow, turn: Turn, version: int, now: dt.datetime, *, quarantined: bool) -> int:
    incoming, state = row.incoming, turn.state
    address = incoming.address
    if not inbox.finish(db, row.id, "quarantined" if quarantined else "done", now):
        raise Overtaken("the row has been handled")
    if turn.case is not None:
        number = cases.log_case(db, address, turn.case, words=incoming.text, inbox_id=row.id, now=now)
        state = dataclasses.replace(state, case=number)
    number = state.case
    messages.move_on(db, address, state, version, now)
    case = number if turn.case is not None else None
    messages.add(db, address, "resident", incoming.text, at=incoming.at, inbox_id=row.id, case=case)
    replies = tuple(_numbered(reply, number) for reply in turn.replies)
    for reply in replies:
        messages.add(db, address, "bot", reply.text, at=now, inbox_id=row.id, case=case, buttons=reply.buttons)
    outbox.put(db, incoming, row.id, replies, now)
    for what in dict.fromkeys(turn.gaps):
        messages.note_gap(db, what, state.city, state.district, now)
    return number


def _numbered(reply: Reply, number: int) -> Reply:
    """The reply with the case's number in place of ``{case}``; the replies are ours, so nobody else's braces are touched."""
    shown = str(number) if number else "—"
    buttons = tuple(Button(b.label.replace("{case}", shown), b.text.replace("{case}", shown)) for b in reply.buttons)
    return Reply(reply.text.replace("{case}", shown), buttons)
