"""The way in: cookies, forms of other sites, guessing, and where one is sent after the login."""

from __future__ import annotations

import pytest

from bot.account import Account
from bot.login import CLIENT_WAIT, FREE_TRIES, IDLE, LASTS, NAME_WAIT
from bot.store.staff_audit import NOBODY
from bot.web.console.gate import COOKIE
from tests.bot.web.console.conftest import PASSWORD, SITE, Person, World


def sign_in(world: World, onward: str = "", base: str = SITE, cookie: str = "") -> tuple[int, str, str]:
    """Status, where one is sent, and the cookie as it is set."""
    client = world.client(base)
    if cookie:
        client.cookies.set(COOKIE, cookie, path="/desk/")
    answer = client.post("/desk/login", data={"name": world.account(), "password": PASSWORD, "next": onward})
    return answer.status_code, answer.headers.get("location", ""), answer.headers.get("set-cookie", "")


@pytest.mark.parametrize(("base", "secure"), [(SITE, False), ("https://hotline.test", True)])
def test_the_cookie_is_for_our_own_pages_alone(world: World, base: str, secure: bool) -> None:
    status, where, cookie = sign_in(world, base=base)
    parts = [part.strip().lower() for part in cookie.split(";")[1:]]
    assert (status, where) == (303, "/desk/")
    assert {"httponly", "samesite=lax", "path=/desk/"} <= set(parts) and ("secure" in parts) is secure
    assert f"max-age={int(LASTS.total_seconds())}" in parts and not [part for part in parts if part.startswith("domain")]


def test_a_cookie_that_was_set_before_the_login_is_not_the_one_after(world: World) -> None:
    planted = "x" * 43
    _, _, cookie = sign_in(world, cookie=planted)
    assert planted not in cookie and cookie.startswith(f"{COOKIE}=") and len(cookie.partition(";")[0]) > 40
    assert world.logins.session(planted) is None
    older = world.person()
    _, _, again = sign_in(world, cookie=older.client.cookies[COOKIE])
    assert older.client.cookies[COOKIE] not in again


def test_signing_out_ends_the_session_on_our_side(world: World) -> None:
    person = world.person()
    cookie = person.client.cookies[COOKIE]
    answer = person.post("/logout")
    assert answer.headers["location"] == "/desk/login" and f'{COOKIE}=""' in answer.headers["set-cookie"]
    late = world.client()
    late.cookies.set(COOKIE, cookie, path="/desk/")
    assert late.get("/desk/").headers["location"] == "/desk/login"


@pytest.mark.parametrize("seconds", [IDLE.total_seconds(), LASTS.total_seconds()])
def test_a_session_ends_by_itself(world: World, seconds: float) -> None:
    person = world.person()
    assert person.get("/").status_code == 200
    world.clock.advance(seconds)
    assert person.get("/shift").headers["location"] == "/desk/login?next=%2Fshift"


def test_a_shut_account_and_another_role_hold_from_the_next_click_on(world: World) -> None:
    boss, person = world.person("admin"), world.person("supervisor")
    assert person.get("/audit").status_code == 200
    assert boss.post("/accounts/supervisor/role", role="operator").status_code == 303
    assert person.get("/audit").status_code == 403
    assert boss.post("/accounts/supervisor/disable").status_code == 303
    assert person.get("/").status_code == 303
    assert world.client().post("/desk/login", data={"name": "supervisor", "password": PASSWORD}).status_code == 401
    answer = boss.post("/accounts/admin/disable")
    assert answer.status_code == 409 and boss.get("/accounts").status_code == 200, "the last administrator stays"


FORMS = (
    ("/case/1/take", "case.take"),
    ("/case/1/answer", "case.answer"),
    ("/case/1/close", "case.close"),
    ("/bulk/do", "bulk"),
    ("/accounts", "accounts.manage"),
    ("/settings/tokens", "tokens.own"),
    ("/logout", "settings.own"),
)


