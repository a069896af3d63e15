"""The use cases over both engines: accepted, answered once, handed to a sender."""

from __future__ import annotations

import threading

import pytest

from bot.clock import FrozenClock
from bot.errors import StoreUnavailable
from bot.hotline import Hotline
from bot.settings import Settings
from bot.store.store import Store
from tests.bot.conftest import Write
from tests.bot.store.conftest import Open
from tests.fakes.engine import FakeEngine, FakeReplies, fake_decide


def desk(store: Store, settings: Settings, clock: FrozenClock) -> Hotline:
    return Hotline(FakeEngine(), FakeReplies(), store, settings, clock, decide=fake_decide)


def test_an_emergency_goes_before_what_others_wait_for(store: Store, settings: Settings, clock: FrozenClock, message: Write) -> None:
    hotline = desk(store, settings, clock)
    for chat, text in (("1", "透析"), ("2", "没饭"), ("3", "胸痛 \x00\ud83d 100% :x")):
        hotline.accept(message(text, chat=chat))
    assert hotline.resume() == 3
    assert hotline.queue()[0].priority == "P0"
    lanes = {row.address: row.lane for row in store.take("telegram", 10, clock.now())}
    assert lanes == {"telegram:1": "reply", "telegram:2": "reply", "telegram:3": "emergency"}
    assert hotline.resume() == 0


def test_two_services_answer_each_message_once(opened: Open, settings: Settings, clock: FrozenClock, message: Write) -> None:
    hotlines = [desk(opened(), settings, clock) for _ in range(2)]
    for number in range(30):
        hotlines[number % 2].accept(message(f"nap {number}", chat=str(number % 3)))
    done: list[int] = []

    def work(hotline: Hotline) -> None:
        for _ in range(200):
            done.append(hotline.resume())
            if sum(done) == 30:
                return

    threads = [threading.Thread(target=work, args=(hotline,)) for hotline in hotlines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done) == 30
    for chat in range(3):
        said = [line.text for line in hotlines[0].history(f"telegram:{chat}") if line.author == "resident"]
        assert said == [f"nap {number}" for number in range(30) if number % 3 == chat]


def test_a_failed_commit_leaves_the_row_for_the_next(
    store: Store, settings: Settings, clock: FrozenClock, message: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    hotline = desk(store, settings, clock)
    hotline.accept(message("没饭"))
    with monkeypatch.context() as patch:
        patch.setattr("bot.store.turns.outbox.put", _away)
        with pytest.raises(StoreUnavailable):
            hotline.process("telegram:7")
    assert store.history("telegram:7") == [] and hotline.queue() == []
    assert hotline.process("telegram:7") == 1 and len(hotline.queue()) == 1


def _away(*_: object) -> None:
    raise StoreUnavailable("gone")
