"""The staff's console with the whole service behind it: accounts, residents who write, tabs that are signed in."""

from __future__ import annotations

import asyncio
import itertools
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from bot import passwords
from bot.account import Theme
from bot.app import App, build
from bot.audience import Audience
from bot.broadcast import Draft, Plan
from bot.clock import Clock, FrozenClock, SystemClock
from bot.listing import Listing
from bot.login import LASTS
from bot.model import Case, Incoming
from bot.rights import Role
from bot.settings import Settings
from bot.store import sessions
from bot.store.copy import TABLES
from bot.web.console.gate import COOKIE
from bot.web.serve import server
from intents.engine import Engine
from tests.bot.store.casts import people

PASSWORD = "four words and a comma"
REFUSED = "西安市一家医院拒收我妈，她要透析，我们在雁塔区"
CHEST = "我爸胸口疼得厉害，喘不上气，出冷汗，雁塔区"
DESKTOP = {"width": 1200, "height": 800}
PHONE = {"viewport": {"width": 320, "height": 568}, "is_mobile": True, "has_touch": True}
_NUMBERS = itertools.count(1)


class Hand(Protocol):
    """Opens a tab of an account; see :func:`sign_in`."""

    def __call__(self, name: str = "ann", role: Role = "operator", **more: Any) -> Any: ...


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """An application on a free port; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    web = server(app, "127.0.0.1", port)
    thread = threading.Thread(target=lambda: asyncio.run(web.serve()), daemon=True)
    thread.start()
    end = time.monotonic() + 10
    while not web.started and time.monotonic() < end:
        time.sleep(0.02)
    assert web.started
    yield f"http://127.0.0.1:{port}"
    web.should_exit = True
    thread.join(10)


@dataclass
class Console:
    """The running service. ``tokens``: of those who have signed in."""

    url: str
    app: App
    clock: Clock = field(default_factory=SystemClock)
    tokens: dict[str, str] = field(default_factory=dict)

    def clear(self) -> None:
        """Everything is deleted but what the service made for itself; numbers go on, as they do for whoever listens."""
        tables = [table for table in reversed(TABLES) if table not in ("secrets", "targets")]
        self.app.store.write(lambda db: [db.execute(f"DELETE FROM {table}") for table in tables])
        self.tokens.clear()

    def says(self, text: str, chat: str = "7") -> Case | None:
        """A resident writes in Telegram; their newest case."""
        incoming = Incoming("telegram", chat, f"u{next(_NUMBERS)}", text, self.clock.now())
        self.app.hotline.accept(incoming)
        self.app.hotline.process(incoming.address)
        Listing(self.app.store, self.clock).catch_up()
        return self.app.store.case_of(incoming.address)

    def case(self, text: str = REFUSED, chat: str = "7") -> int:
        """The number of a case that a resident's words opened."""
        found = self.says(text, chat)
        assert found is not None and found.status == "open"
        return found.number

    def status(self, number: int) -> str:
        """Whether a case is open or closed."""
        found = self.app.store.case(number)
        return found.status if found else ""

    def holder(self, number: int) -> str:
        """Who works on a case now."""
        found = self.app.store.case(number)
        return found.held_by(self.clock.now()) if found else ""

    def told(self, chat: str = "7") -> str:
        """The newest line that the resident was written."""
        lines = [line.text for line in self.app.hotline.history(f"telegram:{chat}") if line.author != "resident"]
        return lines[-1] if lines else ""

    def kinds(self, number: int) -> list[str]:
        """The kinds of the links of a case's audit, oldest first."""
        return [row.kind for row in self.app.store.trail(number)]

    def account(self, name: str, role: Role, lang: str = "zh", theme: Theme = "") -> None:
        """An account; without a password, which takes its time."""
        accounts = self.app.accounts
        if accounts.get(name) is None:
            accounts.create(name, role)
        accounts.settings(name, shown="", lang=lang, theme=theme)

    def token(self, name: str) -> str:
        """What the cookie of somebody who is signed in holds."""
        if name not in self.tokens:
            token, csrf, now = passwords.token(), passwords.token(), self.clock.now()
            self.app.store.write(lambda db: sessions.add(db, name, passwords.fingerprint(token), csrf, "", now, now + LASTS))
            self.tokens[name] = token
        return self.tokens[name]


def broadcasts(console: Console) -> tuple[int, int]:
    """Two broadcasts of somebody else's: a draft that is for many, and one that is on its way, some of it in doubt; their numbers."""
    store, clock = console.app.store, console.clock
    people(store, 130, clock.now(), first=50_001)
    casts = console.app.desk.casts("bob")
    audience = Audience(districts=("xian/yanta",), not_topics=("care.fever",))
    draft = casts.write(Draft("service", "{district}明天停水", "No water in {district} tomorrow", audience, Plan(quiet=False), "Water"))
    flying = casts.write(Draft("emergency", "着火，快下楼", "Fire: leave now", audience, Plan(quiet=False)))
    casts.send(flying)
    console.app.desk.casts("eve").approve(flying)
    sent = 0
    for _ in range(20 if isinstance(clock, FrozenClock) else 1):
        console.app.desk.caster.tick()
        for row in store.take("telegram", 20, clock.now()):
            sent += 1
            if sent % 9 == 4:
                store.uncertain(row.id, row.attempt, "timeout", clock.now())
            else:
                store.delivered(row.id, row.attempt, clock.now())
        if isinstance(clock, FrozenClock):
            clock.advance(0.2)
    console.app.desk.caster.tick()
    return draft, flying


@contextmanager
def open_console(database: Path, engine: Engine, clock: Clock | None = None) -> Iterator[Console]:
    """The service over this database, with no channel but the page's; the time is the machine's where no clock is given."""
    clock = clock or SystemClock()
    app = build(Settings(database=str(database), date="2022-04-05", city="", data="", telegram_bot_token=None), clock=clock, engine=engine)
    try:
        with serving(app.web) as url:
            yield Console(url, app, clock)
    finally:
        app.close()


def sign_in(
    console: Console,
    open_page: Callable[..., Any],
    name: str,
    role: Role,
    *,
    lang: str = "zh",
    theme: Theme = "",
    path: str = "/",
    **options: Any,
) -> Any:
    """A tab of this account, on a page below ``/desk``."""
    console.account(name, role, lang, theme)
    page = open_page(**{"viewport": DESKTOP, "device_scale_factor": 1} | options)
    page.context.add_cookies([{"name": COOKIE, "value": console.token(name), "url": f"{console.url}/desk/"}])
    page.goto(f"{console.url}/desk{path}")
    return page


def waits_until(true: Callable[[], bool], seconds: float = 5.0) -> None:
    """Until a condition holds that the browser cannot see. Fails where it does not in time."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.01)


def send(page: Any, selector: str) -> None:
    """Click what sends a form, and wait for the page that follows."""
    with page.expect_navigation():
        page.click(selector)