@pytest.mark.parametrize(("path", "action"), FORMS)
@pytest.mark.parametrize("given", ["none", "empty", "another session's", "another's", "not ascii", "twice, ours last"])
def test_a_form_without_the_session_s_own_token_changes_nothing_and_is_kept(world: World, path: str, action: str, given: str) -> None:
    number, person = world.case(), world.person("admin")
    other, same = world.person("operator"), world.person("admin")
    token = {
        "none": {},
        "empty": {"csrf": ""},
        "another session's": {"csrf": same.csrf},
        "another's": {"csrf": other.csrf},
        "not ascii": {"csrf": "红"},
        "twice, ours last": {"csrf": ["x", person.csrf]},
    }[given]
    assert person.csrf not in (same.csrf, other.csrf)
    before, names = world.kinds(number), [one.name for one in world.accounts.all()]
    fields = {"text": "a", "outcome": "helped", "name": "new", "role": "admin", "label": "a", "number": "1", "act": "take", **token}
    answer = person.client.post(f"/desk{path}", data=fields)
    assert answer.status_code == 403
    assert world.kinds(number) == before and [one.name for one in world.accounts.all()] == names and world.logins.tokens("admin") == []
    assert person.get("/").status_code == 200, "still signed in"
    last = world.accounts.trail("admin")[-1]
    assert (last.kind, last.detail) == ("csrf.refused", {"what": action}) and world.accounts.intact("admin")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.test"},
        {"Origin": "http://hotline.test:81"},
        {"Origin": "http://hotline.test.evil.test"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": SITE},
    ],
)
def test_a_form_that_another_site_sent_is_refused(world: World, headers: dict[str, str]) -> None:
    number, person = world.case(), world.person()
    before = world.kinds(number)
    assert person.client.post(f"/desk/case/{number}/take", data={"csrf": person.csrf}, headers=headers).status_code == 403
    assert world.kinds(number) == before
    last = world.accounts.trail("operator")[-1]
    assert (last.kind, last.detail) == ("csrf.refused", {"what": "case.take"})
    stranger = world.client()
    login = stranger.post("/desk/login", data={"name": "operator", "password": PASSWORD}, headers=headers)
    assert login.status_code == 403 and "set-cookie" not in login.headers, "nobody is signed in to somebody else's account"
    link = world.accounts.relink("operator")
    assert stranger.post(f"/desk/link/{link}", data={"password": PASSWORD, "again": PASSWORD}, headers=headers).status_code == 403
    assert world.accounts.link_for(link) == "operator"


@pytest.mark.parametrize("headers", [{"Origin": SITE}, {"Origin": "null"}, {"Sec-Fetch-Site": "same-origin"}, {"X-Csrf-Token": "own"}])
def test_our_own_form_is_taken(world: World, headers: dict[str, str]) -> None:
    number, person = world.case(), world.person()
    own = headers.get("X-Csrf-Token") == "own"
    sent = {"X-Csrf-Token": person.csrf} if own else headers
    answer = person.client.post(f"/desk/case/{number}/take", data={} if own else {"csrf": person.csrf}, headers=sent)
    assert answer.status_code == 303 and world.kinds(number)[-1] == "case.taken"


def tries(world: World, name: str, password: str = "wrong, wrong, wrong", client: str = "") -> int:
    kind = {"client": (client, 1)} if client else {}
    return world.client(**kind).post("/desk/login", data={"name": name, "password": password}).status_code


def test_guessing_is_slowed_down_and_the_right_password_waits_too(world: World) -> None:
    name = world.account()
    assert [tries(world, name) for _ in range(FREE_TRIES)] == [401] * FREE_TRIES
    assert (tries(world, name), tries(world, name, PASSWORD)) == (429, 429)
    world.clock.advance(NAME_WAIT.total_seconds())
    assert tries(world, name, PASSWORD) == 303
    assert [row.kind for row in world.accounts.trail(name)].count("login.refused") == FREE_TRIES


def test_guessing_one_name_from_many_addresses_is_slowed_down_too(world: World) -> None:
    name = world.account()
    assert [tries(world, name, client=f"192.0.2.{n}") for n in range(FREE_TRIES)] == [401] * FREE_TRIES
    assert tries(world, name, PASSWORD, client="192.0.2.99") == 429
    assert tries(world, world.account(name="bob"), PASSWORD, client="192.0.2.99") == 303, "others are not kept out"


def test_guessing_many_names_from_one_address_is_slowed_down_too(world: World) -> None:
    name = world.account()
    assert [tries(world, f"name{n}") for n in range(FREE_TRIES)] == [401] * FREE_TRIES
    assert tries(world, name, PASSWORD) == 429
    world.clock.advance(CLIENT_WAIT.total_seconds())
    assert tries(world, name, PASSWORD) == 303


def test_what_was_typed_as_a_name_is_kept_nowhere(world: World) -> None:
    typed = "my secret password"
    world.client().post("/desk/login", data={"name": typed, "password": "x"})
    assert [row.kind for row in world.accounts.trail(NOBODY)] == ["login.refused"] and world.accounts.trail(typed) == []
    assert not [row for row in world.accounts.newest() if typed in str(row)]


def test_the_answer_does_not_tell_what_was_wrong(world: World) -> None:
    name, client = world.account(), world.client()
    world.account(name="shut")
    world.account("admin")
    world.accounts.disable("shut")
    wrong = (
        {"name": name, "password": "wrong, wrong, wrong"},
        {"name": "nobody", "password": PASSWORD},
        {"name": "shut", "password": PASSWORD},
    )
    pages = [client.post("/desk/login", data=fields) for fields in wrong]
    assert {page.status_code for page in pages} == {401}
    assert len({page.text.replace(f'value="{given["name"]}"', "") for page, given in zip(pages, wrong, strict=True)}) == 1


