"""Replies out, against a Bot API server of our own, with the faults of a bad day."""

from __future__ import annotations

import dataclasses
import time

import pytest

from bot.model import Button, Reply
from bot.store.outbox import Lane
from tests.bot.telegram.play import QUICK, play
from tests.fakes.bot_api import BotApi, Fault, rules_of
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
    lost = desk.outbox.put("telegram:1", "a")
    api.fault("sendMessage", Fault(status, "Forbidden: bot was blocked by the user"))
    play(api, desk, lambda: desk.given_up, lambda: desk.outbox.put("telegram:2", "b"), lambda: desk.delivered)
    assert list(desk.given_up) == [lost] and [sent.chat for sent in api.sent] == [2]


def test_a_chat_that_fails_does_not_hold_up_others(api: BotApi) -> None:
    desk = FakeDesk()
    desk.outbox.put("telegram:1", "a")
    api.fault("sendMessage", Fault(500, seconds=2))
    play(api, desk, lambda: "sendMessage" in api.calls, lambda: desk.outbox.put("telegram:2", "b"), lambda: len(desk.delivered) == 2)
    assert [sent.chat for sent in api.sent] == [2, 1]


def test_rows_that_can_never_be_sent(api: BotApi) -> None:
    desk = FakeDesk()
    blank, nobody = desk.outbox.put("telegram:1", " \n"), desk.outbox.put("telegram:unknown", "x")
    play(api, desk, lambda: len(desk.given_up) == 2)
    assert desk.given_up == {blank: "empty", nobody: "no chat"}


def test_refused_buttons_leave_the_text(api: BotApi) -> None:
    desk = FakeDesk()
    api.state.refused_buttons = True
    desk.outbox.put("telegram:1", "打 120", (Button("a", "a"),))
    play(api, desk, lambda: desk.delivered)
    assert [(sent.text, sent.buttons) for sent in api.sent] == [("打 120", ())]


def test_a_migrated_group_is_followed(api: BotApi) -> None:
    desk = FakeDesk()
    api.state.migrated[-1] = -1001
    desk.outbox.put("telegram:-1", "a")
    play(api, desk, lambda: desk.delivered)
    assert [sent.chat for sent in api.sent] == [-1001]


def test_a_database_that_is_away_sends_nothing_twice(api: BotApi) -> None:
    desk = FakeDesk()
    desk.outbox.refuse.update(delivered=3, take=2, next_due=1)
    desk.outbox.put("telegram:1", "a")
    play(api, desk, lambda: desk.delivered)
    assert len(api.sent) == 1 and desk.outbox.on_the_loop == []


@pytest.mark.parametrize(
    ("fault", "lane", "status", "times"),
    [
        ("close_after", "broadcast", "uncertain", 1),
        ("timeout_after", "reminder", "uncertain", 1),
        ("timeout", "broadcast", "uncertain", 0),
        ("500", "broadcast", "uncertain", 0),
        ("garbage", "broadcast", "uncertain", 0),
        ("reset_after", "reply", "sent", 2),
        ("timeout_after", "emergency", "sent", 2),
        ("timeout", "reply", "sent", 1),
        ("429", "broadcast", "sent", 1),
        ("slow", "broadcast", "sent", 1),
    ],
)
def test_what_may_have_arrived(api: BotApi, fault: str, lane: Lane, status: str, times: int) -> None:
    """A reply is sent again; what may arrive only once is left to a person."""
    desk = FakeDesk()
    api.script(*rules_of([{"fault": fault} | ({"seconds": 0.1} if fault == "slow" else {})]))
    row = desk.outbox.put("telegram:1", "a", lane=lane)
    play(api, desk, lambda: desk.outbox.having(status), pace=dataclasses.replace(QUICK, call=0.3))
    assert desk.outbox.having(status) == [row] and len(api.sent) == times


