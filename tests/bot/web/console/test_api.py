"""The JSON API: the same acts and rights as the pages, described as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from bot.accounts import Accounts
from bot.clock import FrozenClock
from bot.desk import Desk
from bot.desk.ticks import Ticks
from bot.desk.view import View
from bot.listing import Listing
from bot.login import Logins
from bot.model import CaseDraft
from bot.rights import Role
from bot.store.store import Store
from bot.web.console.api import Api
from bot.web.console.api_models import MODELS
from intents.targets import Alarms, read_targets
from tests.bot.store.test_cases import turn
from tests.fakes.engine import NOON

AT = "/desk/api/v1"


@dataclass
class World:
    """The API on a store of its own."""

    app: Starlette
    store: Store
    clock: FrozenClock
    accounts: Accounts
    logins: Logins

    def client(self, role: Role = "operator", name: str = "") -> TestClient:
        """Somebody with a token."""
        name = name or role
        if self.accounts.get(name) is None:
            self.accounts.create(name, role)
        return TestClient(self.app, headers={"Authorization": f"Bearer {self.logins.token_make(name, 'test')}"})

    def case(self, chat: str = "1") -> int:
        """An open case."""
        return turn(
            self.store, CaseDraft("P1", "handoff:care.refused", ("care.refused",), "xian", "yanta"), chat=chat, now=self.clock.now()
        )


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    clock = FrozenClock(NOON)
    store = Store(str(tmp_path / "api.db"), clock)
    Ticks(store, clock, Alarms(every=3, supervisors=6)).start(read_targets())
    accounts, logins = Accounts(store, clock), Logins(store, clock)
    api = Api(logins, lambda by: Desk(store, clock, by), View(store, clock), Listing(store, clock), clock)
    yield World(Starlette(routes=[Mount("/desk", routes=api.routes())]), store, clock, accounts, logins)
    store.close()


def test_a_case_from_the_list_to_its_end(world: World) -> None:
    number, client = world.case(), world.client()
    assert client.get(f"{AT}/me").json() == {"name": "operator", "role": "operator"}
    (listed,) = client.get(f"{AT}/cases").json()["cases"]
    assert (listed["number"], listed["priority"], listed["topics"], listed["owner"]) == (number, "P1", ["care.refused"], "")
    version = client.get(f"{AT}/cases/{number}").json()["version"]
    taken = client.post(f"{AT}/cases/{number}/take", json={"seen": version, "once": "a"})
    assert taken.status_code == 200 and taken.json()["version"] > version
    assert client.post(f"{AT}/cases/{number}/take", json={"seen": version, "once": "a"}).status_code == 200, "sent twice, done once"
    assert client.get(f"{AT}/cases/{number}").json()["owner"] == "operator"
    assert client.post(f"{AT}/cases/{number}/note", json={"text": "社区在办"}).status_code == 200
    assert client.post(f"{AT}/cases/{number}/priority", json={"level": "P2", "reason": "不急了"}).status_code == 200
    assert client.post(f"{AT}/cases/{number}/snooze", json={"until": "2022-04-05T06:00:00Z"}).status_code == 200
    assert client.get(f"{AT}/cases").json()["cases"] == [] and len(client.get(f"{AT}/cases?snoozed=1").json()["cases"]) == 1
    assert client.post(f"{AT}/cases/{number}/close", json={"outcome": "helped"}).status_code == 200
    assert [row.kind for row in world.store.trail(number)].count("staff.close") == 1 and world.store.intact(number)


def test_what_changed_meanwhile_is_told_and_nothing_is_written(world: World) -> None:
    number, client = world.case(), world.client()
    Desk(world.store, world.clock, "bob").set_priority(number, "P0", "急")
    answer = client.post(f"{AT}/cases/{number}/answer", json={"text": "车到了", "seen": 1})
    assert answer.status_code == 409 and answer.headers["content-type"].startswith("application/problem+json")
    assert (answer.json()["why"], answer.json()["changed"]) == ("changed", ["case.priority"])
    assert "staff.answer" not in [row.kind for row in world.store.trail(number)]


def test_somebody_elses_case_is_refused_but_to_a_supervisor_who_says_so(world: World) -> None:
    number = world.case()
    Desk(world.store, world.clock, "bob").take(number)
    assert world.client().post(f"{AT}/cases/{number}/take", json={}).json()["why"] == "busy"
    assert world.client().post(f"{AT}/cases/{number}/take", json={"over": True}).status_code == 403
    assert world.client("supervisor").post(f"{AT}/cases/{number}/take", json={"over": True}).status_code == 200


def test_nobody_without_a_token_and_nothing_without_the_right(world: World) -> None:
    number = world.case()
    stranger = TestClient(world.app)
    for path in ("/me", "/cases", f"/cases/{number}"):
        assert stranger.get(AT + path).status_code == 401
    for name in MODELS:
        assert stranger.post(f"{AT}/cases/{number}/{name}", json={}).status_code == 401
        assert world.client("readonly").post(f"{AT}/cases/{number}/{name}", json={}).status_code == 403
    assert {row.kind for row in world.accounts.trail("readonly")} >= {"right.refused"}
    client = world.client()
    world.accounts.disable("operator")
    assert client.get(f"{AT}/me").status_code == 401, "a shut account's tokens hold no more"


def test_a_cookie_is_no_token(world: World) -> None:
    world.accounts.create("ann", "admin")
    client = TestClient(world.app, cookies={"hotline_desk": world.logins.token_make("ann", "x")})
    assert client.get(f"{AT}/me").status_code == 401


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"text": ""}', b'{"text": "a", "more": 1}', b'{"text": "a", "seen": -1}', b"\xff"])
def test_a_broken_body_is_refused_without_its_words(world: World, body: bytes) -> None:
    number = world.case()
    answer = world.client().post(f"{AT}/cases/{number}/answer", content=body)
    assert answer.status_code == 400 and "a" * 2 not in answer.text.replace("about:blank", "")


def test_a_body_that_is_too_long_and_a_case_that_is_none(world: World) -> None:
    client = world.client()
    assert client.post(f"{AT}/cases/{world.case()}/note", content=b" " * 2_000_000).status_code == 413
    for number in ("0", "99", "x", "99999999999999999999", "１"):
        assert client.get(f"{AT}/cases/{number}").status_code == 404


def test_pages_follow_each_other(world: World) -> None:
    numbers = {world.case(str(chat)) for chat in range(60)}
    client, seen, after = world.client(), set[int](), ""
    while True:
        page = client.get(f"{AT}/cases", params={"after": after}).json()
        found = {case["number"] for case in page["cases"]}
        assert not found & seen
        seen |= found
        after = page["following"]
        if not after:
            break
    assert seen == numbers


def test_the_description_holds_against_whatever_is_sent(world: World) -> None:
    schemathesis = pytest.importorskip("schemathesis")
    world.case()
    token = world.client("supervisor").headers["authorization"]
    schema = schemathesis.openapi.from_asgi(f"{AT}/openapi.json", world.app)
    tried = 0
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(max_examples=15, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def sends(case: Any) -> None:
            nonlocal tried
            tried += 1
            answer = case.call(headers={"Authorization": token})
            assert answer.status_code < 500
            case.validate_response(answer)

        sends()
    assert tried > 100
    assert world.store.read(lambda db: db.one("SELECT 1 AS one")) == {"one": 1}


def test_an_answer_with_a_gap_is_not_sent_by_a_program_either(world: World) -> None:
    answer = world.client().post(f"{AT}/cases/{world.case()}/answer", json={"text": "请到 ____ 等"})
    assert (answer.status_code, answer.json()["why"]) == (409, "unfilled")
