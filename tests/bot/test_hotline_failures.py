"""Whatever fails, no message is lost and a person sees it."""

from __future__ import annotations

import logging
import time
from typing import Any

import pytest

from bot.clock import FrozenClock
from bot.errors import Overtaken, StoreUnavailable
from bot.hotline import Hotline
from bot.log import configure
from bot.model import Turn
from bot.settings import Settings
from bot.state import State
from bot.store.connection import Connection
from bot.store.store import Store
from tests.bot.conftest import Waiting, Write
from tests.fakes.engine import NOON, FakeEngine, FakeReplies, fake_decide


def texts(hotline: Hotline) -> list[str]:
    return [f"{line.author}: {line.text}" for line in hotline.history("telegram:7")]


def test_a_failing_engine_ends_with_a_person(hotline: Hotline, message: Write, caplog: pytest.LogCaptureFixture) -> None:
    hotline.accept(message("boom 我妈"))
    assert hotline.process("telegram:7") == 1
    case = hotline.queue()[0]
    assert (case.priority, case.reason, case.words) == ("P1", "failure:understanding", "boom 我妈")
    assert texts(hotline)[1] == f"bot: failure.danger zh case={case.number}"


def test_a_slow_engine_ends_with_a_person(hotline: Hotline, engine: FakeEngine, message: Write) -> None:
    hotline.accept(message("slow"))
    begun = time.monotonic()
    hotline.process("telegram:7")
    assert time.monotonic() - begun < 3
    engine.release.set()
    assert hotline.queue()[0].reason == "failure:timeout"
    assert texts(hotline)[1].startswith("bot: failure.danger en")


def test_a_failing_decision_keeps_an_emergency_first(hotline: Hotline, message: Write) -> None:
    hotline.accept(message("undecided 胸痛"))
    hotline.process("telegram:7")
    assert (hotline.queue()[0].priority, hotline.queue()[0].reason) == ("P0", "failure:decision")


def test_a_case_is_opened_even_without_words_for_it(hotline: Hotline, replies: FakeReplies, message: Write) -> None:
    replies.broken = True
    hotline.accept(message("boom"))
    hotline.process("telegram:7")
    assert len(hotline.queue()) == 1
    assert len(hotline.history("telegram:7")) == 1


def test_a_row_that_never_ends_is_set_aside(hotline: Hotline, store: Store, clock: FrozenClock, message: Write) -> None:
    hotline.accept(message("胸痛"))
    for _ in range(3):
        assert store.claim("telegram:7", clock.now()) is not None  # as if the process died each time
        clock.advance(10)
    hotline.process("telegram:7")
    assert hotline.queue()[0].reason == "failure:quarantined"
    rows = store.read(lambda db: db.query("SELECT status FROM inbox"))
    assert rows == [{"status": "quarantined"}]


