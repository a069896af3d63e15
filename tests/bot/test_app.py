"""The whole service in a process of its own: it starts, answers, ends, and loses nothing when it is killed."""

from __future__ import annotations

import http.client
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.app import listen
from bot.clock import FrozenClock
from bot.errors import SettingsError
from bot.hotline import Hotline
from bot.settings import Settings
from bot.store.store import Store
from bot.telegram.webhook import CAP, SECRET
from tests.fakes.bot_api import TOKEN, BotApi
from tests.fakes.engine import FakeEngine, FakeReplies, fake_decide

ROOT = Path(__file__).resolve().parents[2]
SERVICE = """
import sys, types
from pathlib import Path
import bot
from tests.fakes.engine import FakeEngine, FakeReplies, fake_decide
for name, content in (("intents.engine", {"Engine": FakeEngine}), ("bot.replies", {"Replies": FakeReplies}),
                      ("bot.conversation", {"decide": fake_decide})):
    module = types.ModuleType(name)
    module.__dict__.update(content)
    module.__path__ = [str(Path(bot.__file__).parent / "conversation")]  # what lies below it is real
    sys.modules[name] = module
from bot.cli import main
main(["run"])
"""
ASKED_AT_ONCE = """
import os, signal
import bot.app
opened = bot.app.listen
def listen(host, port):
    found = opened(host, port)
    os.kill(os.getpid(), signal.SIGTERM)
    return found
bot.app.listen = listen
"""
BROKEN = """
import bot.hotline, os
def fail(self, *given):
    raise RuntimeError(f"{os.environ['TELEGRAM_BOT_TOKEN']} {os.environ['HOTLINE_TELEGRAM_BASE_URL']} {given}")
bot.hotline.Hotline.accept = fail
"""
WRITER = """
import datetime as dt, itertools, sys
from bot.model import Incoming
from bot.store.store import Store
store = Store("hotline.db")
for number in itertools.count(1):
    id = store.accept(Incoming("telegram", str(number % 5), str(number), "没饭", dt.datetime.now(dt.UTC)))
    sys.stdout.write(f"{id}\\n")
    sys.stdout.flush()
"""


