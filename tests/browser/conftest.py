"""The real page on a free port, and Debian's Chromium."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.model import Button, Incoming, Reply
from bot.web.app import create
from bot.web.serve import server
from tests.fakes.desk import SECRET, FakeDesk
from tests.fakes.texts import FileTexts

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

_DIALYSIS = """\
透析不能停，西安市规定医院不得停诊、不得推诿。

雁塔区可以去：
西安市第九医院（血液透析），电话 029-82631000
小区封控也能去：打社区 24 小时值班电话，由专车点对点接送、闭环返回。

带上：身份证、病历、最近的透析记录。

依据：西安市疫情防控指挥部，2022-01-05
还不行就打 12345。"""
_ALARM = """\
马上打 120，开免提。

按压胸口正中，每分钟 100 到 120 次，不要停。
120 打不通：去最近的急诊，任何医院都不得拒收。
已经记下（#17），还没有人看到，不要等我们。"""


def reply(incoming: Incoming) -> tuple[Reply, ...]:
    """Replies of the real kind: an emergency, a question with buttons, an answer, a slow one."""
    if "呼吸" in incoming.text or "breath" in incoming.text:
        return (Reply(_ALARM),)
    if "透析" in incoming.text:
        return (Reply("您在哪个区？", (Button("雁塔区", "雁塔区"), Button("碑林区", "碑林区"), Button("不知道", "不知道在哪个区"))),)
    if "区" in incoming.text:
        return (Reply(_DIALYSIS),)
    if incoming.text == "slow":
        time.sleep(1)
    return (Reply(f"You said: {incoming.text}"),)


@dataclass
class Site:
    """The running page."""

    url: str
    desk: FakeDesk


@pytest.fixture
def site() -> Iterator[Site]:
    desk = FakeDesk(reply)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    web = server(create(desk, FileTexts(), secret=SECRET, cases=desk, replay=dt.date(2022, 4, 5)), "127.0.0.1", port)
    thread = threading.Thread(target=lambda: asyncio.run(web.serve()), daemon=True)
    thread.start()
    end = time.monotonic() + 10
    while not web.started and time.monotonic() < end:
        time.sleep(0.02)
    assert web.started
    yield Site(f"http://127.0.0.1:{port}", desk)
    web.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A browser for one module and no longer: while Playwright runs, no other test of the thread can run asyncio."""
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium: {CHROMIUM} is not here (apt-get install chromium)")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Tab:
    """A page that notes what must not happen."""

    page: Any
    wrong: list[str] = field(default_factory=list)


@pytest.fixture
def tab(chromium: Any, site: Site) -> Iterator[Callable[..., Any]]:
    """Opens a page; at the end no script failed, nothing was blocked, nothing was asked of another host."""
    contexts: list[Any] = []
    wrong: list[str] = []

    def open_tab(**options: Any) -> Any:
        options = {"viewport": {"width": 320, "height": 568}, "device_scale_factor": 2, "locale": "zh-CN"} | options
        context = chromium.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda request: None if request.url.startswith(site.url) else wrong.append(request.url))
        page.on("requestfailed", lambda request: wrong.append(f"failed: {request.url}"))
        return page

    yield open_tab
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture
def shot(tmp_path: Path) -> Callable[..., None]:
    """Keeps a screenshot in ``HOTLINE_SHOTS``, or in the test's own folder."""
    folder = Path(os.environ.get("HOTLINE_SHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)

    def take(page: Any, name: str, *, whole: bool = False) -> None:
        page.screenshot(path=str(folder / f"{name}.png"), full_page=whole)

    return take
