"""A broadcast is set on its way: sent or planned, approved by a second person, paused, gone on with, cancelled."""

from __future__ import annotations

from bot.broadcast import OPEN, Broadcast
from bot.casts.base import Base
from bot.casts.refused import CastRefused
from bot.store import audience as audiences
from bot.store import broadcasts, feeding, runs
from bot.store.connection import Connection


class Steering(Base):
    """What happens to a broadcast until it is done."""

    def send(self, number: int, version: int | None = None, *, anyway: bool = False) -> Broadcast:
        """Send it when its plan says, or have it approved first where it is for many; as it is then.

        Raises :class:`CastRefused`; with ``same_text`` where the same text was sent within a day and ``anyway`` is not said.
        """

        def work(db: Connection) -> None:
            found = self._held(db, number, None)
            if version is not None and found.version == version + 1 and found.asked_by == self._by and found.status in ("waiting", "on"):
                return  # the same press a second time
            self._same(found, version)
            if found.status not in ("suggested", "draft"):
                raise CastRefused(f"broadcast {number} is no draft any more", "cast_sent", number=number)
            now = self._clock.now()
            if not anyway and (other := broadcasts.same_text(db, found.draft, number, now, waiting=True)):
                raise CastRefused(f"broadcast {other} said the same within a day", "cast_same", number=other)
            self._can_go(found.draft, now)
            people = audiences.count(db, found.draft.audience, self._kind(found.draft.kind), now)
            if not people and found.draft.plan.rule is None and found.draft.plan.start is None:
                raise CastRefused("it reaches nobody now", "cast_nobody")
            if people > self._rules.approve_above:
                broadcasts.move(db, number, (found.status,), "waiting", asked_by=self._by, people=people)
                self._note(db, "asked", number, people=people)
            else:
                self._go(db, found, people)

        self._store.write(work)
        return self.one(number)

    def approve(self, number: int, version: int | None = None, *, anyway: bool = False) -> Broadcast:
        """A second person lets it go. Raises :class:`CastRefused`, also for whoever wrote it or asked for it; with ``same_text`` as
        :meth:`send` does, for another may have gone meanwhile."""

        def work(db: Connection) -> None:
            found = self._held(db, number, version)
            if found.status != "waiting":
                raise CastRefused(f"broadcast {number} does not wait for an approval", "cast_decided", number=number)
            if self._by in (found.made_by, found.asked_by):
                raise CastRefused("somebody else must approve it", "own")
            if not anyway and (other := broadcasts.same_text(db, found.draft, number, self._clock.now())):
                raise CastRefused(f"broadcast {other} said the same within a day", "cast_same", number=other)
            people = audiences.count(db, found.draft.audience, self._kind(found.draft.kind), self._clock.now())
            self._go(db, found, people, approved_by=self._by)

        self._store.write(work)
        return self.one(number)

    def refuse(self, number: int, version: int | None = None) -> None:
        """It may not go like this: it is a draft again. Raises :class:`CastRefused`."""
        self._move(number, version, "refused", ("waiting",), "draft", "cast_decided")

    def pause(self, number: int) -> None:
        """Nothing more of it is sent until it goes on; what was begun in this second may still arrive. Raises :class:`CastRefused`."""

        def work(db: Connection) -> None:
            feeding.lock(db, self._clock.now())
            self._held(db, number, None)
            if not broadcasts.move(db, number, ("on",), "paused"):
                raise CastRefused(f"broadcast {number} is not on its way", "cast_off", number=number)
            for run in runs.flying(db):
                if run.broadcast == number:
                    feeding.withdraw(db, run.id)
            self._note(db, "paused", number)

        self._store.write(work)

    def resume(self, number: int) -> None:
        """It goes on where it was. Raises :class:`CastRefused`."""
        self._move(number, None, "resumed", ("paused",), "on", "cast_not_paused")

    def cancel(self, number: int) -> None:
        """Nothing more of it is sent, ever; who has it has it. Raises :class:`CastRefused`."""
        now = self._clock.now()

        def work(db: Connection) -> None:
            feeding.lock(db, now)
            self._held(db, number, None)
            if not broadcasts.move(db, number, (*OPEN, "waiting"), "cancelled", keep_next=False):
                raise CastRefused(f"broadcast {number} is not on its way", "cast_off", number=number)
            for run in runs.flying(db):
                if run.broadcast == number:
                    feeding.withdraw(db, run.id)
                    feeding.reap(db, run.id, now)
                    runs.end_early(db, run.id, "cancelled", now)  # what is just being sent: the tick ends it
            self._note(db, "cancelled", number)

        self._store.write(work)

    def discard(self, number: int, version: int | None = None) -> None:
        """A draft or a suggestion is not wanted. Raises :class:`CastRefused`."""
        self._move(number, version, "discarded", ("suggested", "draft"), "discarded", "cast_sent")

    def _go(self, db: Connection, found: Broadcast, people: int, approved_by: str | None = None) -> None:
        now = self._clock.now()
        self._can_go(found.draft, now)
        # One that waited for an approval at its time is sent for that time, where it still helps.
        came = found.next_at if found.status == "waiting" else None
        late = came is not None and came <= now < came + found.draft.plan.expires
        first = came if late else found.draft.plan.first(now)
        broadcasts.move(
            db,
            found.id,
            (found.status,),
            "on",
            asked_by=found.asked_by or self._by,
            approved_by=approved_by,
            next_at=first,
            keep_next=False,
            people=people,
            sent_at=now,
        )
        self._note(db, "approved" if approved_by else "sent", found.id, people=people)

    def _move(self, number: int, version: int | None, what: str, was: tuple[str, ...], status: str, why: str) -> None:
        def work(db: Connection) -> None:
            self._held(db, number, version)
            if not broadcasts.move(db, number, was, status):  # type: ignore[arg-type]
                raise CastRefused(f"that cannot be done with broadcast {number} now", why, number=number)
            self._note(db, what, number)

        self._store.write(work)
