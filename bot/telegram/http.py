"""HTTP for the Bot API on asyncio and h11: a fifth of the general client's work for each call, and it knows what was sent."""

from __future__ import annotations

import asyncio
import secrets
import ssl
import time
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

import h11
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

T = TypeVar("T")
_IDLE = 15.0
"""Seconds after which a connection that was not used is not used again: the server may be closing it."""
_CHUNK = 65_536
_MOST = 64 * 1024 * 1024
"""Bytes of an answer."""
_LOST = (OSError, EOFError, h11.ProtocolError)


class NotConnected(NetworkError):
    """Nothing was sent."""


@dataclass
class _Line:
    """A connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    state: h11.Connection
    used: float

    @property
    def fresh(self) -> bool:
        """Whether it can be used again."""
        return not self.reader.at_eof() and not self.writer.is_closing() and time.monotonic() - self.used < _IDLE

    def close(self) -> None:
        self.writer.close()


class Calls(BaseRequest):
    """Posts forms to one server; what the library needs of HTTP. Errors hold neither the address, with the token, nor words."""

    def __init__(self, connections: int, *, connect: float = 10.0, read: float = 15.0) -> None:
        """``connections`` at most at once; seconds for connecting and for an answer, unless a call says otherwise."""
        self._most = connections
        self._connect = connect
        self._read = read
        self._room: asyncio.Semaphore | None = None
        self._idle: list[_Line] = []
        self._closed = False
        self._tls: ssl.SSLContext | None = None

    @property
    def read_timeout(self) -> float | None:
        """Seconds to wait for an answer."""
        return self._read

    async def initialize(self) -> None:
        """Nothing to prepare: connections are opened when they are needed, and kept from now on."""
        self._closed = False

    async def shutdown(self) -> None:
        """Close the connections that are idle; those in use are closed when their call ends."""
        self._closed = True
        lines, self._idle = self._idle, []
        for line in lines:
            line.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One call; status and body. Raises :class:`NotConnected`; or ``TimedOut`` or ``NetworkError``, and then it may have arrived."""
        kind, body = _body(request_data)
        seconds = read_timeout if isinstance(read_timeout, int | float) else self._read
        self._room = self._room or asyncio.Semaphore(self._most)
        async with self._room:
            line = await self._line(url)
            try:
                answer = await _within(seconds, _exchange(line, url, method, kind, body))
            except TimeoutError:
                line.close()
                raise TimedOut from None
            except _LOST as error:
                line.close()
                raise NetworkError(type(error).__name__) from None
            except BaseException:
                line.close()
                raise
        if not self._closed and line.state.our_state is h11.DONE and line.state.their_state is h11.DONE:
            line.state.start_next_cycle()
            line.used = time.monotonic()
            self._idle.append(line)
        else:
            line.close()
        return answer

    async def _line(self, url: str) -> _Line:
        while self._idle:
            line = self._idle.pop()
            if line.fresh:
                return line
            line.close()
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        if secure and self._tls is None:
            self._tls = ssl.create_default_context()
        try:
            port = parts.port or (443 if secure else 80)
            reader, writer = await _within(
                self._connect, asyncio.open_connection(parts.hostname, port, ssl=self._tls if secure else None, limit=_CHUNK * 4)
            )
        except (OSError, TimeoutError, ValueError) as error:
            raise NotConnected(type(error).__name__) from None
        return _Line(reader, writer, h11.Connection(h11.CLIENT), time.monotonic())


async def _within(seconds: float, work: Awaitable[T]) -> T:
    async with asyncio.timeout(seconds):
        return await work


def _body(data: RequestData | None) -> tuple[str, bytes]:
    """A call's content type and body: a form, in parts where a file goes with it."""
    if data is None or not data.contains_files:
        return "application/x-www-form-urlencoded", urlencode(data.json_parameters).encode() if data is not None else b""
    end = secrets.token_hex(16)
    parts = [(f'name="{name}"', value.encode()) for name, value in data.json_parameters.items()]
    for name, (file, content, mime) in data.multipart_data.items():
        if not isinstance(content, bytes):
            raise TelegramError("only files in memory are sent here")
        parts.append((f'name="{name}"; filename="{file}"\r\nContent-Type: {mime}', content))
    body = b"".join(f"--{end}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + part + b"\r\n" for head, part in parts)
    return f"multipart/form-data; boundary={end}", body + f"--{end}--\r\n".encode()


async def _exchange(line: _Line, url: str, method: str, kind: str, body: bytes) -> tuple[int, bytes]:
    """Send a request and read its answer."""
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    headers = [
        ("Host", parts.netloc.rpartition("@")[2]),
        ("User-Agent", BaseRequest.USER_AGENT),
        ("Content-Type", kind),
        ("Content-Length", str(len(body))),
    ]
    state = line.state
    sent = [state.send(h11.Request(method=method, target=target, headers=headers)), state.send(h11.Data(data=body))]
    line.writer.write(b"".join(part for part in (*sent, state.send(h11.EndOfMessage())) if part))
    await line.writer.drain()
    status, chunks, size = 0, [], 0
    while True:
        event = state.next_event()
        if event is h11.NEED_DATA:
            received = await line.reader.read(_CHUNK)
            if not received and state.their_state is h11.SEND_RESPONSE:
                raise EOFError
            state.receive_data(received)
        elif isinstance(event, h11.Response):
            status = event.status_code
        elif isinstance(event, h11.Data):
            chunks.append(bytes(event.data))
            size += len(event.data)
            if size > _MOST:
                raise EOFError
        elif isinstance(event, h11.EndOfMessage):
            return status, b"".join(chunks)
        elif event is h11.PAUSED or isinstance(event, h11.ConnectionClosed):
            raise EOFError
