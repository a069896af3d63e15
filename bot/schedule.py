"""The service's clock: APScheduler in memory, one instance of each job, missed ticks run once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from apscheduler.schedulers.background import BackgroundScheduler

RESUME_SECONDS = 15
"""How often rows that were left open are taken up again."""

DUE_SECONDS = 5
"""How often it is looked whether a moment has come that was set for a chat."""


class Schedule:
    """Ticks in a thread of its own until it is stopped."""

    def __init__(self) -> None:
        self._scheduler = BackgroundScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}, daemon=True
        )

    def every(self, seconds: float, name: str, work: Callable[[], object]) -> None:
        """Call ``work`` at the start and then every so many seconds, never twice at once."""
        self._scheduler.add_job(work, "interval", seconds=seconds, id=name, next_run_time=dt.datetime.now(dt.UTC))

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.start()

    def stop(self) -> None:
        """Stop, after the tick that is running."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
