"""One action on many cases: first how many it would be and which cannot, then a report. Each case is a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.desk.base import Base, Refused
from bot.model import Case

MOST = 500
"""Cases at once."""


@dataclass(frozen=True, slots=True)
class Report:
    """What came of it, or would."""

    done: tuple[int, ...]
    failed: tuple[tuple[int, Refused], ...]


class Bulk(Base):
    """Acts on many cases."""

    def preview(self, numbers: Sequence[int]) -> Report:
        """Which open cases that nobody else works on would be acted on; the others with why not. Changes nothing."""
        now = self._clock.now()

        def fit(case: Case | None, number: int) -> Refused | None:
            if case is None or not case.address:
                return Refused(f"there is no case {number}", "none", case=number)
            if case.status != "open":
                return Refused(f"case {number} is closed", "closed", case=number)
            who = case.held_by(now)
            return Refused(f"{who} works on case {number}", "held", case=number, who=who) if who not in ("", self._by) else None

        found = [(number, fit(self._actions.case(number), number)) for number in _distinct(numbers)]
        return Report(tuple(number for number, why in found if why is None), tuple((number, why) for number, why in found if why))

    def on_each(self, numbers: Sequence[int], act: Callable[[int], object]) -> Report:
        """Act on each case; one that fails does not keep the others back."""
        done, failed = list[int](), list[tuple[int, Refused]]()
        for number in _distinct(numbers):
            try:
                act(number)
                done.append(number)
            except Refused as error:
                failed.append((number, error))
        return Report(tuple(done), tuple(failed))


def _distinct(numbers: Sequence[int]) -> list[int]:
    return list(dict.fromkeys(numbers))[:MOST]
