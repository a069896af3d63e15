"""Use case: the cases that somebody of the staff wants to see, a page at a time."""

from __future__ import annotations

from bot.clock import Clock
from bot.filter import CaseFilter
from bot.store import cases, listing
from bot.store.listing import COUNTED, Found
from bot.store.opened import Opened


class Listing:
    """Reads pages of cases."""

    def __init__(self, store: Opened, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def page(self, chosen: CaseFilter, by: str, after: str = "", limit: int = 50) -> Found:
        """The cases of a filter after a key of the page before; ``by``: whose ``mine`` is meant."""
        now = self._clock.now()
        return self._store.read(lambda db: listing.page(db, chosen, by, after, limit, now))

    def count(self, chosen: CaseFilter, by: str) -> str:
        """How many there are, in figures; ``999+`` where they are not counted any further."""
        now = self._clock.now()
        many = self._store.read(lambda db: listing.count(db, chosen, by, now))
        return f"{COUNTED - 1}+" if many >= COUNTED else str(many)

    def exists(self, number: int) -> bool:
        """Whether there is a case of this number."""
        return self._store.read(lambda db: cases.known(db, number)).case is not None
