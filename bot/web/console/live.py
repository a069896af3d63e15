"""What happens to cases, as server-sent events: one look at the database serves all pages of a process."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from bot.clock import Clock
from bot.store.changes import SAID, Change
from bot.web.console.gate import Gate
from bot.web.guard import place

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
PING_SECONDS = 15.0
"""So often an idle stream says that it lives, and is looked after: a session that was ended gets no more."""
OVERLAP = dt.timedelta(seconds=20)
"""What another process commits late, or dates by a clock of its own, is still seen."""
Changes = Callable[[dt.datetime], Sequence[Change]]


class Live:
    """Looks while anybody listens."""

    def __init__(self, changes: Changes, gate: Gate, clock: Clock) -> None:
        self._changes, self._gate, self._clock = changes, gate, clock
        self._listeners: set[asyncio.Queue[str]] = set()
        self._seen: dict[tuple[int, int], dt.datetime] = {}
        self._looking: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._closed = False

    def route(self) -> Route:
        """The stream, below ``/desk``."""
        return Route("/events", self.events, methods=["GET"])

    def close(self) -> None:
        """End all streams, so that the server can stop; on the server's loop."""
        self._closed = True
        for listener in self._listeners:
            listener.put_nowait("")

    async def events(self, request: Request) -> Response:
        """``begin`` from when on nothing is missed; then ``change`` with the cases that changed, which are new, and where was spoken."""
        if self._closed or await self._gate.enter(request) is None:
            return Response(status_code=403)
        return StreamingResponse(self._stream(request), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})

    async def _stream(self, request: Request) -> AsyncIterator[str]:
        mine: asyncio.Queue[str] = asyncio.Queue(100)
        self._listeners.add(mine)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
            self._ready = asyncio.Event()
        try:
            await self._ready.wait()
            yield "retry: 2000\nevent: begin\ndata: {}\n\n"
            while not self._closed:
                try:
                    text = await asyncio.wait_for(mine.get(), PING_SECONDS)
                except TimeoutError:
                    if await self._gate.enter(request) is None:
                        return
                    text = ": here\n\n"
                if text:
                    yield text
        finally:
            self._listeners.discard(mine)

    async def _look(self) -> None:
        """Until nobody listens. What was there before the first listener came is no news."""
        ready = self._ready
        try:
            self._seen = dict.fromkeys(((c.case, c.seq) for c in await self._read()), self._clock.now())
        finally:
            ready.set()
        while self._listeners and not self._closed:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                news = [change for change in await self._read() if (change.case, change.seq) not in self._seen]
            except Exception as error:
                log.error("no look at changes: %s", place(error))
                continue
            now = self._clock.now()
            self._seen = {key: at for key, at in self._seen.items() if at > now - 2 * OVERLAP}
            self._seen |= dict.fromkeys(((c.case, c.seq) for c in news), now)
            if news:
                self._tell(_event(news))

    async def _read(self) -> Sequence[Change]:
        return await to_thread.run_sync(self._changes, self._clock.now() - OVERLAP)

    def _tell(self, text: str) -> None:
        for listener in self._listeners:
            # Whoever reads too slowly gets the next one: each says "look again", none is needed by itself.
            with suppress(asyncio.QueueFull):
                listener.put_nowait(text)


def _event(news: Sequence[Change]) -> str:
    said = list(dict.fromkeys(change.case for change in news if change.kind == SAID))
    cases = list(dict.fromkeys(change.case for change in news if change.kind != SAID))
    opened = list(dict.fromkeys(change.case for change in news if change.kind in ("case.opened", "case.raised", "case.reopened")))
    return f"event: change\ndata: {json.dumps({'cases': cases, 'opened': opened, 'said': said})}\n\n"
