"""The service's clock: APScheduler in memory, one instance of each job, missed ticks run once, a tick that is still running skips."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable

from apscheduler.schedulers.background import BackgroundScheduler

from bot.log import get_logger

log = get_logger(__name__)

RESUME_SECONDS = 15
"""How often rows that were left open are taken up again."""

DUE_SECONDS = 5
"""How often it is looked whether a moment has come that was set for a chat."""

CASES_SECONDS = 5
"""How often it is looked whether a case has become late, or whoever has it has fallen silent."""

CAST_SECONDS = 1
"""How often broadcasts are looked after."""

SUGGEST_SECONDS = 60
"""How often it is looked whether the data says something that people should be told."""

TALLY_SECONDS = 10
"""How often what was counted in memory is added to the database."""

BRIEF_SECONDS = 60
"""How often it is looked whether the hour of the daily brief has come."""

_NEVER_REACHED = 100
"""The library warns at its own limit of ticks at once, as of a failure. Ours is one, and under load it is nothing to be told."""


class Schedule:
    """Ticks in a thread of its own until it is stopped."""

    def __init__(self) -> None:
        self._scheduler = BackgroundScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": _NEVER_REACHED, "misfire_grace_time": None}, daemon=True
        )

    def every(self, seconds: float, name: str, work: Callable[[], object]) -> None:
        """Call ``work`` at the start and then every so many seconds, never twice at once: while it runs, ticks are left out."""
        alone = threading.Lock()

        def tick() -> None:
            if not alone.acquire(blocking=False):
                log.debug("tick_left_out", job=name)
                return
            try:
                work()
            finally:
                alone.release()

        self._scheduler.add_job(tick, "interval", seconds=seconds, id=name, next_run_time=dt.datetime.now(dt.UTC))

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.start()

    def stop(self) -> None:
        """Stop, after the tick that is running."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
