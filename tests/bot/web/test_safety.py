"""Hostile input, other sites, floods and failures."""

from __future__ import annotations

import datetime as dt
import json
import logging
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from bot.web.app import MOST, create
from bot.web.page import HERE
from bot.web.rate import Rate
from bot.web.seal import Seal
from bot.web.text import harmless
from tests.fakes.desk import SECRET, FakeDesk
from tests.fakes.html import Page
from tests.fakes.texts import FileTexts

ROOT = Path(__file__).parents[3]
HOSTILE = ROOT.parent / "shared" / "examples" / "hostile.jsonl"
OWN: list[tuple[str, str]] = [
    ("script", "<script>alert(1)</script>"),
    ("attribute", "\" autofocus onfocus='alert(1)' x=\""),
    ("textarea", "</textarea></form><form action=https://evil.example>"),
    ("override", "\u202eabc\u2066\u0000\x1b[31m\x07 救命"),
    ("phone in a tag", '<a href="tel:120">120</a> 029-12345678'),
    ("emoji", "👨‍👩‍👧 🆘"),
]


def _hostile() -> list[Any]:
    if not HOSTILE.exists():
        return [pytest.param("", marks=pytest.mark.skip(reason=f"{HOSTILE} is not here"), id="hostile.jsonl")]
    rows = [json.loads(line) for line in HOSTILE.read_text("utf-8").splitlines() if line.strip()]
    return [pytest.param(row["text"], id=row["id"]) for row in rows]


@pytest.mark.parametrize("text", [*_hostile(), *(pytest.param(text, id=name) for name, text in OWN)])
def test_hostile_words_stay_words(client: TestClient, desk: FakeDesk, text: str) -> None:
    before = {(element.tag, tuple(element.attributes)) for element in Page(client.get("/").text).elements}
    answer = client.post("/", data={"text": text})
    assert answer.status_code == 200
    if not text.strip():
        assert desk.inbox == []
        return
    assert desk.inbox[0].text == text.replace("\r\n", "\n").replace("\r", "\n")
    page = Page(answer.text)
    assert page.unclosed == []
    mine, reply = page.all("p", class_="words")
    assert mine.text == harmless(text) and reply.text == "你说：" + harmless(text)
    added = {(element.tag, tuple(element.attributes)) for element in page.elements} - before
    assert {tag for tag, _ in added} <= {"div", "p", "a"}
    links = [element.attributes["href"] for element in page.all("a") if "href" in element.attributes]
    assert all(link.startswith(("tel:", "#", "/")) for link in links)


def test_a_button_with_hostile_words(client: TestClient, desk: FakeDesk) -> None:
    client.get("/")
    client.post("/", data={"press": '"><script>'})
    assert desk.inbox[0].kind == "text" and "<script>" not in client.get("/").text.replace("<script src", "")


def test_headers(client: TestClient) -> None:
    for path, status in (("/", 200), ("/missing", 404), ("/static/page.css", 200), ("/static/missing", 404)):
        answer = client.get(path)
        assert answer.status_code == status
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        if path == "/":
            assert answer.headers["cache-control"] == "no-store"
    cookie = client.get("/?lang=en").headers.get_list("set-cookie")
    assert len(cookie) == 2 and all("httponly" in one.lower() and "samesite=lax" in one.lower() for one in cookie)
    assert "secure" in client.get("https://hotline.test/").headers["set-cookie"].lower()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Origin": "http://hotline.test"}, 303),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "null"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://hotline.test.evil.example"}, 403),
        ({"Origin": "http://hotline.test:81"}, 403),
        ({"Origin": "http://[broken"}, 403),
        ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "http://hotline.test", "Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_other_sites_cannot_write(client: TestClient, desk: FakeDesk, headers: dict[str, str], status: int) -> None:
    client.get("/")
    answer = client.post("/", data={"text": "x"}, headers=headers, follow_redirects=False)
    assert answer.status_code == status and len(desk.inbox) == (status == 303)
    assert status == 303 or "tel:120" in answer.text


def test_a_forged_cookie_is_replaced(client: TestClient) -> None:
    answer = client.get("/", headers={"Cookie": "hotline_chat=../../x; hotline_lang=xx"})
    assert "hotline_chat=" in answer.headers["set-cookie"] and "../" not in answer.headers["set-cookie"]


def _changed(cookie: str, forgery: str) -> str:
    chat, _, signature = cookie.partition(".")
    return {
        "unsigned, as it was before": chat,
        "unsigned, with its dot": f"{chat}.",
        "another chat": f"{chat[::-1]}.{signature}",
        "another signature": f"{chat}.{signature[::-1]}",
        "cut": cookie[:-1],
        "longer": f"{cookie}A",
        "of another database": Seal(b"another secret, as long as ours.").sealed(chat),
        "signed, but no chat": Seal(SECRET).sealed("../../etc"),
    }[forgery]


