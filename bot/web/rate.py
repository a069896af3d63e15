"""A limit on how fast one client writes."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable


class Rate:
    """A bucket of ``burst`` messages for each client, refilled at ``per_minute``; a new client starts with a full one."""

    def __init__(
        self, burst: int = 20, per_minute: float = 20.0, clients: int = 20_000, tick: Callable[[], float] = time.monotonic
    ) -> None:
        self._burst = burst
        self._per_second = per_minute / 60
        self._clients = clients
        self._tick = tick
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def allow(self, client: str) -> bool:
        """Take one message out of the client's bucket; False where it is empty. A first message is always allowed."""
        now = self._tick()
        with self._lock:
            left, since = self._buckets.pop(client, (float(self._burst), now))
            left = min(float(self._burst), left + (now - since) * self._per_second)
            allowed = left >= 1
            self._buckets[client] = (left - 1 if allowed else left, now)
            if len(self._buckets) > self._clients:
                self._buckets.popitem(last=False)
            return allowed
