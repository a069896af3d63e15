"""The sheets on the page: complete without a script, in both languages, and linked from the conversation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from bot.clock import FrozenClock
from bot.model import Reply
from bot.settings import REPLAY
from bot.show import KINDS, Shows, link
from bot.texts import Texts
from bot.web.app import create
from bot.web.text import with_links
from intents.knowledge import Knowledge
from intents.load import data_folder, load
from tests.bot.web.conftest import NOON
from tests.fakes.desk import SECRET, FakeDesk
from tests.fakes.html import Page


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


@pytest.fixture
def client(desk: FakeDesk, knowledge: Knowledge) -> Iterator[TestClient]:
    texts = Texts(knowledge)
    shows = Shows(texts, data_folder(), lambda: REPLAY)
    app = create(desk, texts, secret=SECRET, cases=desk, replay=REPLAY, clock=FrozenClock(NOON), shows=shows)
    with TestClient(app, base_url="http://hotline.test") as client:
        yield client


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("city", ["", "xian", "beijing"])
def test_a_sheet_says_the_rule_in_chinese_then_in_english(client: TestClient, knowledge: Knowledge, kind: str, city: str) -> None:
    answer = client.get(link(kind, city))  # type: ignore[arg-type]
    page = Page(answer.text)
    assert answer.status_code == 200 and page.unclosed == [] and page.all("script") == []
    assert [section.attributes["lang"] for section in page.all("section")] == ["zh", "en"]
    chinese, english = page.all("section")
    rules = knowledge.shows[kind].rules[city or "national"]
    known = {f"{d.id}/{p.id}": (d, p) for d in knowledge.directives for p in d.provisions}
    for directive, provision in (known[rule] for rule in rules):
        for section, lang in ((chinese, "zh"), (english, "en")):
            for words in (provision.says, directive.issuer, directive.title):
                assert words.in_(lang) in section.text
            assert directive.date.isoformat() in section.text
    assert page.one("a", href="tel:120").text and "2022-04-05" in page.one("p", class_="replay").text
    links = [element.attributes["href"] for element in page.all("a")]
    assert f"/show/{kind}.png?city={city or 'national'}" in links and "/#newest" in links
    for path in (target for target in links if target.startswith("/show/")):
        assert client.get(path).status_code == 200


def test_the_picture_comes_as_a_file(client: TestClient) -> None:
    answer = client.get("/show/refused.png?city=xian")
    assert answer.status_code == 200 and answer.headers["content-type"] == "image/png"
    assert answer.content == (data_folder() / "show" / "refused-xian.png").read_bytes()
    assert answer.headers["content-disposition"] == 'inline; filename="refused-xian.png"'


@pytest.mark.parametrize("path", ["/show/nothing", "/show/nothing.png", "/show/", "/show/..%2fpictures.json", "/show/refused.yaml"])
def test_there_is_nothing_else(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404 and "tel:120" in answer.text


def test_a_city_that_we_do_not_hold_has_the_national_sheet(client: TestClient) -> None:
    assert client.get("/show/refused?city=%3Cscript%3E").text == client.get("/show/refused").text


def test_without_a_picture_of_these_words_none_is_offered(desk: FakeDesk, knowledge: Knowledge, tmp_path: Path) -> None:
    texts = Texts(knowledge)
    app = create(desk, texts, secret=SECRET, cases=desk, replay=REPLAY, shows=Shows(texts, tmp_path, lambda: REPLAY))
    with TestClient(app) as client:
        page = client.get("/show/refused?city=xian")
        assert page.status_code == 200 and ".png" not in page.text
        assert client.get("/show/refused.png?city=xian").status_code == 404


def test_a_reply_that_names_a_sheet_links_it(client: TestClient, desk: FakeDesk) -> None:
    desk.answer = lambda _: (Reply(f"给他们看：{link('refused', 'xian')}\n还不收：打12345。"),)
    client.get("/")
    page = Page(client.post("/", data={"text": "被拒收了 /show/closed"}).text)
    mine, reply = page.all("p", class_="words")
    assert mine.text == "被拒收了 /show/closed", "what a resident writes becomes no link"
    assert reply.text == "给他们看：打开这一页\n还不收：打12345。"
    assert page.one("a", href="/show/refused?city=xian").text == "打开这一页"


@pytest.mark.parametrize("text", ["/show/other", "/show/refused.png", "/show/refusedx", "/show/refused?city=xian&x=1", "/show/refused/.."])
def test_nothing_else_becomes_a_link(text: str) -> None:
    assert with_links(text, "", "here") == text.replace("&", "&amp;")


def test_links_hold_the_prefix_and_stay_beside_phones() -> None:
    html = with_links('<b> /show/closed, 打120。"', "/help", 'a"b')
    assert html == '&lt;b&gt; <a href="/help/show/closed">a&#34;b</a>, 打<a href="tel:120">120</a>。&#34;'
