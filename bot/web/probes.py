"""What a monitor asks: whether the service is ready, and its numbers."""

from __future__ import annotations

import logging
from typing import Protocol

from anyio import fail_after, to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.web.guard import place

log = logging.getLogger(__name__)
_PATIENCE = 5
"""Seconds the database may take."""


class Probe(Protocol):
    """Who knows. Both block."""

    def ready(self) -> None:
        """Raises where a message could not be committed now."""
        ...

    def text(self) -> bytes:
        """The numbers in Prometheus' text format."""
        ...


def probes(probe: Probe) -> list[Route]:
    """The routes ``/readyz`` and ``/metrics``."""

    async def ready(_: Request) -> Response:
        try:
            with fail_after(_PATIENCE):
                await to_thread.run_sync(probe.ready, abandon_on_cancel=True)
        except Exception as error:
            log.error("not ready: %s", place(error))
            return PlainTextResponse("not ready\n", 503, headers={"Retry-After": "5"})
        return PlainTextResponse("ready\n")

    async def metrics(_: Request) -> Response:
        with fail_after(_PATIENCE):
            return PlainTextResponse(await to_thread.run_sync(probe.text, abandon_on_cancel=True), media_type="text/plain; version=0.0.4")

    return [Route("/readyz", ready, methods=["GET"]), Route("/metrics", metrics, methods=["GET"])]