def start(script: str, folder: Path, **env: str) -> subprocess.Popen[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HOTLINE_", "TELEGRAM_"))}
    return subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=folder,
        # The fakes are in this process only.
        env=kept | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "HOTLINE_UNDERSTANDERS": "0", "HOTLINE_BRIEF_HOUR": "off"} | env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def service(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    process = start(SERVICE, tmp_path, HOTLINE_PORT="0", HOTLINE_LOG_LEVEL="WARNING")
    try:
        yield process, address_of(process)
    finally:
        process.kill()
        process.communicate()


def address_of(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    for line in process.stderr:
        if found := re.search(r"http://\S+", line):
            return found.group()
    raise AssertionError("the service did not start")


def say(url: str, text: str) -> str:
    data = urllib.parse.urlencode({"text": text, "once": "abcdefgh1234"}).encode()
    with urllib.request.build_opener(urllib.request.HTTPCookieProcessor()).open(url, data, timeout=20) as answer:
        return str(answer.read().decode())


def too_much(port: int, secret: str, *, said: bool) -> int:
    """A body above the webhook's megabyte, its length told or sent in pieces; the status of the answer."""
    calling = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    body = b" " * (CAP + 1)
    try:
        pieces = body if said else (body[at : at + 65_536] for at in range(0, len(body), 65_536))
        calling.request("POST", "/telegram", pieces, {SECRET: secret}, encode_chunked=not said)
        return calling.getresponse().status
    finally:
        calling.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_service_answers_and_ends(service: tuple[subprocess.Popen[str], str], tmp_path: Path, number: signal.Signals) -> None:
    process, url = service
    with urllib.request.urlopen(f"{url}healthz", timeout=20) as answer:
        assert answer.status == 200
    assert "care.emergency" in say(url, "胸痛")
    process.send_signal(number)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 0, errors
    assert "Traceback" not in errors and "胸痛" not in errors
    store = Store(str(tmp_path / "hotline.db"))
    assert [case.priority for case in store.queue()] == ["P0"]
    store.close()


def test_a_service_that_is_asked_to_end_as_its_port_opens_ends_well(tmp_path: Path) -> None:
    process = start(ASKED_AT_ONCE + SERVICE, tmp_path, HOTLINE_PORT="0", HOTLINE_LOG_LEVEL="WARNING")
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 0, errors
    assert "Traceback" not in errors


def test_telegram_is_answered_in_order_and_the_token_is_not_logged(tmp_path: Path) -> None:
    with BotApi().serve() as api:
        process = start(
            SERVICE, tmp_path, HOTLINE_PORT="0", HOTLINE_LOG_LEVEL="DEBUG", TELEGRAM_BOT_TOKEN=TOKEN, HOTLINE_TELEGRAM_BASE_URL=api.url
        )
        for text in ("胸痛", "没饭", "透析"):
            api.says(text)
        until = time.monotonic() + 20
        while len(api.sent) < 5 and time.monotonic() < until:
            time.sleep(0.05)
        process.terminate()
        _, errors = process.communicate(timeout=20)
    assert [sent.text.split(" ")[0] for sent in api.sent] == ["<emergency>", "case", "<handoff>", "case", "<answer>"], errors
    assert process.returncode == 0 and TOKEN not in errors and "SECRET" not in errors and "胸痛" not in errors
    assert '"event": "answered"' in errors


def test_telegram_calls_the_webhook_of_the_service(tmp_path: Path) -> None:
    spare = listen("127.0.0.1", 0)
    port = spare.getsockname()[1]
    spare.close()
    with BotApi().serve() as api:
        for text in ("胸痛", "没饭"):
            api.says(text)
        process = start(
            SERVICE,
            tmp_path,
            HOTLINE_PORT=str(port),
            HOTLINE_LOG_LEVEL="DEBUG",
            TELEGRAM_BOT_TOKEN=TOKEN,
            HOTLINE_TELEGRAM_BASE_URL=api.url,
            HOTLINE_WEBHOOK_URL=f"http://127.0.0.1:{port}/telegram",
        )
        until = time.monotonic() + 20
        while len(api.sent) < 4 and time.monotonic() < until:
            time.sleep(0.05)
        page = f"http://127.0.0.1:{port}/"
        assert "care.emergency" in say(page, "胸痛")
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(f"{page}telegram", b"{}", timeout=20)
        assert too_much(port, api.state.secret, said=False) == too_much(port, api.state.secret, said=True) == 413
        process.terminate()
        _, errors = process.communicate(timeout=20)
    assert [sent.text.split(" ")[0] for sent in api.sent] == ["<emergency>", "case", "<handoff>", "case"], errors
    assert process.returncode == 0 and "getUpdates" not in api.calls
    assert TOKEN not in errors and "SECRET" not in errors and api.state.secret not in errors and "胸痛" not in errors


def test_an_error_page_shows_neither_the_token_nor_the_database(tmp_path: Path) -> None:
    with BotApi().serve() as api:
        process = start(
            BROKEN + SERVICE, tmp_path, HOTLINE_PORT="0", TELEGRAM_BOT_TOKEN=TOKEN, HOTLINE_TELEGRAM_BASE_URL=api.url, PYTHONDEVMODE="1"
        )
        url = address_of(process)
        with pytest.raises(urllib.error.HTTPError, match="500") as refused:
            say(url, "胸痛")
        shown = refused.value.read().decode() + str(refused.value.headers)
        process.terminate()
        _, errors = process.communicate(timeout=20)
    assert "120" in shown and "胸痛" not in shown
    for secret in (TOKEN, "SECRET", "hotline.db", "Traceback", api.url):
        assert secret not in shown
    assert "request failed" in errors and TOKEN not in errors and "SECRET" not in errors and "胸痛" not in errors


def test_what_was_left_open_is_answered_at_the_start(tmp_path: Path, service: tuple[subprocess.Popen[str], str]) -> None:
    process, _ = service
    process.kill()
    process.wait()
    writer = start(WRITER, tmp_path)
    assert writer.stdout is not None
    writer.stdout.readline()
    writer.kill()
    writer.communicate()
    again = start(SERVICE, tmp_path, HOTLINE_PORT="0", HOTLINE_LOG_LEVEL="WARNING")
    address_of(again)
    store = Store(str(tmp_path / "hotline.db"))
    until = time.monotonic() + 20
    while store.open_addresses() and time.monotonic() < until:
        time.sleep(0.05)
    again.terminate()
    again.communicate(timeout=20)
    assert store.open_addresses() == [] and store.queue()
    store.close()


def test_a_kill_loses_nothing_that_was_acknowledged(tmp_path: Path, settings: Settings, clock: FrozenClock) -> None:
    process = start(WRITER, tmp_path)
    assert process.stdout is not None
    early = [process.stdout.readline() for _ in range(50)]  # it is in full swing
    process.kill()
    said, errors = process.communicate(timeout=30)
    acknowledged = {int(line) for line in "".join([*early, said]).splitlines()}
    assert len(acknowledged) >= 50, errors
    conn = sqlite3.connect(tmp_path / "hotline.db")
    kept = {row[0] for row in conn.execute("SELECT id FROM inbox")}
    assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    conn.close()
    assert acknowledged <= kept
    store = Store(str(tmp_path / "hotline.db"), clock)
    hotline = Hotline(FakeEngine(), FakeReplies(), store, settings, clock, decide=fake_decide)
    for address in store.open_addresses()[:1]:
        assert hotline.process(address) > 0
    store.close()


def test_a_port_that_is_taken_is_named() -> None:
    taken = listen("127.0.0.1", 0)
    try:
        with pytest.raises(SettingsError, match="HOTLINE_PORT"):
            listen("127.0.0.1", taken.getsockname()[1])
    finally:
        taken.close()
    with pytest.raises(SettingsError, match="HOTLINE_HOST"):
        listen("no.such.host.invalid", 80)
