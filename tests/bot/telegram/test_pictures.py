"""A sheet to hold up goes out as a picture; whatever keeps the picture back, its words arrive."""

from __future__ import annotations

import dataclasses
import datetime as dt
import time
from pathlib import Path
from typing import Any

import pytest

from bot.hotline import Hotline
from bot.model import Button, CaseDraft, Reply, Turn
from bot.settings import REPLAY
from bot.show import Picture, Shows, picture_id
from bot.store.store import Store
from bot.texts import Texts
from intents.load import data_folder, load
from tests.bot.telegram.play import QUICK, play
from tests.fakes.bot_api import BotApi, Fault, rules_of
from tests.fakes.desk import FakeDesk

NAME = "refused:xian:zh"
WORDS = "给医院看：规定是这样的"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 400 + b"\r\n--\r\n"
"""More than one read of a socket, with whatever could end a part of a form too early."""


@pytest.fixture
def pictures(tmp_path: Path) -> Any:
    """What the service gives the edge: one picture by its name, and none else."""
    path = tmp_path / "rule.png"
    path.write_bytes(PNG)
    return lambda name: Picture(path, "举着手机 – show it") if name == NAME else None


def waits(desk: FakeDesk, *buttons: Button, text: str = WORDS, picture: str = NAME) -> int:
    """A picture that waits to be sent."""
    return desk.outbox.put("telegram:1", text, buttons, picture=picture)


def test_the_picture_arrives_whole_with_caption_and_buttons(api: BotApi, pictures: Any) -> None:
    desk = FakeDesk()
    waits(desk, Button("好", "好"))
    play(api, desk, lambda: desk.delivered, pictures=pictures)
    (sent,) = api.sent
    assert (sent.photo, sent.text, sent.buttons) == (PNG, "举着手机 – show it", (("好", "=好"),))
    assert "sendMessage" not in api.calls and "parse_mode" not in sent.fields


def test_it_keeps_its_place_among_the_chats_messages(api: BotApi, pictures: Any) -> None:
    desk = FakeDesk()
    desk.outbox.put("telegram:1", "one")
    waits(desk)
    desk.outbox.put("telegram:1", "three")
    play(api, desk, lambda: len(desk.delivered) == 3, pictures=pictures)
    assert [sent.text if not sent.photo else "two" for sent in api.sent] == ["one", "two", "three"]


