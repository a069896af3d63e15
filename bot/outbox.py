"""What the delivery needs of the store, and a flight of the delivery."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeVar

from bot.store.outbox import OutRow

T = TypeVar("T")


class Outbox(Protocol):
    """The store as the delivery uses it. Every method blocks, and raises where the database is away."""

    def take(self, channel: str, limit: int, now: dt.datetime, lease_s: float = 30.0, worker: str = "") -> list[OutRow]:
        """Messages to be sent now, the attempt committed."""
        ...

    def next_due(self, channel: str, now: dt.datetime) -> dt.datetime | None:
        """When :meth:`take` could next give something; None where nothing waits."""
        ...

    def delivered(self, id: int, attempt: int, now: dt.datetime, part: int | None = None, last: bool = True) -> bool:
        """It has arrived, or its first ``part`` parts where not ``last``. False where the attempt is not the newest."""
        ...

    def all_delivered(self, ends: Sequence[tuple[int, int, int]], now: dt.datetime) -> list[bool]:
        """:meth:`delivered` for several whole messages at once: ids, attempts and parts."""
        ...

    def retry(self, id: int, attempt: int, reason: str, until: dt.datetime, now: dt.datetime) -> bool:
        """Another attempt, not before ``until``."""
        ...

    def dead(self, id: int, attempt: int, reason: str, now: dt.datetime) -> bool:
        """It never will arrive."""
        ...

    def uncertain(self, id: int, attempt: int, reason: str, now: dt.datetime) -> bool:
        """Nobody knows."""
        ...

    def give_back(self, ids_attempts: Iterable[tuple[int, int]], now: dt.datetime) -> None:
        """Taken and not tried."""
        ...

    def pause(self, channel: str, until: dt.datetime, now: dt.datetime) -> None:
        """Nothing is taken before ``until``, by any process."""
        ...

    def reroute(self, channel: str, old_address: str, new_address: str, now: dt.datetime) -> None:
        """A chat has another address."""
        ...

    def unreachable(self, address: str, reason: str, now: dt.datetime) -> None:
        """A resident cannot be reached."""
        ...


class Tower(Protocol):
    """The delivery as a flight sees it."""

    async def call(self, work: Callable[[], T]) -> T:
        """Ask the store, off the event loop."""
        ...

    async def delivered(self, id: int, attempt: int, parts: int) -> bool:
        """The whole message has arrived. False where the attempt is not the newest. Raises where the store is away."""
        ...

    def trouble(self) -> None:
        """Nothing arrives anywhere."""
        ...

    def fine(self) -> None:
        """The channel answers."""
        ...
