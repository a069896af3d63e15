"""Messages in, against a Bot API server of our own, with the faults of a bad day."""

from __future__ import annotations

import json
import logging
import time
from typing import Any

import pytest

from bot.model import Button, Incoming, Reply
from tests.bot.telegram.play import play
from tests.fakes.bot_api import TOKEN, BotApi, Fault
from tests.fakes.desk import FakeDesk


def test_a_message_is_answered(api: BotApi) -> None:
    desk = FakeDesk()
    number = api.says("我妈要透析 *_[`", chat=42)
    play(api, desk, lambda: desk.delivered, lambda: number in api.confirmed)
    (sent,) = api.sent
    assert (sent.chat, sent.text) == (42, "你说：我妈要透析 *_[`") and "parse_mode" not in sent.fields
    (incoming,) = desk.inbox
    assert (incoming.channel, incoming.chat, incoming.update, incoming.kind) == ("telegram", "42", f"123456:{number}", "text")
    assert json.loads(incoming.raw)["message"]["text"] == "我妈要透析 *_[`"
    assert desk.on_the_loop == []


@pytest.mark.parametrize(
    ("kind", "content", "more", "expected", "text"),
    [
        ("photo", [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}], {"caption": "胸口疼"}, "photo", "胸口疼"),
        ("voice", {"file_id": "f", "file_unique_id": "u", "duration": 3}, {}, "voice", ""),
        ("document", {"file_id": "f", "file_unique_id": "u"}, {"caption": "处方"}, "document", "处方"),
        ("location", {"latitude": 34.2, "longitude": 108.9}, {}, "location", ""),
        ("contact", {"phone_number": "13800138000", "first_name": "R"}, {}, "contact", ""),
        ("dice", {"emoji": "🎲", "value": 3}, {}, "other", ""),
    ],
)
def test_what_is_not_text(api: BotApi, kind: str, content: Any, more: dict[str, Any], expected: str, text: str) -> None:
    desk = FakeDesk()
    api.shows(kind, content, **more)
    play(api, desk, lambda: desk.delivered)
    assert (desk.inbox[0].kind, desk.inbox[0].text) == (expected, text)


def test_edited_messages_count_and_groups_only_when_addressed(api: BotApi) -> None:
    desk = FakeDesk()
    user, group = {"id": 7, "is_bot": False, "first_name": "R"}, {"id": -5, "type": "group", "title": "G"}
    base = {"message_id": 1, "date": 1649131200, "from": user}
    play(api, desk, lambda: "getMe" in api.calls)
    api.update(edited_message={**base, "chat": {"id": 7, "type": "private"}, "edit_date": 1649131300, "text": "现在没呼吸了"})
    api.update(message={**base, "chat": group, "text": "大家好"})
    api.update(message={**base, "chat": group, "text": "/start"})
    last = api.update(my_chat_member={"nonsense": True})
    play(api, desk, lambda: last in api.confirmed, lambda: len(desk.delivered) == 2)
    assert {(incoming.text, incoming.kind) for incoming in desk.inbox} == {("现在没呼吸了", "text"), ("/start", "text"), ("", "unparsed")}


def test_buttons(api: BotApi) -> None:
    long = "我需要有人帮我问一下这家医院到底收不收我妈妈"
    buttons = (Button("雁塔区", "雁塔"), Button("长", long))

    def ask(incoming: Incoming) -> tuple[Reply, ...]:
        return (Reply("哪个区？", buttons),) if incoming.text == "看病" else (Reply(f"好：{incoming.text}"),)

    desk = FakeDesk(ask)
    api.says("看病")
    play(api, desk, lambda: api.sent)
    assert [label for label, _ in api.sent[0].buttons] == ["雁塔区", "长"]
    api.presses(api.sent[0], 0)
    api.presses(api.sent[0], 1)
    play(api, desk, lambda: len(api.sent) == 3, lambda: len(api.answered) == 2)
    assert [(incoming.text, incoming.kind) for incoming in desk.inbox[1:]] == [("雁塔", "button"), (long, "button")]


