"""Polling: an offset confirms what is committed and nothing beyond."""

from __future__ import annotations

import json
from collections.abc import Callable

from bot.errors import StoreUnavailable
from bot.model import Incoming
from tests.bot.telegram.play import play
from tests.fakes.bot_api import BotApi, Fault, rules_of
from tests.fakes.desk import FakeDesk


def test_the_offset_moves_only_after_the_commit(api: BotApi) -> None:
    desk = FakeDesk()
    desk.refuse["accept"] = 3
    first, second = api.says("一"), api.says("二")
    seen: list[tuple[int, int]] = []

    def watch() -> bool:
        confirmed = len(api.confirmed)
        seen.append((confirmed, len(desk.inbox)))
        return second in api.confirmed and len(desk.delivered) == 2

    play(api, desk, watch)
    assert all(confirmed <= kept for confirmed, kept in seen)
    assert [incoming.update for incoming in desk.inbox] == [f"123456:{first}", f"123456:{second}"]
    assert desk.calls.count("accept") == 5


def test_a_batch_is_kept_up_to_the_failure(api: BotApi) -> None:
    """What a crash between two commits leaves: the first is not asked for again, the second is."""
    desk = FakeDesk()
    numbers = [api.says(text) for text in "一二三"]
    refused = 0

    def accept(incoming: Incoming, real: Callable[[Incoming], int] = desk.accept) -> int:
        nonlocal refused
        if incoming.text == "二" and refused < 2:
            refused += 1
            raise OSError
        return real(incoming)

    desk.accept = accept  # type: ignore[method-assign]
    play(api, desk, lambda: len(desk.delivered) == 3)
    assert [incoming.update for incoming in desk.inbox] == [f"123456:{number}" for number in numbers]
    assert [sent.text for sent in api.sent] == ["你说：一", "你说：二", "你说：三"]


def test_a_batch_out_of_order_confirms_nothing_that_is_not_kept(api: BotApi) -> None:
    """The later number is committed first; the earlier one, which fails, must not be confirmed with it."""
    desk = FakeDesk()
    api.script(*rules_of([{"fault": "reorder"}]))
    early, late = api.says("早", chat=1), api.says("晚", chat=2)
    refused: list[int] = []

    def accept(incoming: Incoming, real: Callable[[Incoming], int] = desk.accept) -> int:
        if incoming.text == "早" and len(refused) < 3:
            refused.append(len(api.confirmed))
            raise StoreUnavailable("away")
        return real(incoming)

    desk.accept = accept  # type: ignore[method-assign]
    play(api, desk, lambda: len(desk.delivered) == 2, lambda: late in api.confirmed)
    assert refused == [0, 0, 0] and early in api.confirmed
    assert sorted(incoming.text for incoming in desk.inbox) == ["早", "晚"]


def test_duplicates_are_one_message(api: BotApi) -> None:
    desk = FakeDesk()
    api.script(*rules_of([{"fault": "duplicate", "times": 3}]))
    for text in "一二三":
        api.says(text)
    play(api, desk, lambda: desk.calls.count("accept") == 6, lambda: len(desk.delivered) == 3)
    assert [sent.text for sent in api.sent] == ["你说：一", "你说：二", "你说：三"]


def test_a_store_that_is_away_keeps_the_offset_and_the_body(api: BotApi) -> None:
    desk = FakeDesk()
    away = 7

    def accept(incoming: Incoming, real: Callable[[Incoming], int] = desk.accept) -> int:
        nonlocal away
        if away > 0:
            away -= 1
            assert api.confirmed == []
            raise StoreUnavailable("away")
        return real(incoming)

    desk.accept = accept  # type: ignore[method-assign]
    api.says("救命\u0007")
    play(api, desk, lambda: desk.delivered, lambda: api.confirmed)
    assert desk.inbox[0].text == "救命\u0007" and desk.inbox[0].raw


def test_updates_without_a_number_are_kept_once(api: BotApi) -> None:
    desk = FakeDesk()
    odd = json.dumps({"ok": True, "result": [{"update_id": "x", "message": 1}, {"update_id": True}]}).encode()
    api.fault("getUpdates", Fault(200, body=odd), Fault(200, body=odd))
    api.says("在吗")
    play(api, desk, lambda: len(desk.inbox) == 3)
    assert sorted((incoming.kind, incoming.chat) for incoming in desk.inbox) == [
        ("text", "7"),
        ("unparsed", "unknown"),
        ("unparsed", "unknown"),
    ]


def test_a_webhook_that_was_set_before_is_removed(api: BotApi) -> None:
    desk = FakeDesk()
    api.state.webhook = "http://127.0.0.1:1/old"
    api.fault("deleteWebhook", Fault(500, "Internal"))
    api.says("在吗")
    play(api, desk, lambda: desk.delivered)
    assert api.state.webhook == "" and api.calls.count("deleteWebhook") == 2


def test_an_update_that_the_store_never_takes_as_it_is(api: BotApi) -> None:
    desk = FakeDesk()

    def accept(incoming: Incoming, real: Callable[[Incoming], int] = desk.accept) -> int:
        if incoming.raw:
            raise ValueError
        return real(incoming)

    desk.accept = accept  # type: ignore[method-assign]
    api.says("救命\u0007")
    play(api, desk, lambda: desk.delivered)
    assert desk.inbox[0].text == "救命 "


def test_updates_that_cannot_be_parsed_are_kept(api: BotApi) -> None:
    desk = FakeDesk()
    api.update(message={"chat": {"id": 9}, "text": "没有呼吸", "date": "soon"})
    api.update(message={"strange": [1, 2]})
    api.update(message={"message_id": 1, "date": 1, "chat": {"id": 9, "type": "private"}, "text": "\ud83d\ude91 \ud800 x"})
    play(api, desk, lambda: len(desk.inbox) == 3, lambda: len(desk.delivered) == 2)
    assert [incoming.text for incoming in desk.inbox if incoming.chat == "9"] == ["没有呼吸", "🚑 \ufffd x"]
    assert [incoming.kind for incoming in desk.inbox if incoming.chat == "unknown"] == ["unparsed"]
    assert all(incoming.raw for incoming in desk.inbox)
