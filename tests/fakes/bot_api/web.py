"""As much HTTP/1.1 as both sides of a webhook and a Bot API need, on asyncio streams."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Heard:
    """A request: target with its query, and body."""

    target: str
    body: bytes
    headers: Mapping[str, str]


class Cut(Exception):
    """No answer: the connection is closed, or reset."""

    def __init__(self, reset: bool = False) -> None:
        super().__init__()
        self.reset = reset


Handler = Callable[[Heard], Awaitable[tuple[int, bytes]]]


async def _head(reader: asyncio.StreamReader) -> tuple[str, dict[str, str]]:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    fields = (line.partition(":") for line in lines[1:] if line)
    return lines[0], {name.strip().lower(): value.strip() for name, _, value in fields}


async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, handle: Handler) -> None:
    """Serve one connection until it ends."""
    try:
        while True:
            first, headers = await _head(reader)
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            status, answer = await handle(Heard(first.split(" ")[1], body, headers))
            close = headers.get("connection", "").lower() == "close"
            kind = b"close" if close else b"keep-alive"
            writer.write(
                b"HTTP/1.1 %d .\r\nContent-Type: application/json\r\nConnection: %s\r\nContent-Length: %d\r\n\r\n%s"
                % (status, kind, len(answer), answer)
            )
            await writer.drain()
            if close:
                break
    except Cut as cut:
        if cut.reset:
            raw = writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
    except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError, IndexError):
        pass
    finally:
        with contextlib.suppress(Exception):
            writer.close()


def in_parts(kind: str, body: bytes) -> dict[str, str]:
    """The fields of a form in parts; a file's bytes as the characters of Latin-1."""
    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    fields = {}
    for part in message.iter_parts():  # type: ignore[attr-defined]
        content = part.get_payload(decode=True)
        name = part.get_param("name", header="content-disposition")
        fields[name] = content.decode("latin-1" if part.get_filename() else "utf-8")
    return fields


class Caller:
    """One connection to a web server, opened when needed and kept."""

    def __init__(self) -> None:
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], seconds: float) -> tuple[int, dict[str, str]]:
        """Post a JSON body; status and headers of the answer. Raises OSError, EOFError or TimeoutError."""
        parts = urlsplit(url)
        lines = [f"POST {parts.path or '/'} HTTP/1.1", f"Host: {parts.netloc}", "Content-Type: application/json"]
        lines += [f"Content-Length: {len(body)}", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        try:
            async with asyncio.timeout(seconds):
                if self._streams is None:
                    self._streams = await asyncio.open_connection(parts.hostname, parts.port)
                reader, writer = self._streams
                writer.write("\r\n".join(lines).encode() + body)
                await writer.drain()
                first, answered = await _head(reader)
                await reader.readexactly(int(answered.get("content-length", 0)))
                if answered.get("connection", "").lower() == "close":
                    self.close()
                return int(first.split(" ")[1]), answered
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None
