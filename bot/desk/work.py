"""What the staff do with one case: take it, answer, note, change its priority, close and reopen it."""

from __future__ import annotations

from bot.desk.base import Base, Refused, words
from bot.model import Priority
from bot.staff import Note, Outcome
from bot.store import merges
from bot.store.desk import Act
from intents.canned import unfilled


class Work(Base):
    """Acts on one case at a time."""

    def version(self, number: int) -> int:
        """The version of a case, to be handed back as ``seen``; 0 where there is none."""
        return self._actions.version(number)

    def take(self, number: int, *, seen: int | None = None, once: str = "", over: bool = False) -> None:
        """Work on an open case; ``over``: also where somebody else does. Raises :class:`Refused`."""
        with self._told(number):
            if not self._actions.take(Act(number, self._by, seen, once), self._clock.now(), over=over):
                raise Refused(f"case {number} is closed", "closed", case=number)

    def release(self, number: int, *, once: str = "") -> None:
        """Give a case back to the queue. Raises :class:`Refused`."""
        with self._told(number):
            if not self._actions.release(Act(number, self._by, None, once), self._clock.now()):
                raise Refused(f"case {number} is not yours", "not_yours", case=number)

    def still_here(self, number: int) -> bool:
        """A sign of life; False where the case is not theirs any more. Raises :class:`Refused`."""
        with self._told(number):
            return self._actions.still_here(Act(number, self._by), self._clock.now())

    def look(self, number: int) -> list[str]:
        """They have the case on their screen; who else has had within :data:`bot.store.leases.LOOKS`."""
        return self._actions.look(number, self._by, self._clock.now())

    def answer(self, number: int, text: str, *, seen: int | None = None, once: str = "") -> int:
        """Write to the resident of a case; the number of the moment, 0 for one that was kept before. Raises :class:`Refused`."""
        text = words(text, "an answer")
        if unfilled(text):
            raise Refused("something is still open in the answer: fill in ____ and what stands in braces", "unfilled")
        return self._reach(self._found(number), "answer", seen, once, text=text)

    def close(self, number: int, why: Outcome, *, seen: int | None = None, once: str = "") -> None:
        """Close an open case with its outcome, and those that are worked on with it; their residents are told. Raises :class:`Refused`."""
        found = self._found(number)
        if found.status != "open":
            if self._actions.is_done(Act(number, self._by, seen, once), "close"):
                return
            raise Refused(f"case {number} is closed already", "closed", case=number)
        self._reach(found, "close", seen, once, why=why)
        for joined in self._store.read(lambda db: merges.merged(db, number)):
            if joined.status == "open":
                self._reach(joined, "close", None, once, why=why)

    def reopen(self, number: int, *, seen: int | None = None, once: str = "") -> None:
        """Open a closed case again while that can be; the resident is told. Raises :class:`Refused`."""
        found = self._found(number)
        until = found.reopens_until()
        if until is None or self._clock.now() > until:
            if self._actions.is_done(Act(number, self._by, seen, once), "reopen"):
                return
            if until is None:
                raise Refused(f"case {number} is open", "open", case=number)
            raise Refused(f"case {number} was closed too long ago", "too_late", case=number)
        self._reach(found, "reopen", seen, once)

    def note(self, number: int, text: str, *, once: str = "") -> None:
        """Keep a note for the others; it never is sent. Raises :class:`Refused`."""
        text = words(text, "a note")
        with self._told(number):
            self._found(number)
            self._actions.note(Act(number, self._by, None, once), text, self._clock.now())

    def notes(self, number: int) -> tuple[Note, ...]:
        """The notes of a case, oldest first."""
        return self._actions.notes(number)

    def set_priority(self, number: int, level: Priority, reason: str, *, seen: int | None = None, once: str = "") -> None:
        """Make an open case more or less urgent, and say why; the bot may still raise it. Raises :class:`Refused`."""
        reason = words(reason, "a reason")
        with self._told(number):
            if self._found(number).status != "open":
                raise Refused(f"case {number} is closed", "closed", case=number)
            if not self._actions.set_priority(Act(number, self._by, seen, once), level, reason, self._clock.now()):
                raise Refused(f"case {number} is {level} already", "same_priority", case=number, level=level)
