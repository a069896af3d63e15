"""The brief of yesterday, made each morning once, by whichever process comes first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from bot.brief import LANGS, name_of, render, write
from bot.clock import CITY_TIME, Clock
from bot.errors import StoreError
from bot.log import get_logger
from bot.names import Names
from bot.oversight import DAY, Oversight
from bot.store import slots
from bot.store.opened import Opened

log = get_logger(__name__)
SCHEDULE = "brief"


class Daily:
    """Looks whether the hour has come, and makes the files. ``hour``: of the city's day."""

    def __init__(self, store: Opened, clock: Clock, made_with: Callable[[], tuple[Oversight, Names]], folder: Path, hour: int) -> None:
        """``made_with`` is called where a brief is to be made, and not at the start."""
        self._store, self._clock, self._made_with = store, clock, made_with
        self._folder, self._hour = folder, hour

    def tick(self) -> bool:
        """Make today's brief where it is time and nobody has; whether it was made here. A failure is logged and tried again later.

        After a night off it is made late; one that whole days were missed for is not.
        """
        now = self._clock.now()
        here = now.astimezone(CITY_TIME)
        slot = here.date().isoformat()
        if here.hour < self._hour:
            return False
        try:
            if not self._store.read(lambda db: slots.is_open(db, SCHEDULE, slot, now)):
                return False
            if not self._store.write(lambda db: slots.take(db, SCHEDULE, slot, now), single=True):
                return False
            self._make(here.date(), now)
            self._store.write(lambda db: slots.done(db, SCHEDULE, slot, self._clock.now()), single=True)
        except (StoreError, OSError) as error:
            log.error("brief_failed", error=type(error).__name__)
            return False
        log.info("brief_made", day=slot)
        return True

    def _make(self, today: dt.date, now: dt.datetime) -> None:
        oversight, names = self._made_with()
        figures, due = oversight.figures(today - DAY), oversight.due(today)
        for lang in LANGS:
            write(self._folder / name_of(figures.day, lang), render(figures, due, names, lang, now))
