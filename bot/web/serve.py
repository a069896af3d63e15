"""The server under the page."""

from __future__ import annotations

import uvicorn
from starlette.types import ASGIApp


def server(app: ASGIApp, host: str, port: int) -> uvicorn.Server:
    """A uvicorn server for :func:`bot.web.app.create`; ``await .serve()`` it, set ``.should_exit`` to end it.

    Requests are not logged and uvicorn leaves logging as the service configured it.
    """
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        access_log=False,
        server_header=False,
        log_config=None,
        lifespan="off",
        ws="none",
        proxy_headers=True,
        timeout_keep_alive=20,
        timeout_graceful_shutdown=10,
    )
    return uvicorn.Server(config)
