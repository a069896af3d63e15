"""What every use case of broadcasts has in common: who acts, and what the broadcast is now."""

from __future__ import annotations

import datetime as dt

from bot.broadcast import OPEN, Broadcast, Draft, quiet_until
from bot.casts.refused import CastRefused
from bot.casts.words import Letters
from bot.clock import Clock
from bot.store import broadcasts, staff_audit
from bot.store.connection import Connection
from bot.store.opened import Opened
from intents.broadcasts import EMERGENCY, CastKind, CastRules


class Base:
    """``by``: the short name of who acts, as the audit keeps it."""

    def __init__(self, store: Opened, clock: Clock, rules: CastRules, letters: Letters, by: str) -> None:
        self._store, self._clock, self._rules, self._letters, self._by = store, clock, rules, letters, by

    @property
    def rules(self) -> CastRules:
        """The limits that hold."""
        return self._rules

    def one(self, number: int) -> Broadcast:
        """A broadcast by its number. Raises :class:`CastRefused`."""
        return self._known(self._store.read(lambda db: broadcasts.one(db, number)), number)

    def newest(self, limit: int = 50) -> list[Broadcast]:
        """The broadcasts, the newest first."""
        return self._store.read(lambda db: broadcasts.newest(db, limit))

    def listed(self, limit: int) -> list[Broadcast]:
        """Whatever is open, however old, and the newest of the rest, the newest first."""

        def work(db: Connection) -> list[Broadcast]:
            found = {one.id: one for one in broadcasts.newest(db, 500, (*OPEN, "waiting", "suggested"))}
            return list((found | {one.id: one for one in broadcasts.newest(db, limit)}).values())

        return sorted(self._store.read(work), key=lambda one: -one.id)

    def to_decide(self) -> int:
        """How many wait for this person's approval, or were suggested and nobody has looked at."""
        return self._store.read(lambda db: broadcasts.to_decide(db, self._by))

    def _known(self, found: Broadcast | None, number: int) -> Broadcast:
        if found is None:
            raise CastRefused(f"there is no broadcast {number}", "no_cast", number=number)
        return found

    def _held(self, db: Connection, number: int, version: int | None) -> Broadcast:
        """The broadcast, which nobody else changes before the commit. Raises :class:`CastRefused` where it has moved on."""
        found = self._known(broadcasts.one(db, number, hold=True), number)
        self._same(found, version)
        return found

    def _same(self, found: Broadcast, version: int | None) -> None:
        """Raises :class:`CastRefused` where it has changed since it was looked at."""
        if version is not None and found.version != version:
            raise CastRefused(f"broadcast {found.id} has changed meanwhile: look at it again", "cast_moved", number=found.id)

    def _kind(self, id: str) -> CastKind:
        kind = self._rules.kind(id)
        if kind is None:
            raise CastRefused(f"there is no kind {id}: {', '.join(one.id for one in self._rules.kinds)}", "choose")
        return kind

    def _quiet_until(self, draft: Draft, at: dt.datetime) -> dt.datetime | None:
        """The morning for which it would wait at that moment; None where it goes out."""
        if draft.kind == EMERGENCY or not draft.plan.quiet:
            return None
        return quiet_until(at, self._rules.quiet.from_, self._rules.quiet.until)

    def _can_go(self, draft: Draft, now: dt.datetime) -> None:
        """Raises :class:`CastRefused` where its time is over, or would be before the morning it waits for."""
        first = draft.plan.first(now)
        if first is None or first + draft.plan.expires <= now:
            raise CastRefused("its time is over", "cast_over")
        morning = self._quiet_until(draft, max(first, now))
        if morning is not None and first + draft.plan.expires <= morning:
            raise CastRefused("its time would be over before the morning it waits for", "cast_night")

    def _note(self, db: Connection, kind: str, number: int, **more: int) -> None:
        staff_audit.record(db, self._by, f"broadcast.{kind}", {"broadcast": number, **more}, self._clock.now())
