"""Moving cases about: handed over, merged and taken apart, split, linked."""

from __future__ import annotations

from typing import Literal, get_args

from bot.clock import to_ms
from bot.desk.base import Base, Refused, words
from bot.model import Linked
from bot.safe import storable
from bot.store import audit, clocks, leases, merges, notes
from bot.store.connection import Connection
from bot.store.desk import Act, begin, give

Taker = Literal["colleague", "team", "hospital", "community"]
LONGEST_NAME = 60


class Moving(Base):
    """Hands cases over, merges, splits and links them."""

    def hand_over(self, number: int, to: Taker, name: str, text: str, *, seen: int | None = None, once: str = "") -> None:
        """Give an open case to somebody else, with what they need to know. A colleague has it from now on for as long as a lease lasts.

        Raises :class:`Refused`.
        """
        text, name = words(text, "what they need to know"), name.strip()
        if not name or len(name) > LONGEST_NAME:
            raise Refused(f"say to whom, in 1 to {LONGEST_NAME} characters", "whom", most=LONGEST_NAME)
        now, act = self._clock.now(), Act(number, self._by, seen, once)

        def work(db: Connection) -> bool:
            case = begin(db, act, "handover", self._leases, now)
            if case is None:
                return True
            if case.status != "open":
                return False
            note = notes.add(db, number, self._by, "handover", f"→ {name}\n{text}", now)
            leases.free(db, number, now)
            team = "" if to == "colleague" else f"{to}:{storable(name)}"
            db.execute("UPDATE cases SET team = :team, updated_at = :now WHERE number = :number", team=team, now=to_ms(now), number=number)
            if to == "colleague":
                give(db, case, name, self._leases, now)
            else:
                clocks.given_back(db, number)
            audit.record(db, number, "case.handed", {"by": self._by, "to": to, "name": name, "note": note}, now)
            return True

        with self._told(number):
            if not self._store.write(work):
                raise Refused(f"case {number} is closed", "closed", case=number)

    def merge(self, number: int, into: int, *, seen: int | None = None, once: str = "") -> None:
        """Work on a case with another one: it leaves the queue, and what its resident adds stands with the other.

        Raises :class:`Refused`.
        """
        now, act = self._clock.now(), Act(number, self._by, seen, once)
        with self._told(number):
            wrong = self._store.write(lambda db: merges.merge(db, act, into, self._leases, now))
        if wrong:
            raise Refused(f"case {number} cannot be merged into case {into}", wrong, case=number, into=into)

    def unmerge(self, number: int, *, once: str = "") -> None:
        """Work on a merged case by itself again. Raises :class:`Refused`."""
        now, act = self._clock.now(), Act(number, self._by, None, once)
        with self._told(number):
            if not self._store.write(lambda db: merges.unmerge(db, act, self._leases, now)):
                raise Refused(f"case {number} is not merged", "not_merged", case=number)

    def split(self, number: int, text: str, *, seen: int | None = None, once: str = "") -> int:
        """A second case of the same chat, for another patient; ``text``: what it is about. Its number; 0 where that was done before.

        Raises :class:`Refused`.
        """
        text = words(text, "what it is about")
        now, act = self._clock.now(), Act(number, self._by, seen, once)
        with self._told(number):
            if self._found(number).status != "open":
                raise Refused(f"case {number} is closed", "closed", case=number)
            return self._store.write(lambda db: merges.split(db, act, storable(text), self._leases, now))

    def link(self, number: int, other: int, why: Linked = "same") -> None:
        """Say that two cases belong together. Raises :class:`Refused`."""
        now = self._clock.now()
        if number == other or why not in get_args(Linked):
            raise Refused("link a case to another one", "merge_itself", case=number, into=other)
        with self._told(number):
            self._store.write(lambda db: merges.link(db, Act(number, self._by), other, why, now))

    def unlink(self, number: int, other: int) -> None:
        """Say that two cases do not belong together. Raises :class:`Refused`."""
        now = self._clock.now()
        with self._told(number):
            self._store.write(lambda db: merges.unlink(db, Act(number, self._by), other, now))

    def joined(self, number: int) -> list[int]:
        """The open cases that are worked on with this one."""
        return [case.number for case in self._store.read(lambda db: merges.merged(db, number)) if case.status == "open"]
