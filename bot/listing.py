"""What the staff look at: pages of cases by a filter, how many there are, cases that may be about the same; and the index behind it."""

from __future__ import annotations

import time
from dataclasses import dataclass

from bot.clock import Clock
from bot.filter import CaseFilter
from bot.store import listing, search, similar
from bot.store.listing import Page
from bot.store.opened import Opened

MOST = 1_000
"""Cases are counted to this; it is shown as 999+."""
INDEX_SECONDS = 1
"""How often what was said since is made to be found."""
AT_ONCE = 20
"""Cases that are indexed in one transaction: a resident's turn waits for one no longer than some milliseconds."""
WORK_SECONDS = 0.3
"""So much of each second at most goes into the index."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many cases a filter has."""

    many: int
    capped: bool = False
    """Whether there may be more."""

    def __str__(self) -> str:
        """As it is shown."""
        return f"{self.many}+" if self.capped else str(self.many)


class Listing:
    """Reads for the staff. Every method may raise :class:`bot.errors.StoreUnavailable`."""

    def __init__(self, store: Opened, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def page(self, wanted: CaseFilter, after: str = "", limit: int = 50) -> Page:
        """A page of cases; ``after`` is the ``following`` of the page before. A page may be short and yet not the last."""
        now = self._clock.now()
        return self._store.read(lambda db: listing.page(db, wanted, after, limit, now))

    def count(self, wanted: CaseFilter) -> Count | None:
        """How many open cases a filter has, counted to 999; None for one with words or closed cases, which would take too long."""
        now = self._clock.now()
        found = self._store.read(lambda db: listing.count(db, wanted, MOST, now))
        return None if found is None else Count(min(found, MOST - 1), found >= MOST)

    def similar(self, number: int) -> list[tuple[int, float]]:
        """Other open cases that may be about the same, with how alike they are (0 to 100), most alike first.

        Nobody merges them but a person.
        """
        return self._store.read(lambda db: similar.similar(db, number))

    def catch_up(self, seconds: float = WORK_SECONDS) -> int:
        """Make what was said since the last time be found, for so long at most; of how many cases. Costs no commit where there is none."""
        done, until = 0, time.monotonic() + seconds
        while True:
            found = self._store.read(lambda db: [(mark, search.body(db, mark[0])) for mark in search.marked(db, AT_ONCE)])
            if found:
                # An index that a power cut undoes is made again with the mark that comes back with it.
                done += self._store.write(lambda db, found=found: search.put(db, found), lasting=False)  # type: ignore[misc]
            if len(found) < AT_ONCE or time.monotonic() > until:
                return done

    def behind(self) -> Count:
        """How many cases wait to be indexed, counted to 999: while there are many, not every word is found."""
        found = len(self._store.read(lambda db: search.marked(db, MOST)))
        return Count(min(found, MOST - 1), found >= MOST)
