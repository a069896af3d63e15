"""The staff's pages on a store of their own, with accounts of every role."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from starlette.testclient import TestClient

from bot.accounts import Accounts
from bot.casts import Casts
from bot.casts.words import Letters
from bot.clock import FrozenClock
from bot.desk import Desk
from bot.desk.ticks import Ticks
from bot.desk.view import View
from bot.duty import Duty
from bot.insight import Insights
from bot.listing import Listing
from bot.login import Logins
from bot.model import CaseDraft, Turn
from bot.names import Names
from bot.overlay import Overlaid
from bot.oversight import Oversight
from bot.replies import Replies
from bot.review import Review
from bot.rights import Role
from bot.store import changes
from bot.store.store import Store
from bot.views import Views
from bot.web.app import create
from bot.web.console.build import Console, Parts, build_console
from bot.web.console.gate import COOKIE
from intents.broadcasts import read_cast_rules
from intents.canned import read_canned
from intents.desk_texts import read_desk_texts
from intents.knowledge import Knowledge
from intents.load import load
from intents.targets import Alarms, read_targets
from intents.understanding import Context
from tests.bot.store.play import incoming
from tests.fakes.desk import SECRET, FakeDesk
from tests.fakes.engine import NOON, FakeEngine
from tests.fakes.texts import FileTexts

PASSWORD = "a long one for tests"
SITE = "http://hotline.test"


@dataclass
class Person:
    """Somebody who is signed in with a browser."""

    client: TestClient
    name: str
    csrf: str

    def get(self, path: str, **more: Any) -> Response:
        """A page below ``/desk``."""
        return self.client.get(f"/desk{path}", **more)

    def post(self, path: str, **fields: Any) -> Response:
        """A form of theirs."""
        return self.client.post(f"/desk{path}", data={"csrf": self.csrf, **fields})


@dataclass
class World:
    """The pages and what is below them."""

    console: Console
    app: Any
    store: Store
    clock: FrozenClock
    accounts: Accounts
    logins: Logins
    listing: Listing
    casts: Callable[[str], Casts]

    def client(self, base: str = SITE, **more: Any) -> TestClient:
        """A browser that follows no redirect by itself."""
        return TestClient(self.app, base_url=base, follow_redirects=False, **more)

    def account(self, role: Role = "operator", name: str = "", shown: str = "") -> str:
        """An account with :data:`PASSWORD`; its name."""
        name = name or role
        if self.accounts.get(name) is None:
            self.accounts.use_link(self.accounts.create(name, role, shown=shown), PASSWORD)
        return name

    def person(self, role: Role = "operator", name: str = "", shown: str = "") -> Person:
        """Somebody who came in through the login page."""
        name, client = self.account(role, name, shown), self.client()
        answer = client.post("/desk/login", data={"name": name, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        session = self.logins.session(client.cookies[COOKIE])
        assert session is not None
        return Person(client, name, session.csrf)

    def case(self, chat: str = "1", words: str = "没饭", **more: Any) -> int:
        """An open case of somebody who wrote ``words``."""
        draft, now = CaseDraft("P1", "handoff:care.refused", ("care.refused",), "xian", "yanta", **more), self.clock.now()
        self.store.accept(incoming(chat, text=words))
        row = self.store.claim(f"telegram:{chat}", now)
        assert row is not None
        number, _ = self.store.finish(row, Turn((), row.state, draft), row.version, now)
        return number

    def desk(self, name: str) -> Desk:
        """The desk of somebody else."""
        return Desk(self.store, self.clock, name)

    def kinds(self, number: int) -> list[str]:
        """What was done with a case."""
        return [row.kind for row in self.store.trail(number)]


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load()


@pytest.fixture
def world(tmp_path: Path, weak: None, knowledge: Knowledge) -> Iterator[World]:
    clock = FrozenClock(NOON)
    store = Store(str(tmp_path / "console.db"), clock)
    targets = read_targets()
    ticks = Ticks(store, clock, Alarms(every=3, supervisors=6))
    ticks.start(targets)
    day: Callable[[], dt.date] = lambda: NOON.date()  # noqa: E731
    accounts, logins, listing = Accounts(store, clock), Logins(store, clock), Listing(store, clock)
    overlaid, names = Overlaid(FakeEngine(), knowledge), Names(knowledge)
    letters = Letters(Replies(knowledge), lambda: knowledge, lambda: Context(date=day()))

    def casts(by: str) -> Casts:
        return Casts(store, clock, read_cast_rules(), letters, by)

    console = build_console(
        Parts(
            logins=logins,
            accounts=accounts,
            desks=lambda by: Desk(store, clock, by, targets=targets),
            view=View(store, clock),
            listing=listing,
            views=lambda name: Views(store, clock, name),
            duty=Duty(store, clock),
            insights=Insights(overlaid, day, live=False),
            review=Review(store, clock, overlaid, knowledge, lambda: (), day),
            changes=lambda at: store.read(lambda db: changes.since(db, at)),
            knowledge=lambda: knowledge,
            texts=Replies(knowledge),
            dangers=ticks.dangers,
            words=read_desk_texts(),
            canned=read_canned(),
            clock=clock,
            store=store,
            casts=casts,
            sites=lambda: (),
            made_with=lambda: (Oversight(store, clock, targets, names.hospitals), names),
        )
    )
    fake = FakeDesk()
    app = create(fake, FileTexts(), secret=SECRET, cases=fake, replay=day(), clock=clock, console=console.app)
    yield World(console, app, store, clock, accounts, logins, listing, casts)
    store.close()
