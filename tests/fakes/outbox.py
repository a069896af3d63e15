"""An outbox in memory with the store's semantics: attempts, fences, leases, lanes in order of age, pauses, and no limits."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
import threading
from collections.abc import Iterable, Sequence

from bot.errors import StoreUnavailable
from bot.model import Button
from bot.store.outbox import Lane, OutRow

_TALK = ("emergency", "reply")
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclasses.dataclass
class Row:
    """A row and where it stands."""

    out: OutRow
    status: str = "pending"
    reason: str = ""
    attempts: int = 0
    part: int = 0
    not_before: dt.datetime = _EPOCH
    """Of a row that is being sent: the end of its lease."""


class FakeOutbox:
    """Thread-safe. ``refuse``: how many of the next calls of a method raise; ``calls``: what was called."""

    def __init__(self) -> None:
        self.rows: dict[int, Row] = {}
        self.calls: list[str] = []
        self.refuse: dict[str, int] = {}
        self.on_the_loop: list[str] = []
        self.paused: dt.datetime = _EPOCH
        self.gone: dict[str, str] = {}
        self.moved: list[tuple[str, str]] = []
        self._lease = dt.timedelta(seconds=30)
        self._lock = threading.RLock()

    def put(self, address: str, text: str, buttons: tuple[Button, ...] = (), lane: Lane = "reply", picture: str = "") -> int:
        """A message that waits; its id."""
        with self._lock:
            number = len(self.rows) + 1
            channel = address.partition(":")[0]
            self.rows[number] = Row(OutRow(number, f"test:{number}", channel, address, lane, text, buttons, 0, 0, 0, picture))
            return number

    def having(self, status: str) -> list[int]:
        """The ids in a status."""
        with self._lock:
            return [number for number, row in self.rows.items() if row.status == status]

    def take(self, channel: str, limit: int, now: dt.datetime, lease_s: float = 30.0, worker: str = "") -> list[OutRow]:
        with self._lock:
            self._called("take")
            self._lease = dt.timedelta(seconds=lease_s)
            taken: list[OutRow] = []
            for row in self._waiting(channel) if now >= self.paused else ():
                if row.not_before > now:
                    continue
                if row.status == "sending" and row.out.lane not in _TALK:
                    row.status, row.reason = "uncertain", "lease"
                    continue
                if len(taken) < limit:
                    row.status, row.attempts, row.not_before = "sending", row.attempts + 1, now + self._lease
                    taken.append(dataclasses.replace(row.out, attempt=row.attempts, part=row.part))
            return taken

    def next_due(self, channel: str, now: dt.datetime) -> dt.datetime | None:
        with self._lock:
            self._called("next_due")
            return min((max(now, self.paused, row.not_before) for row in self._waiting(channel)), default=None)

    def delivered(self, id: int, attempt: int, now: dt.datetime, part: int | None = None, last: bool = True) -> bool:
        with self._lock:
            self._called("delivered")
            row = self._mine(id, attempt)
            if row is None:
                return False
            row.part = row.part if part is None else part
            if last:
                row.status, row.reason = "sent", ""
            else:
                row.not_before = now + self._lease
            return True

    def all_delivered(self, ends: Sequence[tuple[int, int, int]], now: dt.datetime) -> list[bool]:
        with self._lock:
            self._called("delivered")
            return [self._arrived(*end, now) for end in ends]

    def _arrived(self, id: int, attempt: int, part: int, now: dt.datetime) -> bool:
        row = self._mine(id, attempt)
        if row is not None:
            row.status, row.reason, row.part = "sent", "", part
        return row is not None

    def retry(self, id: int, attempt: int, reason: str, until: dt.datetime, now: dt.datetime) -> bool:
        return self._end("retry", id, attempt, "pending", reason, until)

    def dead(self, id: int, attempt: int, reason: str, now: dt.datetime) -> bool:
        return self._end("dead", id, attempt, "dead", reason, now)

    def uncertain(self, id: int, attempt: int, reason: str, now: dt.datetime) -> bool:
        return self._end("uncertain", id, attempt, "uncertain", reason, now)

    def give_back(self, ids_attempts: Iterable[tuple[int, int]], now: dt.datetime) -> None:
        with self._lock:
            self._called("give_back")
            for number, attempt in ids_attempts:
                row = self._mine(number, attempt)
                if row is not None and row.status == "sending":
                    row.status, row.not_before = "pending", _EPOCH

    def pause(self, channel: str, until: dt.datetime, now: dt.datetime) -> None:
        with self._lock:
            self._called("pause")
            self.paused = max(self.paused, until)

    def reroute(self, channel: str, old_address: str, new_address: str, now: dt.datetime) -> None:
        with self._lock:
            self._called("reroute")
            self.moved.append((old_address, new_address))
            for row in self.rows.values():
                if row.out.address == old_address and row.status in ("pending", "sending"):
                    row.out = dataclasses.replace(row.out, address=new_address)

    def unreachable(self, address: str, reason: str, now: dt.datetime) -> None:
        with self._lock:
            self._called("unreachable")
            self.gone[address] = reason

    def _waiting(self, channel: str) -> list[Row]:
        """The oldest row of each chat that is not settled; replies and emergencies are one queue, each other lane is its own."""
        heads: dict[tuple[str, str], Row] = {}
        for row in self.rows.values():
            if row.out.channel == channel and row.status in ("pending", "sending"):
                heads.setdefault((row.out.address, "talk" if row.out.lane in _TALK else row.out.lane), row)
        return list(heads.values())

    def _end(self, name: str, id: int, attempt: int, status: str, reason: str, until: dt.datetime) -> bool:
        with self._lock:
            self._called(name)
            row = self._mine(id, attempt)
            if row is not None:
                row.status, row.reason, row.not_before = status, reason, until
            return row is not None

    def _mine(self, id: int, attempt: int) -> Row | None:
        row = self.rows[id]
        return row if row.attempts == attempt and row.status in ("sending", "uncertain") else None

    def _called(self, name: str) -> None:
        self.calls.append(name)
        try:
            asyncio.get_running_loop()
            self.on_the_loop.append(name)
        except RuntimeError:
            pass
        if self.refuse.get(name, 0) > 0:
            self.refuse[name] -= 1
            raise StoreUnavailable("away")
