"""A path of the web server that belongs to another edge: bytes and headers in, an answer out. Beside the page, not inside it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Protocol

from starlette.types import ASGIApp, Receive, Scope, Send

from bot.web.guard import place

log = logging.getLogger(__name__)


class Answered(Protocol):
    """What is answered."""

    @property
    def status(self) -> int:
        """The HTTP status."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers besides the length."""
        ...

    @property
    def body(self) -> bytes:
        """The body, mostly empty."""
        ...


class Hook(Protocol):
    """Whoever answers for a path."""

    @property
    def path(self) -> str:
        """The path, with its leading slash."""
        ...

    @property
    def cap(self) -> int:
        """Bytes of a body above which nothing more is read."""
        ...

    async def answer(self, headers: Mapping[str, str], body: bytes) -> Answered:
        """Answer one POST. Header names are in lower case; a body of more than ``cap`` bytes was cut somewhere above them."""
        ...


class Hooked:
    """ASGI: the hook's path goes to the hook, all else to the page. Nothing of a failure is shown."""

    def __init__(self, app: ASGIApp, hook: Hook) -> None:
        self._app = app
        self._hook = hook

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["path"] != self._hook.path:
            await self._app(scope, receive, send)
            return
        if scope["method"] != "POST":
            await _say(send, 405, {"Allow": "POST"}, b"")
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        body = await _body(receive, headers.get("content-length", ""), self._hook.cap)
        if body is None:
            return
        try:
            answer = await self._hook.answer(headers, body)
        except Exception as error:
            log.error("hook failed: %s", place(error))
            await _say(send, 503, {"Retry-After": "5"}, b"")
            return
        await _say(send, answer.status, answer.headers, answer.body)


async def _body(receive: Receive, length: str, cap: int) -> bytes | None:
    """The body, read no further than just above ``cap`` bytes; None where the caller has gone."""
    if length.isdecimal() and int(length[:12]) > cap:
        return bytes(cap + 1)
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > cap or not message.get("more_body", False):
            return b"".join(chunks)


async def _say(send: Send, status: int, headers: Mapping[str, str], body: bytes) -> None:
    given = {"Cache-Control": "no-store", "Content-Type": "text/plain", **headers, "Content-Length": str(len(body))}
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in given.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})
