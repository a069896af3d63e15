"""What became of a broadcast: progress while it runs, a report afterwards, who is uncertain, what is planned."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from bot.broadcast import Broadcast, Run
from bot.casts.base import Base
from bot.casts.refused import CastRefused
from bot.clock import from_ms
from bot.store import broadcasts, feeding, runs
from bot.store.connection import Connection

SHOWN = 200
AHEAD = dt.timedelta(days=14)
_MOST_SLOTS = 60


@dataclass(frozen=True, slots=True)
class Progress:
    """A run with its pace. ``rate``: messages a second since the first arrived; 0: not known yet. ``left``: of the whole, or None."""

    run: Run
    rate: float
    left: dt.timedelta | None
    wrote: int
    """Of those who were sent it, so many wrote within two days."""
    helped: int
    """So many of them asked for help: a case was opened or added to."""
    rests: dt.datetime | None = None
    """Until then it waits, because it is night."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Somebody of whom nobody knows whether they have it. ``key``: stands for the address, which pages do not show."""

    key: str
    why: str
    since: dt.datetime
    address: str


@dataclass(frozen=True, slots=True)
class Planned:
    """A slot to come."""

    at: dt.datetime
    broadcast: Broadcast


class Reports(Base):
    """What is read of broadcasts."""

    def progress(self, number: int, limit: int = 20) -> list[Progress]:
        """The runs of a broadcast, the newest first."""
        now = self._clock.now()

        def work(db: Connection) -> tuple[Broadcast | None, list[tuple[Run, tuple[int, int]]]]:
            return broadcasts.one(db, number), [(run, feeding.answers(db, run.id)) for run in runs.of(db, number, limit)]

        of, found = self._store.read(work)
        paused = of is not None and of.status == "paused"
        morning = self._quiet_until(of.draft, now) if of is not None else None
        return [self._paced(run, *answers, now, paused=paused, morning=morning) for run, answers in found]

    def why(self, run: int) -> dict[str, int]:
        """Why people of a run do not have it: short ids and how many."""
        return self._store.read(lambda db: feeding.skipped(db, run))

    def in_doubt(self, number: int) -> dict[int, list[Doubt]]:
        """Who is uncertain, by run; at most :data:`SHOWN` of each."""

        def work(db: Connection) -> dict[int, list[tuple[str, str, int]]]:
            return {run.id: feeding.uncertain(db, run.id, SHOWN) for run in runs.of(db, number) if run.counts.uncertain}

        found = self._store.read(work)
        return {run: [Doubt(key_of(address), why, _at(at), address) for address, why, at in rows] for run, rows in found.items()}

    def again(self, number: int, run: int, keys: list[str] | None = None) -> int:
        """Send again to those of a run of whom nobody knows, all or these; how many. They may get it twice: a person decides that.

        Raises :class:`CastRefused`.
        """
        now = self._clock.now()
        if keys is not None and not keys:
            raise CastRefused("say whom to send it again", "cast_pick")

        def work(db: Connection) -> int:
            feeding.lock(db, now)
            found = self._held(db, number, None)
            if found.status not in ("on", "done"):
                raise CastRefused(f"broadcast {number} is paused or cancelled", "cast_off", number=number)
            if run not in [one.id for one in runs.of(db, number, 1_000)]:
                raise CastRefused(f"broadcast {number} has no such run", "no_cast", number=number)
            chosen = None
            if keys is not None:
                chosen = [address for address, _, _ in feeding.uncertain(db, run, 10_000) if key_of(address) in keys]
            many = feeding.again(db, run, chosen, now, self._quiet_until(found.draft, now))
            if many:
                broadcasts.move(db, number, ("done",), "on")
            self._note(db, "again", number, people=many)
            return many

        return self._store.write(work)

    def calendar(self, ahead: dt.timedelta = AHEAD) -> list[Planned]:
        """The slots to come within so long, the next first."""
        now = self._clock.now()
        found: list[Planned] = []
        for broadcast in self._store.read(lambda db: broadcasts.newest(db, 500, ("on", "paused"))):
            moment = broadcast.next_at
            while moment is not None and moment <= now + ahead and len(found) < 500:
                found.append(Planned(moment, broadcast))
                moment = broadcast.draft.plan.following(moment)
                if sum(1 for one in found if one.broadcast.id == broadcast.id) >= _MOST_SLOTS:
                    break
        return sorted(found, key=lambda one: (one.at, one.broadcast.id))

    def _paced(self, run: Run, wrote: int, helped: int, now: dt.datetime, *, paused: bool, morning: dt.datetime | None) -> Progress:
        rate, left = 0.0, None
        if run.first_at is not None and run.counts.sent > 1:
            until = run.ended_at or (now if run.status in ("filling", "sending") else run.last_at or now)
            until = run.last_at or until if run.ended_at else until
            seconds = (until - run.first_at).total_seconds()
            rate = run.counts.sent / seconds if seconds > 0 else 0.0
        flies = run.status in ("filling", "sending")
        if flies and (paused or morning is not None):
            rate = 0.0
        if rate > 0 and run.status == "sending":
            left = dt.timedelta(seconds=round((run.counts.waiting + run.counts.queued) / rate))
        return Progress(run, rate, left, wrote, helped, morning if flies and not paused else None)


def key_of(address: str) -> str:
    """Stands for an address on a page."""
    return hashlib.sha256(address.encode()).hexdigest()[:12]


def _at(ms: int) -> dt.datetime:
    return from_ms(ms)
