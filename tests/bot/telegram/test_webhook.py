"""The webhook: who may call, what is kept before it is acknowledged, and how it changes places with polling."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

from bot.clock import FrozenClock
from bot.errors import StoreUnavailable
from bot.model import Incoming
from bot.telegram.client import connect
from bot.telegram.keeper import Keeper
from bot.telegram.kept import Follow
from bot.telegram.runner import TelegramRunner
from bot.telegram.webhook import CAP, SECRET, Answer, Webhook, secret_of
from bot.web.hook import Hooked
from bot.web.serve import server
from tests.bot.telegram.play import QUICK, play
from tests.fakes.bot_api import TOKEN, BotApi, rules_of
from tests.fakes.bot_api.updates import message
from tests.fakes.desk import FakeDesk
from tests.fakes.engine import NOON

URL = "https://hotline.example.org/telegram"
SHOWN = {SECRET: secret_of(TOKEN, URL)}
UPDATE = json.dumps({"update_id": 5, "message": {**message(7, 1), "text": "我妈要透析"}}).encode()


def call(desk: FakeDesk, *calls: tuple[dict[str, str], bytes]) -> tuple[list[Answer], list[str]]:
    """The answers, and the addresses that were opened."""
    opened: list[str] = []

    async def main() -> list[Answer]:
        client = connect(TOKEN, "http://127.0.0.1:1")
        hook = Webhook(client, Keeper(desk, FrozenClock(NOON), 123456), Follow(client, opened.append), URL, SHOWN[SECRET])
        try:
            return [await hook.answer(headers, body) for headers, body in calls]
        finally:
            await client.close_connections()

    return asyncio.run(main()), opened


def test_an_update_is_kept_and_then_acknowledged() -> None:
    desk = FakeDesk()
    answers, opened = call(desk, (SHOWN, UPDATE), (SHOWN, UPDATE))
    assert [answer.status for answer in answers] == [200, 200] and opened == ["telegram:7"] * 2
    (incoming,) = desk.inbox
    assert (incoming.update, incoming.text, json.loads(incoming.raw)) == ("123456:5", "我妈要透析", json.loads(UPDATE))
    assert desk.on_the_loop == []


@pytest.mark.parametrize("shown", [{}, {SECRET: ""}, {SECRET: "x"}, {SECRET: SHOWN[SECRET][:-1]}, {SECRET: "密"}])
def test_without_the_secret_nothing_is_kept(shown: dict[str, str]) -> None:
    desk = FakeDesk()
    answers, _ = call(desk, (shown, UPDATE))
    assert answers == [Answer(403)] and desk.calls == []


def test_the_secret_is_compared_whole_whatever_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """In constant time: by nothing but the library's function for it, a right secret and a wrong one alike."""
    compared: list[tuple[bytes, bytes]] = []

    def compare(shown: bytes, secret: bytes) -> bool:
        compared.append((shown, secret))
        return True

    monkeypatch.setattr("bot.telegram.webhook.hmac.compare_digest", compare)
    shown = ("", "x", SHOWN[SECRET][:-1], SHOWN[SECRET])
    answers, _ = call(FakeDesk(), *(({SECRET: one}, UPDATE) for one in shown))
    assert compared == [(one.encode(), SHOWN[SECRET].encode()) for one in shown]
    assert [answer.status for answer in answers] == [200] * 4  # nothing else decides


def test_the_secret_is_one_that_telegram_takes_and_shows_nothing_of_the_token() -> None:
    secret = secret_of(TOKEN, URL)
    assert len(secret) <= 256 and secret.isalnum() and secret not in TOKEN
    assert secret_of(TOKEN, URL + "2") != secret != secret_of(TOKEN + "x", URL)


def test_a_body_of_more_than_a_megabyte_is_refused() -> None:
    desk = FakeDesk()
    just = UPDATE + b" " * (CAP - len(UPDATE))
    answers, _ = call(desk, (SHOWN, just), (SHOWN, just + b" "))
    assert [answer.status for answer in answers] == [200, 413] and len(desk.inbox) == 1


def test_a_store_that_refuses_is_asked_again() -> None:
    desk = FakeDesk()

    def accept(_: Incoming) -> int:
        raise StoreUnavailable("disk full, /secret/path")

    real, desk.accept = desk.accept, accept  # type: ignore[method-assign]
    answers, opened = call(desk, (SHOWN, UPDATE))
    assert answers == [Answer(503, {"Retry-After": "5"})] and opened == []
    desk.accept = real  # type: ignore[method-assign]
    answers, _ = call(desk, (SHOWN, UPDATE))
    assert answers[0].status == 200 and len(desk.inbox) == 1