def test_forged_button_data_is_only_text(api: BotApi) -> None:
    desk = FakeDesk()
    user = {"id": 7, "is_bot": False, "first_name": "R"}
    for data in ("=priv:delete:all:yes", "#0", "#999999999999", "op:login:admin", ""):
        api.update(callback_query={"id": "q", "from": user, "chat_instance": "1", "data": data})
    play(api, desk, lambda: len(desk.inbox) == 5)
    assert {incoming.kind for incoming in desk.inbox} == {"text"}


def test_commands_are_set_for_both_languages(api: BotApi) -> None:
    api.fault("setMyCommands", Fault(500, "Internal"))
    play(
        api,
        FakeDesk(),
        lambda: len(api.state.commands) == 3,
        commands={("", ""): [("start", "开始")], ("", "en"): [("start", "Start")], ("managers", "en"): [("cases", "Cases")]},
    )
    assert api.state.commands == {
        ("default", ""): [{"command": "start", "description": "开始"}],
        ("default", "en"): [{"command": "start", "description": "Start"}],
        ("all_chat_administrators", "en"): [{"command": "cases", "description": "Cases"}],
    }


def test_a_press_after_150_seconds_still_counts(api: BotApi) -> None:
    long = "我需要有人帮我问一下这家医院到底收不收我妈妈"
    desk = FakeDesk(lambda incoming: (Reply("？", (Button("长", long),)),) if incoming.text == "看病" else (Reply("好"),))
    api.says("看病")
    play(api, desk, lambda: api.sent)
    api.presses(api.sent[0], 0, ago=200)
    api.presses(api.sent[0], 0, ago=200, date=0, text=None, reply_markup=None)
    play(api, desk, lambda: len(desk.inbox) == 3, lambda: api.calls.count("answerCallbackQuery") == 2)
    assert [(incoming.text, incoming.kind) for incoming in desk.inbox[1:]] == [(long, "button")] * 2 and api.answered == []


def test_network_faults_neither_end_nor_lose(api: BotApi) -> None:
    desk = FakeDesk()
    api.fault("getMe", Fault(), Fault(500, "Internal"))
    api.fault("getUpdates", Fault(), Fault(502, body=b"<html>bad gateway"), Fault(200, body=b"not json"), Fault(409, "Conflict"))
    api.fault("sendMessage", Fault(), Fault(500, "Internal"), Fault(502, body=b"<html>"))
    api.says("在吗")
    play(api, desk, lambda: desk.delivered)
    assert [sent.text for sent in api.sent] == ["你说：在吗"] and len(desk.inbox) == 1


def test_an_answer_that_fails_is_tried_again(api: BotApi) -> None:
    desk = FakeDesk()
    desk.refuse["process"] = 2
    api.says("一")
    play(api, desk, lambda: desk.delivered)
    assert len(api.sent) == 1


def test_neither_token_nor_words_are_logged(api: BotApi, caplog: pytest.LogCaptureFixture) -> None:
    desk = FakeDesk()
    desk.refuse["process"] = 1
    api.fault("getUpdates", Fault(), Fault(200, body="秘密 not json".encode()))
    api.fault("sendMessage", Fault(400, f"Bad Request: 秘密 {TOKEN}"))
    with caplog.at_level(logging.DEBUG):
        api.says("秘密")
        play(api, desk, lambda: desk.given_up)
        wrong = TOKEN + "x"
        start = len(api.calls)
        play(api, desk, lambda: len(api.calls) > start + 4, token=wrong)
    assert "秘密" not in caplog.text and "SECRET" not in caplog.text and "InvalidToken" in caplog.text


def test_the_end_comes_soon_even_during_a_poll_or_a_pause(api: BotApi) -> None:
    desk = FakeDesk()
    api.fault("sendMessage", Fault(429, "Too Many Requests", {"retry_after": 300}))
    desk.outbox.put("telegram:1", "a")
    start = time.monotonic()
    play(api, desk, lambda: "sendMessage" in api.calls and "getUpdates" in api.calls)
    assert time.monotonic() - start < 5 and desk.delivered == []
