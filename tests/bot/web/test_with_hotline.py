"""The page over the real hotline and its database."""

from __future__ import annotations

from starlette.testclient import TestClient

from bot.clock import FrozenClock
from bot.hotline import Hotline
from bot.store.store import Store
from bot.web.app import create
from tests.fakes.html import Page
from tests.fakes.texts import FileTexts


def test_words_go_in_and_a_reply_comes_out(hotline: Hotline, store: Store, clock: FrozenClock) -> None:
    with TestClient(create(hotline, FileTexts(), secret=store.secret("page"), cases=store, replay=None, clock=clock)) as client:
        client.get("/")
        once = Page(client.get("/").text).one("input", name="once").attributes["value"]
        for text in ("我妈要透析", "我妈要透析", "<b>\u0000\ud7ff救命"):
            page = Page(client.post("/", data={"text": text, "once": once}).text)
        lines = page.all("p", class_="words")
        assert [line.text for line in lines if "透析" in line.text][:1] == ["我妈要透析"]
        assert lines[-2].text == "<b>\ud7ff救命" and lines[-1].text
        assert [line.text for line in lines].count("我妈要透析") == 1
        assert client.get("/healthz").status_code == 200
