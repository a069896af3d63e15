"""What the staff do with a case: the one way in for the command line, and for a console or a staff group to come.

Each is kept as a moment that is due now, so that it reaches the resident in order with all else of their chat, once, whatever
is killed meanwhile; the service does it within :data:`bot.schedule.DUE_SECONDS`.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any, Literal, Protocol

from bot.clock import Clock
from bot.effects import Later
from bot.errors import HotlineError
from bot.model import Case

Outcome = Literal["helped", "referred", "no_answer", "duplicate", "not_ours"]
STAFF = "staff"
"""The kind of these moments; :mod:`bot.conversation.staff` does them."""
LONGEST = 3_000
"""Characters of an answer."""
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,40}")


class Refused(HotlineError):
    """It cannot be done, and why, in words for the staff."""


class Cases(Protocol):
    """The store as the desk uses it."""

    def case(self, number: int) -> Case | None:
        """A case."""
        ...

    def set_later(self, address: str, what: Later, now: dt.datetime) -> None:
        """Set a moment for a chat."""
        ...


class Desk:
    """Acts for one person of the staff. ``by``: their short name, as the audit keeps it."""

    def __init__(self, cases: Cases, clock: Clock, by: str) -> None:
        """Raises :class:`Refused` for a name that is none."""
        if not _NAME.fullmatch(by):
            raise Refused("the name of who acts takes letters, figures, dots, dashes and underscores, at most 40")
        self._cases, self._clock, self._by = cases, clock, by

    def answer(self, number: int, text: str) -> None:
        """Write to the resident of a case. Raises :class:`Refused`."""
        text = text.strip()
        if not text or len(text) > LONGEST:
            raise Refused(f"an answer has 1 to {LONGEST} characters")
        self._do(self._found(number), do="answer", text=text)

    def close(self, number: int, why: Outcome) -> None:
        """Close an open case with its outcome; the resident is told. Raises :class:`Refused`."""
        found = self._found(number)
        if found.status != "open":
            raise Refused(f"case {number} is closed already")
        self._do(found, do="close", why=why)

    def reopen(self, number: int) -> None:
        """Open a closed case again while that can be; the resident is told. Raises :class:`Refused`."""
        found = self._found(number)
        until = found.reopens_until()
        if until is None or self._clock.now() > until:
            raise Refused(f"case {number} is open" if until is None else f"case {number} was closed too long ago")
        self._do(found, do="reopen")

    def _found(self, number: int) -> Case:
        found = self._cases.case(number)
        if found is None or not found.address:
            raise Refused(f"there is no case {number}, or nobody to reach: its resident had everything deleted")
        return found

    def _do(self, case: Case, **what: Any) -> None:
        detail = json.dumps({"case": case.number, "by": self._by, **what}, ensure_ascii=False)
        self._cases.set_later(case.address, Later(STAFF, 0.0, detail), self._clock.now())