@pytest.mark.parametrize(
    "forgery",
    [
        "unsigned, as it was before",
        "unsigned, with its dot",
        "another chat",
        "another signature",
        "cut",
        "longer",
        "of another database",
        "signed, but no chat",
    ],
)
def test_a_cookie_that_is_not_ours_is_a_stranger_and_nothing_bad_is_said(client: TestClient, desk: FakeDesk, forgery: str) -> None:
    client.get("/")
    client.post("/", data={"text": "秘密"})
    cookie = client.cookies["hotline_chat"]
    assert desk.inbox[-1].chat == cookie.partition(".")[0] and "秘密" in client.get("/").text
    client.cookies.clear()
    answer = client.get("/", headers={"Cookie": f"hotline_chat={_changed(cookie, forgery)}"})
    page = Page(answer.text)
    assert answer.status_code == 200 and page.all("p", class_="words") == [] and page.all("p", class_="notice") == []
    assert Seal(SECRET).opened(client.cookies["hotline_chat"]) not in ("", desk.inbox[-1].chat)
    client.post("/", data={"text": "后来"})
    assert desk.inbox[-1].chat != cookie.partition(".")[0]


def test_long_messages_are_read_and_shown_in_part(client: TestClient, desk: FakeDesk) -> None:
    client.get("/")
    text = "啊" * 100_000 + "我爸没有呼吸了"
    answer = client.post("/", files={"text": (None, text)})
    assert answer.history[0].headers["location"] == "/?notice=long#newest"
    page = Page(answer.text)
    assert desk.inbox[-1].text == text
    assert len(page.all("p", class_="words")[0].text) < 1_100 and page.one("p", class_="cut").text
    assert page.one("p", id="notice").text
    long = client.post("/", files={"text": (None, "啊" * (MOST + 5))})
    assert len(desk.inbox[-1].text) == MOST and "20 万" in long.text


def test_too_large_or_broken_bodies(client: TestClient, desk: FakeDesk) -> None:
    client.get("/")
    for body, kind, status in (
        (b"text=" + b"a" * 1_100_000, "application/x-www-form-urlencoded", 413),
        (b"text=" + b"a" * 10_000_000, "application/x-www-form-urlencoded", 413),
        (b"{}", "application/json", 400),
        (b"nonsense", "multipart/form-data", 400),
        (b"nonsense", "multipart/form-data; boundary=x", 400),
        ("&".join(f"a{n}=1" for n in range(50)).encode(), "application/x-www-form-urlencoded", 400),
    ):
        answer = client.post("/", content=body, headers={"Content-Type": kind})
        assert answer.status_code == status and "tel:120" in answer.text
    assert desk.inbox == []
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = client.post("/", content=b"text=%ff%fe%E6%95%91%ed%a0%80", headers=form)
    assert answer.status_code == 200 and "救" in desk.inbox[0].text


def test_error_pages_speak_both_languages(client: TestClient) -> None:
    for status, answer in ((404, client.get("/x")), (405, client.put("/"))):
        page = Page(answer.text)
        assert answer.status_code == status and page.unclosed == []
        assert {element.attributes["lang"] for element in page.all("section")} == {"zh", "en"}
        assert len(page.all("a", href="tel:120")) == 2


def test_failures_show_120_and_log_no_words(client: TestClient, desk: FakeDesk, caplog: pytest.LogCaptureFixture) -> None:
    client.get("/")
    with caplog.at_level(logging.DEBUG):
        desk.refuse["accept"] = 1
        answer = client.post("/", data={"text": "秘密"})
    assert answer.status_code == 500 and "tel:120" in answer.text and "refused" not in answer.text
    assert "Refused" in caplog.text and "秘密" not in caplog.text and "Traceback" not in caplog.text


def test_no_words_left_for_the_error_page(desk: FakeDesk) -> None:
    class Silent:
        def say(self, key: str, lang: str, **values: str) -> str:
            raise KeyError(key)

    with TestClient(create(desk, Silent(), secret=SECRET, cases=desk, replay=None), raise_server_exceptions=False) as client:
        answer = client.get("/")
    assert answer.status_code == 500 and "120" in answer.text


def test_a_flood_ends_and_a_first_message_never_does() -> None:
    desk, now = FakeDesk(), [0.0]
    app = create(
        desk,
        FileTexts(),
        secret=SECRET,
        cases=desk,
        replay=dt.date(2022, 4, 5),
        rate=Rate(burst=3, per_minute=6, clients=100, tick=lambda: now[0]),
    )
    with TestClient(app) as client:
        client.get("/")
        statuses = [client.post("/", data={"text": f"{n}"}, follow_redirects=False).status_code for n in range(5)]
        assert statuses == [303, 303, 303, 429, 429]
        now[0] = 10
        assert client.post("/", data={"text": "again"}, follow_redirects=False).status_code == 303
        for _ in range(300):
            client.cookies.clear()
            assert client.post("/", data={"text": "first"}).status_code == 200


def test_templates_never_switch_escaping_off() -> None:
    for path in (HERE / "templates").rglob("*.html"):
        source = path.read_text("utf-8")
        assert "safe" not in source and "autoescape" not in source
