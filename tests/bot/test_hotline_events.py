"""What nobody said: recorded and acted on, never answered."""

from __future__ import annotations

import pytest

from bot.clock import FrozenClock
from bot.hotline import Hotline
from bot.store.store import Store
from tests.bot.conftest import Waiting, Write
from tests.fakes.engine import FakeEngine


def test_being_blocked_is_known_until_the_resident_is_back(hotline: Hotline, store: Store, message: Write) -> None:
    hotline.accept(message("blocked", kind="left"))
    assert hotline.process("telegram:7") == 1
    assert store.why_unreachable("telegram:7") == "blocked"
    hotline.accept(message("", kind="noted"))
    hotline.process("telegram:7")
    assert store.why_unreachable("telegram:7") == "blocked"
    hotline.accept(message("", kind="back"))
    hotline.process("telegram:7")
    assert store.why_unreachable("telegram:7") == ""


def test_whoever_writes_can_be_reached(hotline: Hotline, store: Store, message: Write) -> None:
    for text, kind in (("kicked", "left"), ("透析", "text")):
        hotline.accept(message(text, kind=kind))
        hotline.process("telegram:7")
    assert store.why_unreachable("telegram:7") == ""


@pytest.mark.parametrize("kind", ["left", "back", "noted", "moved"])
def test_events_are_never_answered(hotline: Hotline, engine: FakeEngine, message: Write, kind: str, waiting: Waiting) -> None:
    hotline.accept(message("-9" if kind == "moved" else "", kind=kind))
    assert hotline.process("telegram:7") == 1
    assert engine.texts == [] and hotline.queue() == [] and waiting() == []
    assert hotline.history("telegram:7") == [] and hotline.history("telegram:-9") == []


def test_a_group_that_moved_keeps_its_conversation_and_its_case(hotline: Hotline, store: Store, clock: FrozenClock, message: Write) -> None:
    hotline.accept(message("没饭 雁塔", chat="-5"))
    hotline.process("telegram:-5")
    before = store.conversation("telegram:-5")[0]
    for _ in range(2):  # Telegram says so in the old group and in the new one
        hotline.accept(message("-1005", chat="-5", kind="moved"))
        clock.advance(60)
        hotline.process("telegram:-5")
    assert store.conversation("telegram:-1005")[0] == before and before.case == 1
    assert [case.address for case in hotline.queue()] == ["telegram:-1005"]
    assert store.read(lambda db: {row["address"] for row in db.query("SELECT address FROM outbox")}) == {"telegram:-1005"}
    hotline.accept(message("拒收", chat="-1005"))
    hotline.process("telegram:-1005")
    assert len(hotline.queue()) == 1
