"""What the staff do with a case: the one way in for the command line, and for a console or a staff group to come.

What reaches the resident is kept as a moment that is due now, so that it comes in order with all else of their chat, once, whatever
is killed meanwhile; the service does it within :data:`bot.schedule.DUE_SECONDS`, or at once where ``hurry`` tells it to.

Who acts may say which version of the case they looked at (``seen``), and name the action (``once``), so that a form that is sent twice
is one action.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from bot.clock import CITY_TIME, Clock
from bot.errors import HotlineError
from bot.model import Case, Priority
from bot.staff import Note, Outcome
from bot.store.actions import Actions
from bot.store.audit import AuditRow
from bot.store.desk import Act, Held, MovedOn, NoCase
from bot.store.opened import Opened
from intents.targets import Targets, read_targets

STAFF = "staff"
"""The kind of these moments; :mod:`bot.conversation.staff` does them."""
LONGEST = 3_000
"""Characters of an answer, a note or a reason."""
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,40}")


class Refused(HotlineError):
    """It cannot be done, and why, in words for the staff."""


class Changed(Refused):
    """The case has changed since it was looked at; nothing was done. ``rows``: the links of its audit since."""

    def __init__(self, number: int, rows: tuple[AuditRow, ...]) -> None:
        told = "; ".join(" ".join([row.kind, *([f"by {row.detail['by']}"] if "by" in row.detail else [])]) for row in rows)
        super().__init__(f"case {number} has changed meanwhile ({told}): look at it again")
        self.rows = rows


class Busy(Refused):
    """Somebody else works on the case: ``who``, until ``until`` without another sign of life."""

    def __init__(self, number: int, who: str, until: dt.datetime) -> None:
        super().__init__(f"{who} works on case {number}, until {until.astimezone(CITY_TIME).strftime('%H:%M')} at least")
        self.who, self.until = who, until


class Desk:
    """Acts for one person of the staff. ``by``: their short name, as the audit keeps it."""

    def __init__(
        self, store: Opened, clock: Clock, by: str, *, targets: Targets | None = None, hurry: Callable[[str], object] = lambda _: None
    ) -> None:
        """``hurry`` is called with the address of a chat that something is due for. ``targets``: those that ship, unless given.

        Raises :class:`Refused` for a name that is none.
        """
        if not _NAME.fullmatch(by):
            raise Refused("the name of who acts takes letters, figures, dots, dashes and underscores, at most 40")
        self._actions = Actions(store, (targets or read_targets()).leases())
        self._clock, self._by, self._hurry = clock, by, hurry

    def version(self, number: int) -> int:
        """The version of a case, to be handed back as ``seen``; 0 where there is none."""
        return self._actions.version(number)

    def take(self, number: int, *, seen: int | None = None, once: str = "", over: bool = False) -> None:
        """Work on an open case; ``over``: also where somebody else does. Raises :class:`Refused`."""
        with self._told(number):
            if not self._actions.take(Act(number, self._by, seen, once), self._clock.now(), over=over):
                raise Refused(f"case {number} is closed")

    def release(self, number: int, *, once: str = "") -> None:
        """Give a case back to the queue. Raises :class:`Refused`."""
        with self._told(number):
            if not self._actions.release(Act(number, self._by, None, once), self._clock.now()):
                raise Refused(f"case {number} is not yours")

    def still_here(self, number: int) -> bool:
        """A sign of life; False where the case is not theirs any more. Raises :class:`Refused`."""
        with self._told(number):
            return self._actions.still_here(Act(number, self._by), self._clock.now())

    def look(self, number: int) -> list[str]:
        """They have the case on their screen; who else has had within :data:`bot.store.leases.LOOKS`."""
        return self._actions.look(number, self._by, self._clock.now())

    def answer(self, number: int, text: str, *, seen: int | None = None, once: str = "") -> int:
        """Write to the resident of a case; the number of the moment, 0 for one that was kept before. Raises :class:`Refused`."""
        text = _words(text, "an answer")
        return self._reach(self._found(number), "answer", seen, once, text=text)

    def close(self, number: int, why: Outcome, *, seen: int | None = None, once: str = "") -> None:
        """Close an open case with its outcome; the resident is told. Raises :class:`Refused`."""
        found = self._found(number)
        if found.status != "open":
            if self._actions.is_done(Act(number, self._by, seen, once), "close"):
                return
            raise Refused(f"case {number} is closed already")
        self._reach(found, "close", seen, once, why=why)

    def reopen(self, number: int, *, seen: int | None = None, once: str = "") -> None:
        """Open a closed case again while that can be; the resident is told. Raises :class:`Refused`."""
        found = self._found(number)
        until = found.reopens_until()
        if until is None or self._clock.now() > until:
            if self._actions.is_done(Act(number, self._by, seen, once), "reopen"):
                return
            raise Refused(f"case {number} is open" if until is None else f"case {number} was closed too long ago")
        self._reach(found, "reopen", seen, once)

    def note(self, number: int, text: str, *, once: str = "") -> None:
        """Keep a note for the others; it never is sent. Raises :class:`Refused`."""
        text = _words(text, "a note")
        with self._told(number):
            self._found(number)
            self._actions.note(Act(number, self._by, None, once), text, self._clock.now())

    def notes(self, number: int) -> tuple[Note, ...]:
        """The notes of a case, oldest first."""
        return self._actions.notes(number)

    def set_priority(self, number: int, level: Priority, reason: str, *, seen: int | None = None, once: str = "") -> None:
        """Make an open case more or less urgent, and say why; the bot may still raise it. Raises :class:`Refused`."""
        reason = _words(reason, "a reason")
        with self._told(number):
            if self._found(number).status != "open":
                raise Refused(f"case {number} is closed")
            if not self._actions.set_priority(Act(number, self._by, seen, once), level, reason, self._clock.now()):
                raise Refused(f"case {number} is {level} already")

    def _found(self, number: int) -> Case:
        found = self._actions.case(number)
        if found is None or not found.address:
            raise Refused(f"there is no case {number}, or nobody to reach: its resident had everything deleted")
        return found

    def _reach(self, case: Case, do: str, seen: int | None, once: str, **what: Any) -> int:
        with self._told(case.number):
            act = Act(case.number, self._by, seen, once)
            due = self._actions.reach(act, do, STAFF, {"do": do, **what}, self._clock.now())
        if due:
            self._hurry(case.address)
        return due

    @contextmanager
    def _told(self, number: int) -> Iterator[None]:
        """What the store refuses, in words for the staff."""
        try:
            yield
        except NoCase:
            raise Refused(f"there is no case {number}") from None
        except MovedOn as error:
            raise Changed(number, error.rows) from None
        except Held as error:
            raise Busy(number, error.who, error.until) from None


def _words(text: str, what: str) -> str:
    """The text without space around it. Raises :class:`Refused` where there are no words, or too many."""
    text = text.strip()
    if not text or len(text) > LONGEST:
        raise Refused(f"{what} has 1 to {LONGEST} characters")
    return text
