"""HTTP to the Bot API: connections kept and not trusted too long, what is known of a call that failed, TLS, proxies."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import RequestData

from bot.telegram import http
from bot.telegram.client import Client, connect, proxied
from bot.telegram.http import Calls, NotConnected
from bot.telegram.pools import Pools
from tests.fakes.bot_api import TOKEN, BotApi

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
Say = Callable[[asyncio.StreamWriter, int], Coroutine[Any, Any, None]]


def against(say: Say, work: Callable[[Calls, str], Coroutine[Any, Any, Any]], tls: ssl.SSLContext | None = None, **limits: Any) -> int:
    """Run ``work`` against a server that answers each request with ``say``, told its number; how many connections there were."""
    opened = requests = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal opened, requests
        opened += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                assert head.startswith(b"POST /bot1:x/getMe HTTP/1.1\r\n")
                length = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
                await reader.readexactly(int(length.split(b":")[1]))
                requests += 1
                await say(writer, requests)
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()

    async def main() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
        port = server.sockets[0].getsockname()[1]
        calls = Calls(4, **limits)
        try:
            await work(calls, f"http{'s' if tls else ''}://{'localhost' if tls else '127.0.0.1'}:{port}/bot1:x/getMe")
        finally:
            await calls.shutdown()
            server.close()

    asyncio.run(main())
    return opened


async def fine(writer: asyncio.StreamWriter, _: int) -> None:
    writer.write(OK)


async def twice(calls: Calls, url: str) -> None:
    for _ in range(2):
        assert await calls.do_request(url, "POST", RequestData([])) == (200, b"{}")


def test_a_connection_is_kept() -> None:
    assert against(fine, twice) == 1


def test_a_call_that_ends_after_the_shutdown_leaves_no_connection_open() -> None:
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def waits(writer: asyncio.StreamWriter, _: int) -> None:
        asked.set()
        await go_on.wait()
        writer.write(OK)

    async def ends_late(calls: Calls, url: str) -> None:
        call = asyncio.create_task(calls.do_request(url, "POST", RequestData([])))
        await asked.wait()
        await calls.shutdown()
        go_on.set()
        assert await call == (200, b"{}") and calls._idle == []

    assert against(waits, ends_late) == 1


def test_one_that_the_server_closed_or_that_is_old_is_not_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def closing(writer: asyncio.StreamWriter, _: int) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}")

    async def gone(writer: asyncio.StreamWriter, _: int) -> None:
        writer.write(OK)
        writer.close()

    async def slowly(calls: Calls, url: str) -> None:
        for _ in range(2):
            assert await calls.do_request(url, "POST") == (200, b"{}")
            await asyncio.sleep(0.05)

    assert against(closing, twice) == 2
    assert against(gone, slowly) == 2
    monkeypatch.setattr(http, "_IDLE", 0.0)
    assert against(fine, twice) == 2


def test_an_answer_in_pieces() -> None:
    async def pieces(writer: asyncio.StreamWriter, _: int) -> None:
        for part in (b"HTTP/1.1 200 OK\r\nTransfer-Enc", b"oding: chunked\r\n\r\n1\r\n{\r\n", b"1\r\n}\r\n0\r\n\r\n"):
            writer.write(part)
            await asyncio.sleep(0.01)

    assert against(pieces, twice) == 1


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\n"])
def test_an_answer_that_breaks_off_may_have_arrived(answer: bytes) -> None:
    async def broken(writer: asyncio.StreamWriter, number: int) -> None:
        writer.write(answer if number == 1 else OK)
        if number == 1:
            writer.close()

    async def work(calls: Calls, url: str) -> None:
        with pytest.raises(NetworkError) as failure:
            await calls.do_request(url, "POST")
        assert not isinstance(failure.value, NotConnected | TimedOut) and "bot1:x" not in str(failure.value)
        assert await calls.do_request(url, "POST") == (200, b"{}")

    assert against(broken, work) == 2


def test_an_answer_that_is_late_or_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    async def late(writer: asyncio.StreamWriter, _: int) -> None:
        await asyncio.sleep(0.5)

    async def waits(calls: Calls, url: str) -> None:
        for seconds in ({}, {"read_timeout": 0.05}):
            with pytest.raises(TimedOut):
                await calls.do_request(url, "POST", **seconds)

    against(late, waits, read=0.1)
    monkeypatch.setattr(http, "_MOST", 1)

    async def long(calls: Calls, url: str) -> None:
        with pytest.raises(NetworkError):
            await calls.do_request(url, "POST")

    against(fine, long)


def test_no_more_connections_than_allowed() -> None:
    running = most = 0

    async def count(writer: asyncio.StreamWriter, _: int) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1
        writer.write(OK)

    async def many(calls: Calls, url: str) -> None:
        await asyncio.gather(*(calls.do_request(url, "POST") for _ in range(30)))

    assert against(count, many) == 4 and most == 4


def test_nobody_there_means_nothing_was_sent() -> None:
    async def main(url: str) -> None:
        with pytest.raises(NotConnected):
            await Calls(1, connect=2).do_request(url, "POST")

    for url in ("http://127.0.0.1:1/x", "http://no.such.host.invalid/x", "https://127.0.0.1:1/x"):
        asyncio.run(main(url))


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make a certificate with")
def test_only_a_server_that_is_who_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    more = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*command, *more], check=True, capture_output=True)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)

    async def refused(calls: Calls, url: str) -> None:
        with pytest.raises(NotConnected):
            await calls.do_request(url, "POST")

    against(fine, refused, tls)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    against(fine, twice, tls)


def test_a_file_is_not_sent() -> None:
    class WithFile(RequestData):
        contains_files = True

    with pytest.raises(TelegramError):
        asyncio.run(Calls(1).do_request("http://127.0.0.1:1/", "POST", WithFile([])))


def test_a_proxy_of_the_environment_is_used(api: BotApi, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    assert not proxied("https://api.telegram.org")
    monkeypatch.setenv("HTTP_PROXY", api.url)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert proxied("http://telegram.example") and not proxied(api.url)

    async def main() -> None:
        client: Client = connect(TOKEN, "http://telegram.example")
        assert all(isinstance(request, Pools) for request in client._request)
        try:
            assert (await client.get_me()).username == "green_bot"
            await asyncio.gather(*(client.say(n, "x", None) for n in range(1, 13)))
        finally:
            await client.close_connections()

    asyncio.run(main())
    assert len(api.sent) == 12
