"""What every use case of the desk has in common: who acts, what is refused, and what reaches the resident.

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
from bot.model import Case
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
    """It cannot be done, and why, in words for the staff. ``why``: the key of the same below ``wrong.`` in ``data/desk``."""

    def __init__(self, text: str, why: str = "", **values: str | int) -> None:
        super().__init__(text)
        self.why, self.values = why, values


class Changed(Refused):
    """The case has changed since it was looked at; nothing was done. ``rows``: the links of its audit since."""

    def __init__(self, number: int, rows: tuple[AuditRow, ...]) -> None:
        told = "; ".join(" ".join([row.kind, *([f"by {row.detail['by']}"] if "by" in row.detail else [])]) for row in rows)
        super().__init__(f"case {number} has changed meanwhile ({told}): look at it again", "changed", case=number)
        self.rows = rows


class Busy(Refused):
    """Somebody else works on the case: ``who``, until ``until`` without another sign of life."""

    def __init__(self, number: int, who: str, until: dt.datetime) -> None:
        at = until.astimezone(CITY_TIME).strftime("%H:%M")
        super().__init__(f"{who} works on case {number}, until {at} at least", "busy", case=number, who=who, until=at)
        self.who, self.until = who, until


class Base:
    """One person of the staff. ``by``: their short name, as the audit keeps it."""

    def __init__(
        self, store: Opened, clock: Clock, by: str, *, targets: Targets | None = None, hurry: Callable[[str], object] = lambda _: None
    ) -> None:
        """``hurry`` is called with the address of a chat that something is due for. ``targets``: those that ship, unless given.

        Raises :class:`Refused` for a name that is none.
        """
        if not _NAME.fullmatch(by):
            raise Refused("the name of who acts takes letters, figures, dots, dashes and underscores, at most 40", "name")
        self._targets = targets or read_targets()
        self._leases = self._targets.leases()
        self._store, self._actions = store, Actions(store, self._leases)
        self._clock, self._by, self._hurry = clock, by, hurry

    def _found(self, number: int) -> Case:
        found = self._actions.case(number)
        if found is None or not found.address:
            raise Refused(f"there is no case {number}, or nobody to reach: its resident had everything deleted", "none", case=number)
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
            raise Refused(f"there is no case {number}", "none", case=number) from None
        except MovedOn as error:
            raise Changed(number, error.rows) from None
        except Held as error:
            raise Busy(number, error.who, error.until) from None


def words(text: str, what: str) -> str:
    """The text without space around it. Raises :class:`Refused` where there are no words, or too many."""
    text = text.strip()
    if not text or len(text) > LONGEST:
        raise Refused(f"{what} has 1 to {LONGEST} characters", "words", most=LONGEST)
    return text
