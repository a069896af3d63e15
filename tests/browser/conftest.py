"""The real pages on a free port, the residents' and the staff's, and Debian's Chromium."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.model import Button, Incoming, Reply
from bot.web.app import create
from intents.engine import Engine
from tests.browser.console import Console, Hand, open_console, serving, sign_in
from tests.fakes.desk import SECRET, FakeDesk
from tests.fakes.texts import FileTexts

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    # One process for all pages and none in reserve: a tenth of the time.
    "--renderer-process-limit=1",
    "--disable-extensions",
    "--disable-features=IsolateOrigins,site-per-process,SpareRendererForSitePerProcess,Translate,MediaRouter,OptimizationHints",
]

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
    with serving(create(desk, FileTexts(), secret=SECRET, cases=desk, replay=dt.date(2022, 4, 5))) as url:
        yield Site(url, desk)


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


@contextmanager
def watched(chromium: Any, url: str) -> Iterator[Callable[..., Any]]:
    """Opens pages; at the end no script failed, nothing was blocked, nothing was asked of another host.

    ``refused``: the statuses of ours that the page may meet, as where an action is refused.
    """
    contexts: list[Any] = []
    wrong: list[str] = []

    def open_page(*, refused: tuple[int, ...] = (), **options: Any) -> Any:
        def said(message: Any) -> None:
            met = any(f"the server responded with a status of {status}" in message.text for status in refused)
            if message.type in ("error", "warning") and not met:
                wrong.append(message.text)

        def failed(request: Any) -> None:
            # A page that is left takes with it what it was still loading.
            if request.failure != "net::ERR_ABORTED" or request.is_navigation_request():
                wrong.append(f"failed: {request.url} {request.failure}")

        options = {"viewport": {"width": 320, "height": 568}, "device_scale_factor": 2, "locale": "zh-CN"} | options
        context = chromium.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", said)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda request: None if request.url.startswith(url) else wrong.append(request.url))
        page.on("requestfailed", failed)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture
def tab(chromium: Any, site: Site) -> Iterator[Callable[..., Any]]:
    """Opens the residents' page."""
    with watched(chromium, site.url) as open_page:
        yield open_page


@pytest.fixture(scope="session")
def running(real_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """The whole service, built once: its first pages take longer than all that follow."""
    with open_console(tmp_path_factory.mktemp("console") / "hotline.db", real_engine) as found:
        yield found


@pytest.fixture
def console(chromium: Any, request: pytest.FixtureRequest) -> Console:
    """The whole service with nothing in its database. Asks for the browser first: nothing is started where there is none."""
    found: Console = request.getfixturevalue("running")
    found.clear()
    return found


@pytest.fixture
def stranger(chromium: Any, console: Console) -> Iterator[Callable[..., Any]]:
    """Opens tabs of somebody who is not signed in."""
    with watched(chromium, console.url) as open_page:
        yield open_page


@pytest.fixture
def hand(console: Console, stranger: Callable[..., Any]) -> Hand:
    """Opens tabs of an account by name, which is made where there is none, on its queue."""
    return lambda name="ann", role="operator", **more: sign_in(console, stranger, name, role, **more)


@pytest.fixture
def shot() -> Callable[..., None]:
    """Keeps a screenshot in the folder ``HOTLINE_SHOTS``; takes none, and no time, where that is not set."""
    folder = os.environ.get("HOTLINE_SHOTS", "")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)

    def take(page: Any, name: str, *, whole: bool = False) -> None:
        if folder:
            page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=whole)

    return take