def test_from_the_conversation_to_the_phone(api: BotApi, hotline: Hotline, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sheet that a reply names, through the real database, out of the data that ships; then the words where it is of other words."""
    texts = Texts(load())
    name = picture_id("refused", "xian", "en")
    decide = lambda state, *_: Turn((Reply("编号{case}", picture=name),), state, CaseDraft("P1", "handoff:care.refused", ()))  # noqa: E731
    monkeypatch.setattr(hotline, "_decide", decide)
    for day, chat in ((REPLAY, 8), (dt.date(2022, 1, 6), 9)):
        shows = Shows(texts, data_folder(), lambda day=day: day)  # type: ignore[misc]
        api.says("拒收", chat=chat)
        play(api, hotline, lambda chat=chat: any(sent.chat == chat for sent in api.sent), outbox=store, pictures=shows.named)
    shown, said = api.sent
    assert shown.photo == (data_folder() / "show" / "refused-xian.png").read_bytes() and "120" in shown.text
    assert (said.photo, said.text) == (b"", "编号2")


@pytest.mark.parametrize("why", ["no such picture", "none at all", "the file is gone", "no png"])
def test_where_there_is_no_picture_the_words_go(api: BotApi, tmp_path: Path, pictures: Any, why: str) -> None:
    desk = FakeDesk()
    waits(desk, Button("好", "好"), picture="refused:atlantis:zh" if why == "no such picture" else NAME)
    if why == "the file is gone":
        (tmp_path / "rule.png").unlink()
    if why == "no png":
        (tmp_path / "rule.png").write_bytes(b"GIF89a")
    play(api, desk, lambda: desk.delivered, pictures=None if why == "none at all" else pictures)
    assert [(sent.text, sent.photo, len(sent.buttons)) for sent in api.sent] == [(WORDS, b"", 1)]


@pytest.mark.parametrize("said", ["PHOTO_INVALID_DIMENSIONS", "not enough rights to send photos to the chat", "IMAGE_PROCESS_FAILED"])
def test_a_picture_that_telegram_refuses_gives_way_to_its_words(api: BotApi, pictures: Any, said: str) -> None:
    desk = FakeDesk()
    api.script(*rules_of([{"method": "sendPhoto", "fault": "400", "description": f"Bad Request: {said}", "times": 0}]))
    waits(desk, text="\n\n".join("段" * 3000 for _ in range(2)))
    play(api, desk, lambda: desk.delivered, pictures=pictures)
    assert [len(sent.text) for sent in api.sent] == [3000, 3000] and desk.outbox.gone == {} and desk.given_up == {}


def test_a_lost_answer_means_a_second_picture_not_none(api: BotApi, pictures: Any) -> None:
    desk = FakeDesk()
    api.fault("sendPhoto", Fault(after=True))
    waits(desk)
    play(api, desk, lambda: desk.delivered, pictures=pictures)
    assert [sent.photo for sent in api.sent] == [PNG, PNG]


@pytest.mark.parametrize("fault", ["500", "502", "garbage", "close", "reset", "timeout"])
def test_a_bad_moment_delays_the_picture(api: BotApi, pictures: Any, fault: str) -> None:
    desk = FakeDesk()
    api.script(*rules_of([{"method": "sendPhoto", "fault": fault}]))
    waits(desk)
    play(api, desk, lambda: desk.delivered, pictures=pictures, pace=dataclasses.replace(QUICK, call=0.3))
    assert [sent.photo for sent in api.sent] == [PNG] and desk.outbox.rows[1].attempts == 2


def test_a_picture_that_never_arrives_holds_nothing_up(api: BotApi, pictures: Any) -> None:
    desk = FakeDesk()
    api.script(*rules_of([{"method": "sendPhoto", "fault": "500", "times": 0}]))
    waits(desk)
    desk.outbox.put("telegram:1", "what waits behind it")
    play(api, desk, lambda: len(desk.delivered) == 2, pictures=pictures)
    assert [sent.text for sent in api.sent] == [WORDS, "what waits behind it"]


def test_too_fast_holds_everybody_back(api: BotApi, pictures: Any) -> None:
    desk = FakeDesk()
    api.fault("sendPhoto", Fault(429, "Too Many Requests", {"retry_after": 1}))
    start = time.monotonic()
    waits(desk)
    play(api, desk, lambda: "sendPhoto" in api.calls, lambda: api.says("二", chat=2), lambda: len(desk.delivered) == 2, pictures=pictures)
    assert all(sent.at - start >= 1 for sent in api.sent) and len(api.sent) == 2


def test_who_cannot_be_reached_is_marked(api: BotApi, pictures: Any) -> None:
    desk = FakeDesk()
    api.state.blocked = {1}
    waits(desk)
    play(api, desk, lambda: desk.given_up, lambda: desk.outbox.gone, pictures=pictures)
    assert desk.given_up == {1: "forbidden"} and desk.outbox.gone == {"telegram:1": "forbidden"} and "sendMessage" not in api.calls


def test_a_chat_that_is_not_there_is_marked(api: BotApi, pictures: Any) -> None:
    desk = FakeDesk()
    api.script(*rules_of([{"method": "send*", "fault": "400", "times": 0}]))
    waits(desk)
    play(api, desk, lambda: desk.given_up, lambda: desk.outbox.gone, pictures=pictures)
    assert desk.given_up == {1: "no such chat"} and desk.outbox.gone == {"telegram:1": "no such chat"}


def test_a_migrated_group_is_followed(api: BotApi, pictures: Any) -> None:
    desk = FakeDesk()
    api.state.migrated[-1] = -1001
    desk.outbox.put("telegram:-1", WORDS, picture=NAME)
    play(api, desk, lambda: desk.delivered, pictures=pictures)
    assert [(sent.chat, sent.photo) for sent in api.sent] == [(-1001, PNG)]


def test_refused_buttons_leave_the_words(api: BotApi, pictures: Any) -> None:
    desk = FakeDesk()
    api.state.refused_buttons = True
    waits(desk, Button("好", "好"))
    play(api, desk, lambda: desk.delivered, pictures=pictures)
    assert [(sent.text, sent.buttons) for sent in api.sent] == [(WORDS, ())]


def test_a_database_that_is_away_sends_no_picture_twice(api: BotApi, pictures: Any) -> None:
    desk = FakeDesk()
    desk.outbox.refuse.update(delivered=3)
    waits(desk)
    play(api, desk, lambda: desk.delivered, pictures=pictures)
    assert len(api.sent) == 1
