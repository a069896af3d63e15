"""Every route of the staff's pages: without a login to the login page, and with each role what the table of rights says."""

from __future__ import annotations

from typing import get_args

import pytest
from starlette.routing import Route

from bot.audience import Audience
from bot.broadcast import Draft
from bot.rights import Role
from tests.bot.test_rights import CELLS
from tests.bot.web.console.conftest import World

ROLES: tuple[Role, ...] = get_args(Role)
MAY = {(role, action): allowed for role, action, allowed in CELLS}
PAGES = """
GET  /                              queue.view
GET  /alarms                        queue.view
GET  /search                        queue.view
POST /views                         queue.view        query=status%3Dany title=a
POST /views/remove                  queue.view        view=1
GET  /shift                         queue.view
POST /shift/start                   duty.own          hours=4
POST /shift/stop                    duty.own
POST /shift/plan                    duty.plan         from=2022-04-06T08:00 hours=4 name=operator
POST /shift/drop                    duty.plan         from=1 name=operator
GET  /case/{number}                 case.view
POST /case/{number}/here            case.view
POST /case/{number}/take            case.take
POST /case/{number}/over            case.take_over
POST /case/{number}/release         case.take
POST /case/{number}/answer          case.answer       text=a
POST /case/{number}/note            case.note         note=a
POST /case/{number}/priority        case.priority     level=P2 reason=a
POST /case/{number}/close           case.close        outcome=helped
POST /case/{number}/reopen          case.reopen
GET  /case/{number}/sheet           case.view
POST /case/{number}/snooze          case.snooze       for=30
POST /case/{number}/wake            case.snooze
POST /case/{number}/check           case.answer       for=120
POST /case/{number}/handover        case.handover     to=team whom=a needs=b
POST /case/{number}/merge           case.merge        into=2
POST /case/{number}/unmerge         case.merge
POST /case/{number}/split           case.split        about=a
POST /case/{number}/link            case.link         other=2 why=same
POST /case/{number}/unlink          case.link         other=2
POST /case/{number}/again           case.answer       outbox=1
POST /case/{number}/call            case.answer       call=a
POST /case/{number}/called          case.answer       call=1
GET  /broadcasts                    broadcast.view
POST /broadcasts                    broadcast.write    zh=a en=b kind=service expires=24
GET  /broadcasts/new                broadcast.write
POST /broadcasts/count              broadcast.write    zh=a en=b kind=service
GET  /broadcasts/{number}           broadcast.view
POST /broadcasts/{number}/write     broadcast.write    zh=a en=b kind=service version=1
POST /broadcasts/{number}/test      broadcast.write
POST /broadcasts/{number}/send      broadcast.write
POST /broadcasts/{number}/approve   broadcast.approve
POST /broadcasts/{number}/refuse    broadcast.approve
POST /broadcasts/{number}/pause     broadcast.write
POST /broadcasts/{number}/resume    broadcast.write
POST /broadcasts/{number}/cancel    broadcast.write
POST /broadcasts/{number}/discard   broadcast.write
POST /broadcasts/{number}/again     broadcast.write    run=1
GET  /settings                      settings.own
POST /settings                      settings.own      shown=a lang=zh
POST /settings/totp                 settings.own
POST /settings/totp/confirm         settings.own      code=1
POST /settings/totp/off             settings.own      password=a
POST /settings/sessions             settings.own      id=99
POST /settings/tokens               tokens.own        label=a
POST /settings/tokens/revoke        tokens.own        id=99
GET  /oversight                     oversight.view
GET  /oversight/charts.css          oversight.view
GET  /oversight/brief               oversight.view
GET  /oversight/cases.csv           export
GET  /oversight/figures.csv         export
GET  /people                        people.view
GET  /directory                     directory.view
GET  /unmatched                     unmatched.view
POST /unmatched                     unmatched.propose topic=a phrases=b
POST /unmatched/approve             unmatched.approve id=1
POST /unmatched/refuse              unmatched.approve id=1
POST /unmatched/withdraw            unmatched.approve id=1
POST /bulk                          bulk              number=1 act=take
POST /bulk/do                       bulk              number=1 act=take
GET  /audit                         audit.view
GET  /accounts                      accounts.manage
POST /accounts                      accounts.manage   name=new role=operator
POST /accounts/{name}/role          accounts.manage   role=operator
POST /accounts/{name}/telegram      accounts.manage   telegram=5
POST /accounts/{name}/link          accounts.manage
POST /accounts/{name}/disable       accounts.manage
POST /accounts/{name}/enable        accounts.manage
POST /logout                        settings.own
"""
API = """
GET  /api/v1/me                       settings.own
GET  /api/v1/cases                    queue.view
GET  /api/v1/cases/{number}           case.view
POST /api/v1/cases/{number}/take      case.take
POST /api/v1/cases/{number}/release   case.take
POST /api/v1/cases/{number}/answer    case.answer
POST /api/v1/cases/{number}/note      case.note
POST /api/v1/cases/{number}/close     case.close
POST /api/v1/cases/{number}/reopen    case.reopen
POST /api/v1/cases/{number}/priority  case.priority
POST /api/v1/cases/{number}/snooze    case.snooze
"""
OPEN = {
    ("GET", "/login"),
    ("POST", "/login"),
    ("GET", "/link/{token}"),
    ("POST", "/link/{token}"),
    ("GET", "/api/v1/openapi.json"),
    ("GET", "/events"),  # by the cookie, tested in test_gate
}
"""Routes that ask for nobody's right."""


