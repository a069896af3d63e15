"""HTTP for the Bot API through a proxy: the library's own client, in several small pools of connections."""

from __future__ import annotations

import sys
from typing import Any

from telegram.request import BaseRequest, HTTPXRequest, RequestData

EACH = 4
"""Connections of one pool. The HTTP library looks through a whole pool for each call: 32 in one cost four times 8 times 4."""

try:
    import sniffio  # type: ignore[import-not-found, unused-ignore]  # noqa: F401
except ImportError:
    # The HTTP library tries this import several times in each call; a failed one is looked for anew on the disk every time.
    sys.modules["sniffio"] = None  # type: ignore[assignment]


class Pools(BaseRequest):
    """Hands each call to the pool that has the fewest on their way; the first where all are idle, whose connections stay warm."""

    def __init__(self, connections: int) -> None:
        """At least so many calls side by side."""
        pools = max(1, -(-connections // EACH))
        self._pools = [
            HTTPXRequest(connection_pool_size=EACH, connect_timeout=5, read_timeout=15, write_timeout=10, pool_timeout=5)
            for _ in range(pools)
        ]
        self._busy = [0] * pools

    @property
    def read_timeout(self) -> float | None:
        """Seconds to wait for an answer."""
        return self._pools[0].read_timeout

    async def initialize(self) -> None:
        """Prepare the pools."""
        for pool in self._pools:
            await pool.initialize()

    async def shutdown(self) -> None:
        """Close all connections."""
        for pool in self._pools:
            await pool.shutdown()

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *timeouts: Any, **more: Any
    ) -> tuple[int, bytes]:
        """One call; status and body. Raises ``telegram.error.TelegramError``."""
        place = min(range(len(self._busy)), key=self._busy.__getitem__)
        self._busy[place] += 1
        try:
            return await self._pools[place].do_request(url, method, request_data, *timeouts, **more)
        finally:
            self._busy[place] -= 1