def test_a_crash_before_the_commit_loses_nothing(hotline: Hotline, store: Store, message: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    hotline.accept(message("胸痛"))

    def crash(*_: Any, **__: Any) -> int:
        raise StoreUnavailable("gone")

    with monkeypatch.context() as patch:
        patch.setattr(store, "finish", crash)
        with pytest.raises(StoreUnavailable):
            hotline.process("telegram:7")
    assert hotline.queue() == [] and hotline.history("telegram:7") == []
    assert hotline.resume() == 1
    assert hotline.queue()[0].priority == "P0"


def test_a_crash_between_commit_and_send_sends_later(path: str, clock: FrozenClock, settings: Settings, message: Write) -> None:
    store = Store(path, clock)
    hotline = Hotline(FakeEngine(), FakeReplies(), store, settings, clock, decide=fake_decide)
    hotline.accept(message("没饭"))
    hotline.process("telegram:7")
    (handed,) = store.take("telegram", 10, clock.now())
    store.close()
    again = Store(path, clock)
    try:
        hotline = Hotline(FakeEngine(), FakeReplies(), again, settings, clock, decide=fake_decide)
        assert hotline.resume() == 0 and again.take("telegram", 10, clock.now()) == []
        clock.advance(31)
        (row,) = again.take("telegram", 10, clock.now())
        assert (row.id, row.text, row.attempt) == (handed.id, handed.text, 2)
        assert not again.delivered(handed.id, handed.attempt, clock.now()) and again.delivered(row.id, row.attempt, clock.now())
    finally:
        again.close()


def test_a_failure_inside_the_transaction_writes_nothing(hotline: Hotline, store: Store, message: Write) -> None:
    hotline.accept(message("没饭"))
    row = store.claim("telegram:7", NOON)
    assert row is not None
    bad = Turn((), State(topics=({1, 2},)))  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        store.finish(row, bad, 0, NOON)
    assert store.open_addresses() == ["telegram:7"]
    store.release(row)
    assert hotline.process("telegram:7") == 1


def test_a_conversation_that_moved_is_not_overwritten(hotline: Hotline, store: Store, message: Write) -> None:
    hotline.accept(message("没饭"))
    row = store.claim("telegram:7", NOON)
    assert row is not None
    store.write(_move)
    with pytest.raises(Overtaken):
        store.finish(row, Turn((), State()), 3, NOON)
    assert hotline.queue() == []
    store.release(row)
    assert hotline.process("telegram:7") == 1


def _move(db: Connection) -> None:
    db.execute("INSERT INTO conversations VALUES ('telegram:7', '{}', 9, 0)")


def test_a_broken_database_is_an_error_and_nothing_is_lost(
    hotline: Hotline, store: Store, message: Write, caplog: pytest.LogCaptureFixture
) -> None:
    hotline.accept(message("没饭"))
    store.close()
    with pytest.raises(StoreUnavailable):
        hotline.accept(message("胸痛"))
    with pytest.raises(StoreUnavailable):
        hotline.process("telegram:7")


@pytest.mark.parametrize("text", ["", "\ud83d lone", "\x00\x07", "x" * 100_000, "'; DROP TABLE cases; --", "{case} {0}", "\u202eabc"])
def test_hostile_text_is_kept_and_answered(hotline: Hotline, message: Write, text: str) -> None:
    hotline.accept(message(text, raw=text, city="a\udc00b"))
    assert hotline.process("telegram:7") == 1
    line = hotline.history("telegram:7")[0]
    assert line.text == text.replace("\ud83d", "\ufffd").replace("\x00", "")


def test_no_words_reach_the_log(hotline: Hotline, message: Write, capsys: pytest.CaptureFixture[str]) -> None:
    handlers = logging.getLogger().handlers[:]
    configure("DEBUG", "json")
    try:
        for text in ("boom 我妈胸口疼 secretword", "undecided secretword", "胸痛 secretword"):
            hotline.accept(message(text))
        hotline.process("telegram:7")
    finally:
        logging.getLogger().handlers[:] = handlers
    said = capsys.readouterr()
    assert "understanding_failed" in said.err and "decision_failed" in said.err
    assert "secretword" not in said.err + said.out and "我妈" not in said.err + said.out


def test_words_of_danger_make_it_p0_where_nothing_was_understood(
    engine: FakeEngine, replies: FakeReplies, store: Store, clock: FrozenClock, settings: Settings, message: Write
) -> None:
    hotline = Hotline(engine, replies, store, settings, clock, decide=fake_decide, danger=lambda text: "晕倒" in text)
    for chat, text in (("1", "boom 我妈晕倒了"), ("2", "boom 买菜")):
        hotline.accept(message(text, chat=chat))
        hotline.process(f"telegram:{chat}")
    assert [(case.priority, case.address) for case in hotline.queue()] == [("P0", "telegram:1"), ("P1", "telegram:2")]


def test_a_list_of_danger_that_fails_leaves_p1(
    engine: FakeEngine, replies: FakeReplies, store: Store, clock: FrozenClock, settings: Settings, message: Write
) -> None:
    def danger(text: str) -> bool:
        raise ValueError(text)

    hotline = Hotline(engine, replies, store, settings, clock, decide=fake_decide, danger=danger)
    hotline.accept(message("boom"))
    hotline.process("telegram:7")
    assert hotline.queue()[0].priority == "P1"


def test_what_cannot_be_parsed_goes_to_a_person_and_nobody_is_answered(
    hotline: Hotline, store: Store, message: Write, waiting: Waiting
) -> None:
    hotline.accept(message("", chat="unknown", kind="unparsed"))
    assert hotline.process("telegram:unknown") == 1
    assert [(case.priority, case.reason) for case in hotline.queue()] == [("P1", "failure:unparsed")]
    assert waiting() == [] and hotline.resume() == 0
    assert store.read(lambda db: [row["status"] for row in db.query("SELECT status FROM inbox")]) == ["quarantined"]


def test_one_who_can_be_answered_is_told_that_it_was_not_read(hotline: Hotline, message: Write, waiting: Waiting) -> None:
    hotline.accept(message("", kind="unparsed"))
    hotline.process("telegram:7")
    assert waiting() == ["failure.danger zh case=1"]
