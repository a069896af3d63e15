"""Replies out, against a Bot API server of our own, with the faults of a bad day."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from bot.model import Button, Reply
from tests.bot.telegram.play import play
from tests.fakes.bot_api import BotApi, Fault
from tests.fakes.desk import FakeDesk


def test_long_replies_are_split_and_the_buttons_come_last(api: BotApi) -> None:
    text = "\n\n".join(f"第{n}段。" + "说明" * 300 for n in range(20))
    desk = FakeDesk(lambda _: (Reply(text, (Button("好", "好"),)),))
    api.says("a")
    play(api, desk, lambda: desk.delivered)
    assert len(api.sent) > 2 and all(len(sent.text) <= 4096 for sent in api.sent)
    assert "\n\n".join(sent.text for sent in api.sent) == text
    assert [bool(sent.buttons) for sent in api.sent] == [False] * (len(api.sent) - 1) + [True]


def test_a_lost_answer_means_a_second_reply_not_none(api: BotApi) -> None:
    desk = FakeDesk()
    api.fault("sendMessage", Fault(after=True))
    api.says("在吗")
    play(api, desk, lambda: desk.delivered)
    assert [sent.text for sent in api.sent] == ["你说：在吗"] * 2


def test_retry_after_holds_everybody_back(api: BotApi) -> None:
    desk = FakeDesk()
    api.fault("sendMessage", Fault(429, "Too Many Requests", {"retry_after": 1}))
    start = time.monotonic()
    api.says("一", chat=1)
    play(api, desk, lambda: "sendMessage" in api.calls, lambda: api.says("二", chat=2), lambda: len(desk.delivered) == 2)
    assert all(sent.at - start >= 1 for sent in api.sent) and len(api.sent) == 2


@pytest.mark.parametrize("status", [403, 400])
def test_who_cannot_be_reached_is_marked_and_the_rest_goes_on(api: BotApi, status: int) -> None:
    desk = FakeDesk()
    lost = desk.put("telegram:1", "a")
    api.fault("sendMessage", Fault(status, "Forbidden: bot was blocked by the user"))
    play(api, desk, lambda: desk.given_up, lambda: desk.put("telegram:2", "b"), lambda: desk.delivered)
    assert list(desk.given_up) == [lost] and [sent.chat for sent in api.sent] == [2]


def test_a_chat_that_fails_does_not_hold_up_others(api: BotApi) -> None:
    desk = FakeDesk()
    desk.put("telegram:1", "a")
    api.fault("sendMessage", Fault(500, seconds=2))
    play(api, desk, lambda: "sendMessage" in api.calls, lambda: desk.put("telegram:2", "b"), lambda: len(desk.delivered) == 2)
    assert [sent.chat for sent in api.sent] == [2, 1]


def test_rows_that_can_never_be_sent(api: BotApi) -> None:
    desk = FakeDesk()
    blank, nobody = desk.put("telegram:1", " \n"), desk.put("telegram:unknown", "x")
    play(api, desk, lambda: len(desk.given_up) == 2)
    assert desk.given_up == {blank: "empty", nobody: "no chat"}


def test_refused_buttons_leave_the_text(api: BotApi) -> None:
    desk = FakeDesk()
    api.state.refused_buttons = True
    desk.put("telegram:1", "打 120", (Button("a", "a"),))
    play(api, desk, lambda: desk.delivered)
    assert [(sent.text, sent.buttons) for sent in api.sent] == [("打 120", ())]


def test_a_migrated_group_is_followed(api: BotApi) -> None:
    desk = FakeDesk()
    api.state.migrated[-1] = -1001
    desk.put("telegram:-1", "a")
    play(api, desk, lambda: desk.delivered)
    assert [sent.chat for sent in api.sent] == [-1001]


def test_a_failed_mark_does_not_send_twice(api: BotApi) -> None:
    desk = FakeDesk()
    desk.refuse["sent"] = 2
    desk.refuse["outgoing"] = 1
    desk.put("telegram:1", "a")
    play(api, desk, lambda: desk.delivered)
    assert len(api.sent) == 1


def test_an_outbox_that_is_read_slowly_sends_nothing_twice(api: BotApi) -> None:
    desk = FakeDesk()
    taken = b'{"ok": true, "result": {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}}}'
    api.fault("sendMessage", Fault(200, body=taken, seconds=0.15))

    def outgoing(channel: str, limit: int = 50, real: Callable[..., Any] = desk.outgoing) -> Any:
        rows = real(channel, limit)
        time.sleep(0.2)
        return rows

    desk.outgoing = outgoing  # type: ignore[method-assign]
    desk.put("telegram:1", "a")
    play(api, desk, lambda: desk.delivered, lambda: desk.calls.count("outgoing") > 6)
    assert api.calls.count("sendMessage") == 1


def test_many_chats_keep_their_order(api: BotApi) -> None:
    desk = FakeDesk()
    for n in range(150):
        api.says(f"{n}", chat=n % 10)
    play(api, desk, lambda: len(desk.delivered) == 150)
    for chat in range(10):
        assert [sent.text for sent in api.sent if sent.chat == chat] == [f"你说：{n}" for n in range(chat, 150, 10)]
