"""The delivery over a channel that does as told: order, leases, rests, and an end that loses nothing."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import Sequence
from typing import Any

import pytest

from bot.channel import Arrived, Moved, Never, NotSent, Outcome, TooFast, Unclear
from bot.clock import SystemClock
from bot.model import Button
from bot.store.outbox import OutRow
from tests.fakes.channel import QUICK, Script, answers, deliver
from tests.fakes.outbox import FakeOutbox


@pytest.mark.parametrize(
    ("outcome", "lane", "status", "reason"),
    [
        (NotSent("no connection"), "broadcast", "pending", "no connection"),
        (Unclear("timeout"), "reply", "pending", "timeout"),
        (Unclear("timeout"), "emergency", "pending", "timeout"),
        (Unclear("timeout"), "reminder", "uncertain", "timeout"),
        (ValueError("words"), "broadcast", "uncertain", "ValueError"),
        (ValueError("words"), "reply", "pending", "ValueError"),
        (TooFast(30), "reply", "pending", "too fast"),
        (Never("bad"), "reply", "dead", "bad"),
    ],
)
def test_what_becomes_of_a_message(outcome: Outcome | Exception, lane: str, status: str, reason: str) -> None:
    outbox, channel = FakeOutbox(), Script(answers(outcome))
    outbox.put("test:1", "a", lane=lane)  # type: ignore[arg-type]
    deliver(outbox, channel, lambda: outbox.rows[1].reason, pace=dataclasses.replace(QUICK, first=60.0))
    assert (outbox.rows[1].status, outbox.rows[1].reason) == (status, reason) and len(channel.heard) == 1
    assert outbox.on_the_loop == []


@pytest.mark.parametrize(
    ("outcome", "lane", "status", "reason"),
    [
        (NotSent("x"), "broadcast", "pending", "x"),
        (Unclear("timeout"), "reminder", "uncertain", "timeout"),
        (Unclear("timeout"), "reply", "pending", "timeout"),
        (ValueError("words"), "reply", "pending", "ValueError"),
        (TooFast(30), "reply", "pending", "too fast"),
        (Never("bad"), "reply", "dead", "bad"),
    ],
)
def test_what_becomes_of_a_picture(outcome: Outcome | Exception, lane: str, status: str, reason: str) -> None:
    outbox, channel = FakeOutbox(), Script(answers(outcome))
    outbox.put("test:1", "its words", lane=lane, picture="refused:xian:zh")  # type: ignore[arg-type]
    deliver(outbox, channel, lambda: outbox.rows[1].reason, pace=dataclasses.replace(QUICK, first=60.0))
    assert (outbox.rows[1].status, outbox.rows[1].reason) == (status, reason)
    assert channel.heard == [("test:1", "[refused:xian:zh]")]


def test_where_a_channel_shows_no_pictures_the_words_go_and_a_part_that_arrived_does_not_go_again() -> None:
    outbox, channel = FakeOutbox(), Script(answers(Arrived(), NotSent("x"), Arrived()), shows=False)
    outbox.put("test:1", "a\nb", (Button("x", "x"),), picture="refused:xian:zh")
    deliver(outbox, channel, lambda: outbox.having("sent"))
    assert [text for _, text in channel.heard] == ["a", "b", "b"] and channel.buttons == [0, 1, 1]


def test_silence_is_for_everybody() -> None:
    outbox = FakeOutbox()
    outbox.put("test:1", "a")
    channel = Script(answers(TooFast(0.4), Arrived()))
    begun = time.monotonic()
    deliver(outbox, channel, lambda: "pause" in outbox.calls, lambda: outbox.put("test:2", "b"), lambda: len(outbox.having("sent")) == 2)
    assert time.monotonic() - begun >= 0.4 and len(channel.heard) == 3


def test_a_chat_that_moved_is_followed() -> None:
    outbox, channel = FakeOutbox(), Script(answers(Moved("test:9"), Arrived()))
    outbox.put("test:1", "a")
    outbox.put("test:1", "b")
    deliver(outbox, channel, lambda: len(outbox.having("sent")) == 2)
    assert channel.heard == [("test:1", "a"), ("test:9", "a"), ("test:9", "b")] and outbox.moved == [("test:1", "test:9")]


def test_parts_go_in_order_and_only_the_last_has_the_buttons() -> None:
    outbox, channel = FakeOutbox(), Script(answers(Arrived(), NotSent("x"), Arrived()))
    outbox.put("test:1", "a\nb\nc", (Button("x", "x"),))
    deliver(outbox, channel, lambda: outbox.having("sent"))
    assert [text for _, text in channel.heard] == ["a", "b", "b", "c"] and channel.buttons == [0, 0, 0, 1]


def test_chats_side_by_side_and_each_in_order() -> None:
    async def plan(address: str, text: str) -> Outcome:
        await asyncio.sleep(0.02)
        return Arrived()

    outbox, channel = FakeOutbox(), Script(plan)
    for n in range(40):
        outbox.put(f"test:{n % 10}", str(n))
    deliver(outbox, channel, lambda: len(outbox.having("sent")) == 40, pace=dataclasses.replace(QUICK, width=5))
    assert channel.most == 5
    for chat in range(10):
        assert [text for address, text in channel.heard if address == f"test:{chat}"] == [str(n) for n in range(chat, 40, 10)]


def test_an_idle_outbox_is_not_asked_all_the_time() -> None:
    outbox = FakeOutbox()
    begun = time.monotonic()
    deliver(outbox, Script(), lambda: time.monotonic() - begun > 0.5)
    assert outbox.calls.count("take") <= 14
    outbox.put("test:1", "a")
    outbox.rows[1].not_before = SystemClock().now().replace(year=2100)
    begun, before = time.monotonic(), len(outbox.calls)
    deliver(outbox, Script(), lambda: time.monotonic() - begun > 0.5)
    assert outbox.calls[before:].count("take") <= 14


def test_it_waits_no_longer_than_until_something_is_due() -> None:
    outbox, channel = FakeOutbox(), Script(answers(NotSent("x"), Arrived()))
    outbox.put("test:1", "a")
    begun = time.monotonic()
    deliver(outbox, channel, lambda: outbox.having("sent"), pace=dataclasses.replace(QUICK, idle=30.0, first=0.1))
    assert time.monotonic() - begun < 5


def test_while_nothing_arrives_anywhere_it_rests() -> None:
    outbox, channel = FakeOutbox(), Script(answers(NotSent("no connection", everybody=True)))
    for n in range(50):
        outbox.put(f"test:{n}", "a", lane="broadcast")
    begun = time.monotonic()
    pace = dataclasses.replace(QUICK, width=4, first=0.3)
    deliver(outbox, channel, lambda: time.monotonic() - begun > 0.6, pace=pace)
    assert len(channel.heard) <= 12 and outbox.having("uncertain") == []


def test_a_store_that_is_away_is_told_later_and_nothing_is_sent_twice() -> None:
    outbox, channel = FakeOutbox(), Script()
    outbox.refuse.update(take=2, next_due=2, delivered=3)
    outbox.put("test:1", "a", lane="broadcast")
    deliver(outbox, channel, lambda: outbox.having("sent"))
    assert len(channel.heard) == 1


def test_an_attempt_that_was_overtaken_settles_nothing() -> None:
    outbox = FakeOutbox()

    async def plan(_: str, __: str) -> Outcome:
        outbox.rows[1].attempts = 2  # another process has taken it meanwhile
        return Arrived()

    channel = Script(plan)
    outbox.put("test:1", "a\nb")
    deliver(outbox, channel, lambda: "delivered" in outbox.calls)
    assert outbox.rows[1].status == "sending" and [text for _, text in channel.heard] == ["a"]


def test_a_sender_stopped_past_its_lease_does_not_send() -> None:
    """What SIGSTOP does: between the commit of the attempt and the call, more time passes than the lease has."""
    outbox = FakeOutbox()

    class Late(Script):
        def parts(self, text: str) -> Sequence[str]:
            time.sleep(0.4)
            return super().parts(text)

    channel = Late()
    outbox.put("test:1", "a", lane="broadcast")
    deliver(outbox, channel, lambda: "give_back" in outbox.calls, pace=dataclasses.replace(QUICK, lease=0.3, call=0.1))
    assert channel.heard == []


def test_the_lease_counts_from_before_it_was_asked_for() -> None:
    """As the store counts it: a database that answers late has given away a part of the lease, and others may have the message by then."""

    class Slow(FakeOutbox):
        def take(self, *given: Any, **more: Any) -> list[OutRow]:
            rows = super().take(*given, **more)
            time.sleep(0.4 if rows else 0.0)
            return rows

    outbox, channel = Slow(), Script()
    outbox.put("test:1", "a")
    deliver(outbox, channel, lambda: "give_back" in outbox.calls, pace=dataclasses.replace(QUICK, lease=0.3, call=0.1))
    assert channel.heard == []


def test_a_call_that_never_ends_is_given_up() -> None:
    async def plan(_: str, __: str) -> Outcome:
        await asyncio.sleep(60)
        return Arrived()

    outbox, channel = FakeOutbox(), Script(plan)
    outbox.put("test:1", "a", lane="broadcast")
    deliver(outbox, channel, lambda: outbox.having("uncertain"), pace=dataclasses.replace(QUICK, call=0.1))


def test_the_end_finishes_what_is_on_its_way_and_returns_the_rest() -> None:
    gate: list[bool] = []

    async def plan(_: str, text: str) -> Outcome:
        gate.append(True)
        await asyncio.sleep(0.2 if text != "stuck" else 60)
        return Arrived()

    outbox, channel = FakeOutbox(), Script(plan)
    for address, text in (("test:1", "a"), ("test:2", "b\nc"), ("test:3", "stuck"), ("test:4", "later")):
        outbox.put(address, text)
    outbox.put("test:5", "stuck", lane="broadcast")
    pace = dataclasses.replace(QUICK, width=3, grace=2.0)
    seconds = deliver(outbox, channel, lambda: len(gate) == 3, pace=pace)
    assert seconds < 6
    rows = {text: (row.status, row.reason, row.part) for row in outbox.rows.values() for text in [row.out.text]}
    assert rows["a"] == ("sent", "", 1) and rows["b\nc"] == ("pending", "", 1)
    assert outbox.rows[3].status == "pending" and outbox.rows[3].reason == "stopped"
    assert rows["later"] == ("pending", "", 0) and outbox.rows[5].status == "pending"
    assert ("test:4", "later") not in channel.heard


def test_the_end_leaves_a_broadcast_on_its_way_to_a_person() -> None:
    async def plan(_: str, __: str) -> Outcome:
        await asyncio.sleep(60)
        return Arrived()

    outbox, channel = FakeOutbox(), Script(plan)
    outbox.put("test:1", "a", lane="broadcast")
    seconds = deliver(outbox, channel, lambda: channel.heard, pace=dataclasses.replace(QUICK, grace=0.1))
    assert seconds < 3 and (outbox.rows[1].status, outbox.rows[1].reason) == ("uncertain", "stopped")


def test_the_end_comes_even_where_the_store_never_answers() -> None:
    outbox, channel = FakeOutbox(), Script()
    outbox.refuse["delivered"] = 10**9
    outbox.put("test:1", "a")
    assert deliver(outbox, channel, lambda: channel.heard, pace=dataclasses.replace(QUICK, grace=0.2)) < 3
    assert outbox.rows[1].status == "sending"