def test_a_server_that_is_not_there_costs_no_broadcast(api: BotApi) -> None:
    desk = FakeDesk()
    desk.outbox.put("telegram:1", "a", lane="broadcast")
    nobody = BotApi()
    nobody.url = "http://127.0.0.1:1"
    play(nobody, desk, lambda: desk.outbox.rows[1].reason == "no connection")
    play(api, desk, lambda: desk.delivered)
    assert [sent.text for sent in api.sent] == ["a"]


def test_a_resident_who_cannot_be_reached_is_marked(api: BotApi) -> None:
    desk = FakeDesk()
    api.state.blocked = {1, -5}
    api.fault("sendMessage", Fault(), Fault(400, "Bad Request: chat not found"), Fault(400, "Bad Request: message is too long"))
    for address in ("telegram:2", "telegram:3"):
        desk.outbox.put(address, "a")
    play(api, desk, lambda: len(desk.given_up) == 2)
    for address in ("telegram:1", "telegram:-5"):
        desk.outbox.put(address, "a")
    play(api, desk, lambda: len(desk.given_up) == 4)
    assert sorted(desk.given_up.values()) == ["bad request", "forbidden", "forbidden", "no such chat"]
    assert {"telegram:1", "telegram:-5"} < set(desk.outbox.gone) and len(desk.outbox.gone) == 3


def test_a_group_that_moves_in_a_circle_ends(api: BotApi) -> None:
    desk = FakeDesk()
    api.state.migrated = {-1: -2, -2: -1}
    desk.outbox.put("telegram:-1", "a")
    play(api, desk, lambda: desk.given_up)
    assert desk.given_up == {1: "moved in a circle"}


def test_a_token_that_is_refused_leaves_all_in_the_outbox(api: BotApi) -> None:
    desk = FakeDesk()
    api.script(*rules_of([{"fault": "401", "times": 3}]))
    desk.outbox.put("telegram:1", "a", lane="broadcast")
    play(api, desk, lambda: desk.delivered)
    assert len(api.sent) == 1


def test_a_second_attempt_goes_on_with_the_part_that_failed(api: BotApi) -> None:
    desk = FakeDesk()
    text = "\n\n".join("段" * 3000 for _ in range(3))
    api.script(*rules_of([{"fault": "500", "skip": 1}]))
    desk.outbox.put("telegram:1", text)
    play(api, desk, lambda: desk.delivered)
    assert "\n\n".join(sent.text for sent in api.sent) == text and desk.outbox.rows[1].attempts == 2


def test_bad_days_lose_no_reply_and_keep_the_order(api: BotApi) -> None:
    desk = FakeDesk()
    faults = ("500", "502", "garbage", "close", "close_after", "reset", "reset_after")
    api.script(*rules_of([{"fault": fault, "times": 0, "chance": 0.08} for fault in faults]))
    for n in range(120):
        desk.outbox.put(f"telegram:{n % 12 + 1}", f"{n}")
    play(api, desk, lambda: len(desk.delivered) == 120, seconds=40)
    for chat in range(1, 13):
        texts = [int(sent.text) for sent in api.sent if sent.chat == chat]
        assert list(dict.fromkeys(texts)) == list(range(chat - 1, 120, 12)) and texts == sorted(texts)


def test_many_chats_keep_their_order(api: BotApi) -> None:
    desk = FakeDesk()
    for n in range(150):
        api.says(f"{n}", chat=n % 10)
    play(api, desk, lambda: len(desk.delivered) == 150)
    for chat in range(10):
        assert [sent.text for sent in api.sent if sent.chat == chat] == [f"你说：{n}" for n in range(chat, 150, 10)]


@pytest.mark.parametrize("pays", [False, True])
def test_telegram_may_charge_only_where_that_is_set(api: BotApi, pays: bool) -> None:
    desk = FakeDesk()
    api.says("一")
    play(api, desk, lambda: api.sent, pays=pays)
    assert [sent.fields.get("allow_paid_broadcast", "") for sent in api.sent] == (["true"] if pays else [""])
