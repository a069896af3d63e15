"""What a resident sees, without JavaScript."""

from __future__ import annotations

import datetime as dt
import re

from starlette.testclient import TestClient

from bot.model import Button, Incoming, Reply
from bot.web.app import create
from bot.web.page import STATIC
from tests.fakes.desk import SECRET, FakeDesk
from tests.fakes.html import Page
from tests.fakes.texts import FileTexts


def test_first_visit_is_complete(client: TestClient) -> None:
    answer = client.get("/", headers={"Accept-Language": "zh-CN,zh;q=0.9"})
    page = Page(answer.text)
    assert answer.status_code == 200 and page.unclosed == []
    assert page.one("html").attributes["lang"] == "zh"
    assert page.one("a", href="tel:120").text
    assert "2022-04-05" in page.one("p", class_="replay").text
    assert [element.tag for element in page.elements if element.tag in ("header", "main", "h1")] == ["header", "h1", "main"]
    assert page.one("label").attributes["for"] == page.one("textarea").attributes["id"]
    assert page.one(role="log").attributes["aria-live"] == "polite"
    skip = next(element for element in page.elements if element.tag == "a")
    assert skip.attributes["href"] == "#text"
    form = page.one("form")
    assert form.attributes["method"] == "post" and page.one("button").text


def test_all_of_it_is_small_and_ours(client: TestClient) -> None:
    page = client.get("/").text
    size = len(page.encode())
    for path in re.findall(r'(?:src|href)="(/static/[^"]+)"', page):
        answer = client.get(path)
        assert answer.status_code == 200
        size += len(answer.content)
        assert "immutable" in answer.headers["cache-control"]
    assert size < 30_000
    sources = [page, client.get("/missing").text, *(path.read_text("utf-8") for path in STATIC.iterdir() if path.suffix != ".svg")]
    for source in sources:
        assert not re.search(r"(?:https?:)?//[a-z0-9]", re.sub(r"/\*.*?\*/", "", source, flags=re.S), re.I)
        assert "@import" not in source and "@font-face" not in source


def test_nothing_is_inline(client: TestClient) -> None:
    page = Page(client.get("/").text)
    assert page.all("style") == [] and all(element.attributes.get("src") for element in page.all("script"))
    assert not [name for element in page.elements for name in element.attributes if name.startswith("on") or name == "style"]


def test_a_message_and_its_reply(client: TestClient, desk: FakeDesk) -> None:
    client.get("/")
    answer = client.post("/", data={"text": "我妈要透析\r\n住雁塔"}, follow_redirects=False)
    assert answer.status_code == 303 and answer.headers["location"] == "/#newest"
    page = Page(client.get("/").text)
    mine, reply = page.all("p", class_="words")
    assert mine.text == "我妈要透析\n住雁塔" and reply.text == "你说：我妈要透析\n住雁塔"
    assert len(page.all(id="newest")) == 1
    (incoming,) = desk.inbox
    assert (incoming.channel, incoming.kind, incoming.lang) == ("web", "text", "")
    assert incoming.at == dt.datetime(2022, 4, 5, 4, tzinfo=dt.UTC)
    assert desk.on_the_loop == []


def test_multipart_as_the_page_sends_it(client: TestClient, desk: FakeDesk) -> None:
    page = Page(client.get("/").text)
    once = page.one("input", name="once").attributes["value"]
    client.post("/", files={"once": (None, once), "text": (None, "发烧了")})
    assert desk.inbox[0].text == "发烧了"


def test_a_second_tap_is_the_same_message_and_other_words_are_not(client: TestClient, desk: FakeDesk) -> None:
    once = Page(client.get("/").text).one("input", name="once").attributes["value"]
    for text in ("救命", "救命", "120 打不通"):
        client.post("/", data={"text": text, "once": once})
    assert [incoming.text for incoming in desk.inbox] == ["救命", "120 打不通"]


def test_buttons_are_form_buttons_of_the_last_reply_only(client: TestClient, desk: FakeDesk) -> None:
    def ask(incoming: Incoming) -> tuple[Reply, ...]:
        return (Reply("哪个区？", (Button("雁塔区", "雁塔"), Button('"><b>', "<b>"))),) if incoming.text == "看病" else (Reply("好"),)

    desk.answer = ask
    client.get("/")
    page = Page(client.post("/", data={"text": "看病"}).text)
    first, second = page.all("button", name="press")
    assert (first.text, first.attributes["value"]) == ("雁塔区", "雁塔")
    assert (second.text, second.attributes["value"]) == ('"><b>', "<b>")
    page = Page(client.post("/", data={"press": "雁塔"}).text)
    assert desk.inbox[-1].text == "雁塔"
    assert page.all("button", name="press") == []
    client.post("/", data={"press": "priv:delete:all:yes"})
    assert [incoming.kind for incoming in desk.inbox] == ["text", "button", "text"]


def test_languages(client: TestClient, desk: FakeDesk) -> None:
    english = {"Accept-Language": "en-GB,en;q=0.9,zh;q=0.2"}
    assert Page(client.get("/", headers=english).text).one("html").attributes["lang"] == "en"
    assert Page(client.get("/", headers={"Accept-Language": "fr"}).text).one("html").attributes["lang"] == "zh"
    assert Page(client.get("/", headers=english).text).one("a", class_="lang").attributes["href"] == "/?lang=zh"
    client.post("/", data={"text": "a"}, headers=english)
    client.get("/?lang=zh")
    assert Page(client.get("/", headers=english).text).one("html").attributes["lang"] == "zh"
    client.post("/", data={"text": "b"}, headers=english)
    assert [incoming.lang for incoming in desk.inbox] == ["", "zh"]


def test_long_conversations_show_their_end(client: TestClient) -> None:
    client.get("/")
    for number in range(18):
        client.post("/", data={"text": f"第{number}条"})
    page = client.get("/").text
    assert "第2条" not in page and "第17条" in page and "/?all=1" in page
    assert "第2条" in client.get("/?all=1").text


def test_without_cookies_the_reply_still_comes(desk: FakeDesk) -> None:
    with TestClient(create(desk, FileTexts(), secret=SECRET, cases=desk, replay=None)) as client:
        answer = client.post("/", data={"text": "胸口疼"}, follow_redirects=False)
    assert answer.status_code == 200 and "你说：胸口疼" in answer.text
    assert Page(answer.text).all("p", class_="replay") == []


def test_empty_gets_a_hint_and_no_row(client: TestClient, desk: FakeDesk) -> None:
    client.get("/")
    page = Page(client.post("/", data={"text": "  \n "}).text)
    assert page.one("p", id="notice").text and desk.inbox == []


def test_kept_but_not_answered_is_said(client: TestClient, desk: FakeDesk) -> None:
    client.get("/")
    desk.refuse["process"] = 1
    page = Page(client.post("/", data={"text": "胸口疼"}).text)
    assert page.one("p", id="notice").text and len(desk.inbox) == 1


def test_health(client: TestClient, desk: FakeDesk) -> None:
    assert (client.get("/healthz").status_code, client.get("/healthz").text) == (200, "ok\n")
    desk.refuse["history"] = 1
    assert client.get("/healthz").status_code == 503


def test_served_under_a_prefix(desk: FakeDesk) -> None:
    with TestClient(create(desk, FileTexts(), secret=SECRET, cases=desk, replay=None), root_path="/help") as client:
        page = Page(client.get("/help/").text)
        assert page.one("form").attributes["action"] == "/help/"
        assert client.get(page.one("link", rel="stylesheet").attributes["href"]).status_code == 200
