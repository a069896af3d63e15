"""The store: everything the use cases read and write, each call one transaction."""

from __future__ import annotations

import dataclasses
import datetime as dt
import secrets
from collections.abc import Iterable, Sequence

from bot.clock import Clock, SystemClock, to_ms
from bot.effects import Forget, Later, ReportPhone
from bot.model import Case, Incoming, Known, Message, Turn
from bot.phones import Standings
from bot.settings import Settings
from bot.state import State
from bot.store import audit, cases, channels, dues, inbox, messages, outbox_view, phones, settling, turns
from bot.store import secret as secrets_kept
from bot.store import take as taking
from bot.store.connection import Connection
from bot.store.half import refuse_half
from bot.store.inbox import InboxRow
from bot.store.open import open_engine
from bot.store.opened import Opened
from bot.store.outbox import OutRow, Status
from bot.store.outbox_view import OutItem
from bot.store.pacer import Pace
from bot.store.schema import migrate

MEMORY = ":memory:"


class Store(Opened):
    """A database of either engine. Safe to use from any thread and by any number of processes.

    Every method may raise :class:`StoreUnavailable`; then what it was to write counts as not written. ``now`` is aware.
    """

    def __init__(self, database: str = MEMORY, clock: Clock | None = None, *, pace: Pace | None = None, worker: str = "") -> None:
        """Open and migrate a path or a ``postgresql://`` URL. ``worker`` names this process in the outbox.

        Raises :class:`StoreUnavailable` or :class:`StoreTooNew`.
        """
        clock = clock or SystemClock()
        self.pace = pace or Pace()
        self.worker = worker or secrets.token_hex(4)
        self._board = phones.Board()
        self._turn = secrets.randbelow(len(self.pace.turns))
        super().__init__(open_engine(database, lambda db: _prepare(db, clock)))

    def accept(self, incoming: Incoming) -> int:
        """Commit the raw row; its id, the first one's for a duplicate."""
        return self.write(lambda db: inbox.accept(db, incoming), single=True)

    def accept_all(self, incomings: Sequence[Incoming]) -> list[int]:
        """Commit several raw rows in their order, all or none; their ids."""
        return self.write(lambda db: [inbox.accept(db, incoming) for incoming in incomings]) if incomings else []

    def noted(self, row: InboxRow, now: dt.datetime) -> bool:
        """Mark an event as handled that leaves no line; False where it no longer was open."""
        return self.write(lambda db: inbox.finish(db, row, "done", now), single=True)

    def claim(self, address: str, now: dt.datetime, lease_s: float = inbox.LEASE) -> InboxRow | None:
        """The oldest open row of a chat, its attempt counted; None where there is none or another worker holds it."""
        # A look in vain costs SQLite a turn of its one writer; to a server it is a question as good as any.
        if self._engine.name == "sqlite" and not self.read(lambda db: inbox.is_claimable(db, address, now)):
            return None
        # A lease that a power cut undoes belongs to a process that has ended with it.
        return self.write(lambda db: inbox.claim(db, address, now, lease_s), single=True, lasting=False)

    def release(self, row: InboxRow) -> None:
        """Give back a row that was claimed and could not be finished."""
        self.write(lambda db: inbox.release(db, row), single=True, lasting=False)

    def open_addresses(self, now: dt.datetime | None = None) -> list[str]:
        """The chats with open rows, the longest waiting first; with ``now`` only those that can be claimed."""
        return self.read(lambda db: inbox.open_addresses(db, now))

    def come_due(self, now: dt.datetime, address: str = "") -> list[str]:
        """Make inbox rows of the moments that have come, of one chat or of all; the chats they are for. Costs no commit where none has."""
        first = self.next_moment(address)
        return self.write(lambda db: dues.come_due(db, now, address)) if first is not None and first <= now else []

    def set_later(self, address: str, what: Later, now: dt.datetime) -> None:
        """Set a moment for a chat (:meth:`come_due`)."""
        self.write(lambda db: dues.put(db, address, what, now), single=True)

    def next_moment(self, address: str = "") -> dt.datetime | None:
        """When the first moment comes that was set for a chat, or for any; None where none is set."""
        return self.read(lambda db: dues.next_due(db, address))

    def conversation(self, address: str) -> tuple[State, int]:
        """A chat's state and its version."""
        return self.read(lambda db: messages.conversation(db, address))

    def finish(
        self, row: InboxRow, turn: Turn, version: int, now: dt.datetime, *, quarantined: bool = False, then_lease_s: float = 0.0
    ) -> tuple[int, InboxRow | None]:
        """Write all a turn comes to; the number of the case it is about, or 0. Raises :class:`Overtaken`, then nothing is written.

        With ``then_lease_s`` the chat's next row is claimed in the same commit: of several messages each waits for one commit, not two.
        """

        def work(db: Connection) -> tuple[int, InboxRow | None]:
            number = turns.finish(db, row, turn, version, now, quarantined=quarantined)
            return number, inbox.claim(db, row.incoming.address, now, then_lease_s) if then_lease_s else None

        done = self.write(work)
        if any(isinstance(effect, ReportPhone | Forget) for effect in turn.effects):
            self._board.stale()
        return done

    def history(self, address: str, after: int = 0) -> list[Message]:
        """The lines of a chat with ids above ``after``, oldest first."""
        return self.read(lambda db: messages.history(db, address, after))

    def known(self, state: State, phones_at: dt.datetime | None = None) -> Known:
        """What a decision needs to know of the conversation's case, and with a moment of telephone numbers, seconds old at most."""
        known = self.read(lambda db: cases.known(db, state.case)) if state.case else Known()
        return dataclasses.replace(known, phones=self.phones(phones_at)) if phones_at is not None else known

    def phones(self, now: dt.datetime) -> Standings:
        """How telephone numbers stand that something is said against."""
        return self._board.look(lambda: self.read(lambda db: phones.reports(db, now)), now)

    def case(self, number: int) -> Case | None:
        """A case by its number, open or closed."""
        return self.read(lambda db: cases.known(db, number)).case

    def case_of(self, address: str) -> Case | None:
        """The last case that a chat had opened, open or closed."""
        return self.read(lambda db: cases.newest(db, address))

    def secret(self, name: str) -> bytes:
        """A secret that all processes on this database share; made where it is asked for first."""
        found = self.read(lambda db: secrets_kept.read(db, name))
        if found is None:
            self.write(lambda db: secrets_kept.make(db, name))
            found = self.read(lambda db: secrets_kept.read(db, name))
        assert found is not None  # noqa: S101  (it was committed just now)
        return found

    def queue(self, limit: int = 100, hospital: str = "", *, site: int = 0, named: str = "") -> list[Case]:
        """The open cases, most urgent first; those refused where the name holds ``hospital``, of a site, of all sites of a name."""
        return self.read(lambda db: cases.waiting(db, limit, hospital, site=site, named=named))

    def take(self, channel: str, limit: int, now: dt.datetime, lease_s: float = taking.LEASE, worker: str = "") -> list[OutRow]:
        """Messages to be sent now, each by this caller alone until its lease runs out; the attempt is committed before."""
        if not self.read(lambda db: taking.is_waiting(db, channel)):
            return []
        who, turn = worker or self.worker, self._turn
        rows, self._turn = self.write(
            lambda db: taking.take(db, channel, limit, now, lease_s=lease_s, worker=who, pace=self.pace, turn=turn)
        )
        return rows

    def next_due(self, channel: str, now: dt.datetime) -> dt.datetime | None:
        """When :meth:`take` could next give something; None where nothing waits."""
        return self.read(lambda db: taking.next_due(db, channel, now, self.pace))

    def delivered(self, id: int, attempt: int, now: dt.datetime, part: int | None = None, last: bool = True) -> bool:
        """The message has arrived, or its first ``part`` parts where not ``last``. False where the attempt is not the newest."""
        if last or part is None:
            return self.write(lambda db: settling.delivered(db, id, attempt, now, part), single=True)
        return self.write(lambda db: settling.progressed(db, id, attempt, now, part, self.pace))

    def all_delivered(self, ends: Sequence[tuple[int, int, int]], now: dt.datetime) -> list[bool]:
        """Several whole messages have arrived, in one commit: ids, attempts and parts. False where the attempt is not the newest."""
        return self.write(lambda db: settling.all_delivered(db, ends, now))

    def retry(self, id: int, attempt: int, reason: str, until: dt.datetime, now: dt.datetime) -> bool:
        """It has not arrived: another attempt, not before ``until``. False where the attempt is not the newest."""
        return self.write(lambda db: settling.retry(db, id, attempt, reason, until, now), single=True)

    def dead(self, id: int, attempt: int, reason: str, now: dt.datetime) -> bool:
        """It never will arrive; ``reason`` is a short id. False where the attempt is not the newest."""
        return self.write(lambda db: settling.end(db, id, attempt, "dead", reason, now), single=True)

    def uncertain(self, id: int, attempt: int, reason: str, now: dt.datetime) -> bool:
        """Nobody knows whether it has arrived; ``reason`` is a short id. False where the attempt is not the newest."""
        return self.write(lambda db: settling.end(db, id, attempt, "uncertain", reason, now), single=True)

    def give_back(self, ids_attempts: Iterable[tuple[int, int]], now: dt.datetime) -> None:
        """Messages that were taken and not tried; their attempts stay counted."""
        given = list(ids_attempts)
        self.write(lambda db: settling.give_back(db, given, now))

    def poll(self, channel: str, now: dt.datetime, lease_s: float) -> bool:
        """Whether this process fetches from a channel for so many seconds from now; ``lease_s`` 0 gives it back."""
        return self.write(lambda db: channels.poll(db, channel, self.worker, now, lease_s), single=True, lasting=False)

    def pause(self, channel: str, until: dt.datetime, now: dt.datetime) -> None:
        """Nothing of a channel is taken before ``until``, by any process; only ever extended."""
        self.write(lambda db: channels.pause(db, channel, until, now), single=True)

    def reroute(self, channel: str, old_address: str, new_address: str, now: dt.datetime) -> None:
        """A chat has another address: what waits for it, its conversation and its cases go with it."""
        self.write(lambda db: channels.reroute(db, channel, old_address, new_address, now))

    def unreachable(self, address: str, reason: str, now: dt.datetime) -> None:
        """The resident has blocked the bot; ``reason`` is a short id."""
        self.write(lambda db: channels.unreachable(db, address, reason, now), single=True)

    def reachable(self, address: str, now: dt.datetime) -> None:
        """The resident has written again; costs no commit where nothing was known against it."""
        if self.why_unreachable(address):
            self.write(lambda db: channels.reachable(db, address, now), single=True)

    def why_unreachable(self, address: str) -> str:
        """Why a resident cannot be reached; empty where nothing is known against it."""
        return self.read(lambda db: channels.why_unreachable(db, address))

    def outbox_counts(self) -> dict[Status, int]:
        """How many messages are pending, being sent, dead and uncertain."""
        return self.read(outbox_view.counts)

    def outbox_oldest(self) -> dt.datetime | None:
        """Since when the longest waiting message waits; None where none does."""
        return self.read(outbox_view.oldest)

    def outbox_list(self, statuses: Sequence[Status], limit: int) -> list[OutItem]:
        """Messages in these statuses, without their words."""
        return self.read(lambda db: outbox_view.listed(db, statuses, limit))

    def outbox_retry(self, ids: Sequence[int] | None, now: dt.datetime) -> int:
        """Dead and uncertain messages wait again: these, or with None all of them. How many."""
        return self.write(lambda db: outbox_view.again(db, ids, now))

    def trail(self, case: int) -> list[audit.AuditRow]:
        """The audit of a case."""
        return self.read(lambda db: audit.trail(db, case))

    def intact(self, case: int) -> bool:
        """Whether the audit of a case is unbroken."""
        return self.read(lambda db: audit.intact(db, case))


def _prepare(db: Connection, clock: Clock) -> None:
    migrate(db, to_ms(clock.now()))
    refuse_half(db)


def open_store(settings: Settings, clock: Clock | None = None) -> Store:
    """The database that is set, with the rates that are set. Raises :class:`StoreUnavailable` or :class:`StoreTooNew`."""
    return Store(settings.database, clock, pace=Pace(settings.rate_bulk, settings.rate_chat, settings.rate_group))
