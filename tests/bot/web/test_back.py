"""Coming back to a case from another browser; and what keeps everybody else out."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from bot.clock import FrozenClock
from bot.store.store import Store
from bot.web.app import create
from bot.web.back import Tries
from bot.web.rate import Rate
from bot.web.seal import Seal
from tests.bot.web.conftest import NOON
from tests.fakes.desk import SECRET, FakeDesk
from tests.fakes.engine import FakeEngine, FakeReplies
from tests.fakes.html import Page
from tests.fakes.texts import FileTexts

WRONG = "对不上"
OFTEN = "试的次数太多"


class Ticks:
    """A clock of seconds for the limits."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def browser(desk: FakeDesk, ticks: Ticks | None = None) -> TestClient:
    """One more browser of somebody who reads Chinese."""
    tick = ticks or Ticks()
    tries = Tries(Rate(burst=3, per_minute=1, tick=tick), Rate(burst=5, per_minute=1, tick=tick))
    app = create(desk, FileTexts(), secret=SECRET, cases=desk, replay=None, clock=FrozenClock(NOON), tries=tries)
    return TestClient(app, base_url="http://hotline.test")


def with_case(client: TestClient, desk: FakeDesk, words: str = "我爸胸口疼") -> tuple[str, str]:
    """Write and have a case opened; its number and code as the page shows them."""
    client.get("/")
    client.post("/", data={"text": words})
    case = desk.opens(desk.inbox[-1].address)
    shown = Page(client.get("/").text).one("p", class_="case").text
    assert f" {case.number}，" in shown
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", shown)
    assert code is not None
    return str(case.number), code[0]


def test_the_code_is_shown_only_to_who_has_a_case(desk: FakeDesk) -> None:
    first, second = browser(desk), browser(desk)
    with_case(first, desk)
    second.get("/")
    page = Page(second.post("/", data={"text": "没有求助"}).text)
    assert page.all("p", class_="case") == [] and page.one("a", href="/case").text


@pytest.mark.parametrize("number", ["{}", " #{} ", "编号{}", "no. {}"])
def test_another_browser_comes_back_and_goes_on(desk: FakeDesk, number: str) -> None:
    first, second = browser(desk), browser(desk)
    case, code = with_case(first, desk)
    form = Page(second.get("/case").text)
    assert form.unclosed == [] and [label.attributes["for"] for label in form.all("label")] == ["number", "code"]
    answer = second.post("/case", data={"number": number.format(case), "code": code.lower()}, follow_redirects=False)
    assert answer.status_code == 303 and answer.headers["location"] == "/#newest"
    assert "我爸胸口疼" in second.get("/").text and code in second.get("/").text
    second.post("/", data={"text": "好些了"})
    assert desk.inbox[-1].address == desk.inbox[0].address and "好些了" in first.get("/").text
    assert desk.on_the_loop == []


def test_without_cookies_the_conversation_is_shown_at_once(desk: FakeDesk) -> None:
    case, code = with_case(browser(desk), desk)
    answer = browser(desk).post("/case", data={"number": case, "code": code}, follow_redirects=False)
    assert answer.status_code == 200 and "我爸胸口疼" in answer.text


def test_a_wrong_code_says_the_same_as_a_wrong_number(desk: FakeDesk) -> None:
    case, code = with_case(browser(desk), desk)
    telegram = desk.opens("telegram:7")
    tries = [
        {"number": case, "code": "AAAA-AAAA"},
        {"number": "999", "code": code},
        {"number": "", "code": code},
        {"number": "9" * 5000, "code": code},
        {"number": case, "code": ""},
        {"number": "0", "code": Seal(SECRET).code(0, "")},
        {"number": "999", "code": Seal(SECRET).code(999, "")},
        {"number": str(telegram.number), "code": Seal(SECRET).code(telegram.number, telegram.address)},
        {},
    ]
    pages = set()
    for form in tries:
        answer = browser(desk).post("/case", data=form, headers={"Content-Type": "application/x-www-form-urlencoded"})
        assert answer.status_code == 200 and WRONG in answer.text and "我爸胸口疼" not in answer.text
        pages.add(answer.text)
    assert len(pages) == 1


def test_a_visitor_may_try_only_so_often(desk: FakeDesk) -> None:
    ticks = Ticks()
    case, code = with_case(browser(desk), desk)
    client = browser(desk, ticks)
    client.get("/case")
    for number in ("11", "12", "13"):
        assert WRONG in client.post("/case", data={"number": number, "code": code}).text
    answer = client.post("/case", data={"number": case, "code": code}, follow_redirects=False)
    assert answer.status_code == 429 and OFTEN in answer.text and answer.headers["retry-after"] == "600"
    ticks.now = 60
    assert client.post("/case", data={"number": case, "code": code}, follow_redirects=False).status_code == 303


def test_a_case_may_be_tried_only_so_often_by_whomever(desk: FakeDesk) -> None:
    ticks = Ticks()
    case, code = with_case(browser(desk), desk)
    client = browser(desk, ticks)
    said = []
    for _ in range(7):
        client.cookies.clear()
        client.get("/case")
        said.append(client.post("/case", data={"number": case, "code": "AAAA-AAAA"}).status_code)
    assert said == [200] * 5 + [429] * 2
    client.get("/case")
    assert client.post("/case", data={"number": case, "code": code}).status_code == 429
    assert client.post("/case", data={"number": "0" + case, "code": code}).status_code == 429, "the same case, written otherwise"
    ticks.now = 61
    client.cookies.clear()
    client.get("/case")
    assert client.post("/case", data={"number": case, "code": code}, follow_redirects=False).status_code == 303


def test_other_sites_cannot_send_the_form(desk: FakeDesk) -> None:
    case, code = with_case(browser(desk), desk)
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = browser(desk).post("/case", data={"number": case, "code": code}, headers=headers)
        assert answer.status_code == 403 and "set-cookie" not in answer.headers
    assert browser(desk).post("/case", content=b"{}", headers={"Content-Type": "application/json"}).status_code == 400
    assert browser(desk).post("/case", data={"code": "a" * 1_100_000}).status_code == 413


def test_processes_on_one_database_know_each_others_visitors_and_codes(path: str, clock: FrozenClock, settings: object) -> None:
    from bot.hotline import Hotline
    from tests.fakes.engine import fake_decide

    stores = [Store(path, clock), Store(path, clock)]
    one, two = (
        TestClient(
            create(
                Hotline(FakeEngine(), FakeReplies(), store, settings, clock, decide=fake_decide),  # type: ignore[arg-type]
                FileTexts(),
                secret=store.secret("page"),
                cases=store,
                replay=None,
                clock=clock,
            ),
            base_url="http://hotline.test",
        )
        for store in stores
    )
    one.get("/")
    page = Page(one.post("/", data={"text": "没饭"}).text)
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", page.one("p", class_="case").text)
    assert code is not None
    two.get("/")
    two.post("/case", data={"number": "1", "code": code[0]})
    assert "没饭" in two.get("/").text
    two.cookies.clear()
    two.cookies.set("hotline_chat", one.cookies["hotline_chat"])
    assert "没饭" in two.get("/").text
    for store in stores:
        store.close()
