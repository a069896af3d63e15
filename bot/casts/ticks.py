"""What happens to broadcasts as time goes by: slots begin, runs are filled and fed to the outbox, settled, ended."""

from __future__ import annotations

import datetime as dt

from bot.broadcast import Broadcast, quiet_until
from bot.casts.words import Letters
from bot.clock import Clock
from bot.errors import HotlineError
from bot.log import get_logger
from bot.store import audience as audiences
from bot.store import broadcasts, feeding, runs, staff_audit
from bot.store.connection import Connection, Row
from bot.store.opened import Opened
from bot.store.runs import Flying
from intents.broadcasts import EMERGENCY, CastRules

log = get_logger(__name__)
SECONDS_AHEAD = 3
"""The outbox holds so many seconds of broadcasts: enough that it never runs dry between two looks, and soon empty when one is paused."""
STEPS = 10
"""Steps of filling in one look: others wait behind it."""
FEEDS = 10
"""So often people are looked at in one transaction: where many are left out, the next look goes on."""
LATE_ENDS = dt.timedelta(hours=1)
"""So long after a run it is looked whether the sender of somebody uncertain has reported after all."""
CHANNEL = "telegram"
_MOST_MISSED = 1_000
_UNLIMITED = 1_000
"""Messages a second that are counted with where no limit is set."""


class Caster:
    """Called by the schedule; any number of processes may. ``bulk``: messages a second that the channel lets through, 0: no limit."""

    def __init__(self, store: Opened, clock: Clock, rules: CastRules, letters: Letters, bulk: int) -> None:
        self._store, self._clock, self._rules, self._letters = store, clock, rules, letters
        self._window = SECONDS_AHEAD * (bulk or _UNLIMITED)

    def tick(self) -> None:
        """Do all of it. Costs no commit where there is nothing to do."""
        now = self._clock.now()
        for number in self._store.read(lambda db: broadcasts.due(db, now)):
            self._store.write(lambda db, number=number: self._begin(db, number, now))  # type: ignore[misc]
        for run in self._store.read(runs.flying):
            try:
                self._tend(run)
            except HotlineError:
                raise  # the database is away: the next look goes on
            except Exception as error:
                # One that cannot be tended must not stop those behind it.
                log.error("run_failed", run=run.id, error=type(error).__name__)
        for run_id in self._store.read(lambda db: feeding.known_again(db, now - LATE_ENDS)):
            self._store.write(lambda db, run_id=run_id: self._settle(db, run_id))  # type: ignore[misc]

    def _settle(self, db: Connection, run: int) -> None:
        now = self._clock.now()
        feeding.lock(db, now)
        feeding.reap(db, run, now)

    def _begin(self, db: Connection, number: int, now: dt.datetime) -> None:
        """The slots that have come get their runs. Of several that were missed only the last is sent, where it still helps."""
        feeding.lock(db, now)
        found = broadcasts.one(db, number, hold=True)
        if found is None or found.status != "on" or found.next_at is None or found.next_at > now:
            return  # another process has
        plan, slot = found.draft.plan, found.next_at
        kind = self._rules.kind(found.draft.kind)
        if kind is None or self._grown(db, found, now):
            return
        for _ in range(_MOST_MISSED):
            following = plan.following(slot)
            # One that is followed by another whose time has come too is past helping.
            last = following is None or following > now
            run = runs.begin(db, number, slot, found.draft.kind, plan.expires if last else dt.timedelta(), now)
            if last and run:
                runs.outrun(db, number, run, now)
            if last:
                break
            assert following is not None  # noqa: S101  (the loop ends where there is none)
            slot = following
        broadcasts.set_next(db, number, following)
        self._done(db, number)

    def _grown(self, db: Connection, found: Broadcast, now: dt.datetime) -> bool:
        """Whether it is for so many by now that somebody must approve it first; then it waits for that."""
        kind = self._rules.kind(found.draft.kind)
        if kind is None or found.approved_by:
            return False
        people = audiences.count(db, found.draft.audience, kind, now)
        if people <= self._rules.approve_above:
            return False
        broadcasts.move(db, found.id, ("on",), "waiting", people=people)
        staff_audit.record(db, found.asked_by or found.made_by, "broadcast.asked", {"broadcast": found.id, "people": people}, now)
        return True

    def _tend(self, run: Flying) -> None:
        now = self._clock.now()
        if run.filling and not run.paused and run.expires_at > now:
            self._fill(run)
        self._store.write(lambda db: self._turn(db, run, now))

    def _fill(self, run: Flying) -> None:
        found = self._store.read(lambda db: broadcasts.one(db, run.broadcast))
        kind = self._rules.kind(run.kind)
        if found is None or kind is None:
            return
        for _ in range(STEPS):
            now = self._clock.now()
            before = self._store.write(lambda db, now=now: runs.fill(db, run.id, found.draft.audience, kind, now))  # type: ignore[misc]
            if before < 0:
                return

    def _turn(self, db: Connection, run: Flying, now: dt.datetime) -> None:
        """One look at a run, in one transaction: who has it, who must not have it any more, who is next."""
        feeding.lock(db, now)
        found = broadcasts.one(db, run.broadcast, hold=True)
        if found is None:
            return
        feeding.reap(db, run.id, now)
        late = run.expires_at <= now
        if late or found.status != "on" or self._is_quiet(found, now):
            feeding.withdraw(db, run.id)
            why = "cancelled" if found.status == "cancelled" else "expired" if late else ""
            if why and runs.end_early(db, run.id, why, now):
                log.info("run_ended", run=run.id, why=why)
                self._done(db, run.broadcast)
            return
        cap = 0 if run.kind == EMERGENCY else self._rules.cap
        for _ in range(FEEDS):
            room = self._window - feeding.on_the_way(db, CHANNEL)
            looked = feeding.feed(db, run.id, run.kind, room, cap, lambda row: self._render(found, row), now) if room > 0 else 0
            if not looked:
                break
        if runs.end_if_settled(db, run.id, now):
            log.info("run_done", run=run.id)
            self._done(db, run.broadcast)

    def _is_quiet(self, found: Broadcast, now: dt.datetime) -> bool:
        if found.draft.kind == EMERGENCY or not found.draft.plan.quiet:
            return False
        quiet = self._rules.quiet
        return quiet_until(now, quiet.from_, quiet.until) is not None

    def _render(self, found: Broadcast, row: Row) -> feeding.Rendered:
        group = str(row["address"]).partition(":")[2].startswith("-")
        return self._letters.write(found.draft, row["city"], row["district"], row["lang"], group=group)

    def _done(self, db: Connection, number: int) -> None:
        """A broadcast is done where no slot is left and no run of it is in flight."""
        found = broadcasts.one(db, number)
        if found is not None and found.next_at is None and not runs.is_in_flight(db, number):
            broadcasts.move(db, number, ("on", "paused"), "done")