def rows(table: str) -> list[tuple[str, str, str, dict[str, str]]]:
    """Method, path, action and what the form holds."""
    lines = [line.split() for line in table.strip().splitlines()]
    return [(line[0], line[1], line[2], dict(part.split("=", 1) for part in line[3:])) for line in lines]


def at(path: str) -> str:
    return path.replace("{number}", "1").replace("{name}", "victim")


def test_the_table_names_every_route(world: World) -> None:
    routes = {(method, route.path) for route in world.console.app.routes if isinstance(route, Route) for method in route.methods or ()}
    named = [(method, path) for method, path, _, _ in (*rows(PAGES), *rows(API))]
    assert {found for found in routes if found[0] != "HEAD"} == {*named, *OPEN}
    assert len(named) == len(set(named)) and len(routes) > 60


def test_whoever_is_not_signed_in_is_sent_to_the_login(world: World) -> None:
    number, client = world.case(), world.client()
    before = world.kinds(number)
    for method, path, _, fields in rows(PAGES):
        answer = client.request(method, f"/desk{at(path)}", data=fields or None)
        assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/desk/login"), path
    for method, path, _, _ in rows(API):
        assert client.request(method, f"/desk{at(path)}", json={}).status_code == 401, path
    assert world.kinds(number) == before and world.accounts.all() == []


@pytest.mark.parametrize("role", ROLES)
def test_each_route_for_a_role(world: World, role: Role) -> None:
    world.case("1")
    world.case("2")
    world.account("admin", "boss")
    world.account("operator", "victim")
    world.casts("boss").write(Draft("service", "一", "one", Audience()))
    refused = 0
    person = world.person(role)
    for method, path, action, fields in rows(PAGES):
        answer = person.get(at(path)) if method == "GET" else person.post(at(path), **fields)
        if MAY[role, action]:
            # 400 and 409: the page was reached, and said what cannot be done now.
            assert answer.status_code in ((200,) if method == "GET" else (200, 303, 400, 409)), (path, answer.status_code)
            assert answer.headers.get("location", "") == "/desk/login" if path == "/logout" else "/login" not in str(answer.headers), path
        else:
            refused += 1
            assert answer.status_code == 403, path
    trail = [row.detail for row in world.accounts.trail(role) if row.kind == "right.refused"]
    expected = [{"what": action} for _, _, action, _ in rows(PAGES) if not MAY[role, action]]
    assert trail == expected and refused == len(expected) and world.accounts.intact(role)
    assert (refused == 0) is (role == "admin")


@pytest.mark.parametrize("role", ROLES)
def test_each_route_of_the_api_for_a_role(world: World, role: Role) -> None:
    world.case()
    token = world.logins.token_make(world.account(role), "test")
    client = world.client(headers={"Authorization": f"Bearer {token}"})
    for method, path, action, _ in rows(API):
        answer = client.request(method, f"/desk{at(path)}", json={} if method == "POST" else None)
        assert (answer.status_code == 403) is not MAY[role, action], (path, answer.status_code)
        assert answer.status_code in (200, 400, 403, 409), path


def test_nothing_is_done_by_whoever_may_not(world: World) -> None:
    number, other = world.case("1"), world.case("2")
    world.account("operator", "victim")
    person = world.person("readonly")
    before = [world.kinds(one) for one in (number, other)]
    for method, path, action, fields in rows(PAGES):
        if method == "POST" and not MAY["readonly", action]:
            person.post(at(path), **fields)
    assert [world.kinds(one) for one in (number, other)] == before
    assert {one.name: (one.role, one.disabled_at) for one in world.accounts.all()} == {
        "victim": ("operator", None),
        "readonly": ("readonly", None),
    }