def test_what_the_store_never_takes_as_it_is_comes_without_its_body() -> None:
    desk = FakeDesk()

    def accept(incoming: Incoming, real: Callable[[Incoming], int] = desk.accept) -> int:
        if incoming.raw:
            raise ValueError
        return real(incoming)

    desk.accept = accept  # type: ignore[method-assign]
    answers, _ = call(desk, (SHOWN, UPDATE), (SHOWN, b"{"))
    assert [answer.status for answer in answers] == [200, 200]
    assert [incoming.text for incoming in desk.inbox] == ["我妈要透析", ""]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\x00", b"[]", b"7", b"[" * 100_000, b'{"update_id": 1e400}', b'{"update_id": "5"}'])
def test_a_body_that_cannot_be_parsed_is_kept_once_and_acknowledged(body: bytes) -> None:
    desk = FakeDesk()
    answers, opened = call(desk, (SHOWN, body), (SHOWN, body))
    assert [answer.status for answer in answers] == [200, 200] and set(opened) == {"telegram:unknown"}
    (incoming,) = desk.inbox
    assert (incoming.chat, incoming.kind, incoming.text) == ("unknown", "unparsed", "") and incoming.raw


def test_no_words_and_no_token_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    desk = FakeDesk()
    desk.refuse["accept"] = 2
    with caplog.at_level(logging.DEBUG):
        answers, _ = call(desk, (SHOWN, UPDATE))
    assert answers[0].status == 503
    assert "透析" not in caplog.text and "SECRET" not in caplog.text and "秘密" not in caplog.text


async def page(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 299, "headers": []})
    await send({"type": "http.response.body", "body": b"page"})


def hooked(api: BotApi, desk: FakeDesk, *steps: Callable[[], object]) -> None:
    """Run the edge behind a real web server; each step is called until it returns something true."""

    async def main() -> None:
        from bot.app import listen

        listener = listen("127.0.0.1", 0)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/telegram"
        runner = TelegramRunner(desk, desk.outbox, TOKEN, api.url, webhook_url=url, pace=QUICK)
        assert runner.webhook is not None
        stop = asyncio.Event()
        web = server(Hooked(page, runner.webhook), "127.0.0.1", 0)
        web.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        serving = asyncio.create_task(web._serve([listener]))
        running = asyncio.create_task(runner.run(stop))
        try:
            for step in steps:
                async with asyncio.timeout(15):
                    while not step():
                        await asyncio.sleep(0.01)
        finally:
            stop.set()
            web.should_exit = True
            await asyncio.gather(serving, running)
            listener.close()

    asyncio.run(main())


def test_telegram_calls_and_is_answered_in_order(api: BotApi) -> None:
    desk = FakeDesk()
    desk.refuse["accept"] = 4
    api.script(*rules_of([{"fault": "500", "method": "setWebhook"}, {"fault": "duplicate", "times": 5}, {"fault": "unknown", "times": 2}]))
    for n in range(60):
        api.says(f"{n}", chat=n % 6 + 1)
    api.state.allowed = ("message",)  # as an older version has asked
    hooked(api, desk, lambda: len(desk.delivered) >= 60, lambda: api.confirmed)
    for chat in range(1, 7):
        texts = [incoming.text for incoming in desk.inbox if incoming.chat == str(chat)]
        assert texts == [f"{n}" for n in range(chat - 1, 60, 6)]
    assert api.state.allowed == () and all(status == 503 and after == "5" for _, status, after in api.state.refusals)


def test_switching_loses_and_doubles_nothing(api: BotApi) -> None:
    desk = FakeDesk()
    api.script(*rules_of([{"fault": "close_after", "method": "getUpdates", "skip": 2}]))
    written = 0

    def write() -> bool:
        nonlocal written
        for _ in range(10):
            api.says(f"{written}", chat=written % 3 + 1)
            written += 1
        return True

    for _ in range(3):
        play(api, desk, write, lambda: len(desk.inbox) > written - 5, write)
        hooked(api, desk, write, lambda: len(desk.inbox) > written - 5, write)
    hooked(api, desk, lambda: len(desk.inbox) == written, lambda: not api.state.updates)
    assert len(desk.inbox) == written == 120
    for chat in range(1, 4):
        assert [incoming.text for incoming in desk.inbox if incoming.chat == str(chat)] == [f"{n}" for n in range(chat - 1, 120, 3)]


def test_the_page_stays_beside_the_hook_and_a_failure_shows_nothing() -> None:
    said: list[Any] = []

    class Broken:
        path, cap = "/telegram", 10

        async def answer(self, headers: Any, body: bytes) -> Answer:
            assert len(body) <= 11
            raise RuntimeError(TOKEN)

    async def ask(path: str, method: str, body: bytes, length: str = "") -> int:
        said.clear()
        chunks = [{"type": "http.request", "body": body[n : n + 4], "more_body": n + 4 < len(body)} for n in range(0, len(body) or 1, 4)]

        async def receive() -> Any:
            return chunks.pop(0)

        async def send(event: Any) -> None:
            said.append(event)

        headers = [(b"content-length", length.encode())] if length else []
        await Hooked(page, Broken())({"type": "http", "path": path, "method": method, "headers": headers}, receive, send)
        return int(said[0]["status"])

    assert asyncio.run(ask("/", "GET", b"")) == 299
    assert asyncio.run(ask("/telegram", "GET", b"")) == 405
    assert asyncio.run(ask("/telegram", "POST", b"x" * 40)) == 503
    assert asyncio.run(ask("/telegram", "POST", b"", length="9999")) == 503
    assert TOKEN not in str(said)