@pytest.mark.parametrize("cookies", [{}, {"hotline": "1.a.b"}, {COOKIE: "guess"}, {COOKIE: "x" * 5000}])
def test_a_resident_s_cookie_opens_nothing(world: World, cookies: dict[str, str]) -> None:
    number, client = world.case(), world.client()
    page = client.get("/")
    assert page.status_code == 200
    client.post("/", data={"text": "没饭"})
    for name, value in cookies.items():
        client.cookies.set(name, value)
    for path in ("/desk/", f"/desk/case/{number}", "/desk/audit", "/desk/oversight/cases.csv"):
        assert client.get(path).headers["location"].startswith("/desk/login"), path
    assert client.get("/desk/events").status_code == 403
    assert client.get("/desk/api/v1/cases").status_code == 401
    assert client.post(f"/desk/case/{number}/take", data={}).headers["location"] == "/desk/login"


def test_a_staff_cookie_is_not_sent_to_the_residents_pages(world: World) -> None:
    person = world.person()
    person.client.get("/")
    kept = next(cookie for cookie in person.client.cookies.jar if cookie.name == COOKIE)
    assert kept.path == "/desk/"


@pytest.mark.parametrize("onward", ["/shift", "/case/12?done=taken", "/?priority=P0&district=yanta", "/search?text=%E9%80%8F%E6%9E%90"])
def test_after_the_login_one_is_where_one_wanted_to_be(world: World, onward: str) -> None:
    assert sign_in(world, onward)[:2] == (303, f"/desk{onward}")


@pytest.mark.parametrize(
    "onward",
    [
        "//evil.test",
        "///evil.test",
        "https://evil.test",
        "https:evil.test",
        "/\\evil.test",
        "\\\\evil.test",
        "/\t/evil.test",
        "/a\r\nSet-Cookie: a=b",
        "javascript:alert(1)",
        "evil.test",
        "/@evil.test",
        "/" + "a" * 400,
    ],
)
def test_after_the_login_nobody_is_sent_elsewhere(world: World, onward: str) -> None:
    assert sign_in(world, onward)[:2] == (303, "/desk/")
    page = world.client().get("/desk/login", params={"next": onward})
    assert page.status_code == 200 and 'name="next" value=""' in page.text


def test_what_was_to_be_seen_comes_after_the_login(world: World) -> None:
    client = world.client()
    where = client.get("/desk/search?text=透析&status=any").headers["location"]
    page = client.get(where)
    name = world.account()
    onward = page.text.partition('name="next" value="')[2].partition('"')[0].replace("&amp;", "&")
    answer = client.post("/desk/login", data={"name": name, "password": PASSWORD, "next": onward})
    found = client.get(answer.headers["location"])
    assert found.status_code == 200 and found.url.params["text"] == "透析" and found.url.params["status"] == "any"


def test_every_page_carries_the_strict_headers(world: World) -> None:
    number, person = world.case(), world.person("admin")
    paths = (
        "/",
        f"/case/{number}",
        "/search?text=a",
        "/shift",
        "/settings",
        "/audit",
        "/accounts",
        "/oversight",
        "/people",
        "/unmatched",
        "/none",
    )
    for path in paths:
        answer = person.get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy, path
        assert answer.headers["cache-control"] == "no-store" and answer.headers["x-content-type-options"] == "nosniff", path
        assert "<script>" not in answer.text and " style=" not in answer.text and " onclick=" not in answer.text, path


def test_a_link_makes_the_first_account_once(world: World) -> None:
    token, client = world.accounts.first_link(), world.client()
    assert token is not None and client.get(f"/desk/link/{token}").status_code == 200
    fields = {"name": "first", "password": PASSWORD, "again": PASSWORD}
    assert client.post(f"/desk/link/{token}", data=fields | {"again": "another one, no"}).status_code == 400
    assert client.post(f"/desk/link/{token}", data=fields | {"password": "short", "again": "short"}).status_code == 400
    assert client.post(f"/desk/link/{token}", data=fields | {"name": "<b>"}).status_code == 400
    assert world.accounts.all() == []
    done = client.post(f"/desk/link/{token}", data=fields)
    assert done.status_code == 303 and COOKIE in done.headers["set-cookie"]
    (account,) = world.accounts.all()
    assert (account.name, account.role) == ("first", "admin")
    assert client.post(f"/desk/link/{token}", data=fields | {"name": "second"}).status_code == 410
    assert world.client().get(f"/desk/link/{token}").status_code == 410 and len(world.accounts.all()) == 1


def test_one_s_own_sessions_and_tokens_are_ended_and_nobody_else_s(world: World) -> None:
    one, two, other = world.person(), world.person(), world.person("supervisor")
    numbers = {session.id for session in world.logins.sessions(one_account(world, one))}
    foreign = world.logins.sessions(one_account(world, other))[0].id
    assert len(numbers) == 2 and one.post("/settings/sessions", id=str(foreign)).status_code == 303
    assert other.get("/").status_code == 200
    one.post("/settings/sessions", id=str(max(numbers)))
    assert two.get("/").status_code == 303 and one.get("/").status_code == 200
    token = world.logins.token_make("supervisor", "other")
    one.post("/settings/tokens/revoke", id=str(world.logins.tokens("supervisor")[0].id))
    assert world.logins.token_account(token) is not None


def one_account(world: World, person: Person) -> Account:
    found = world.accounts.get(person.name)
    assert found is not None
    return found
