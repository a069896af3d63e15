"""A message is accepted once, answered once and in order; whatever fails ends with a person."""

from __future__ import annotations

import threading

from bot.around import context_of
from bot.clock import FrozenClock
from bot.hotline import Hotline
from bot.model import Incoming, Turn
from bot.settings import Settings
from bot.state import State
from bot.store.store import Store
from tests.bot.conftest import Waiting, Write
from tests.fakes.engine import NOON, FakeEngine, FakeReplies, fake_decide


def texts(hotline: Hotline, address: str = "telegram:7") -> list[str]:
    return [f"{line.author}: {line.text}" for line in hotline.history(address)]


def test_an_emergency_is_answered_and_logged(hotline: Hotline, store: Store, message: Write, waiting: Waiting) -> None:
    incoming = message("我胸痛")
    hotline.accept(incoming)
    assert hotline.process(incoming.address) == 1
    assert hotline.process(incoming.address) == 0
    case = hotline.queue()[0]
    assert (case.priority, case.reason, case.words, case.status) == ("P0", "emergency:cardiac-01", "我胸痛", "open")
    assert texts(hotline) == ["resident: 我胸痛", "bot: <emergency> care.emergency zh", f"bot: case {case.number}"]
    assert waiting() == ["<emergency> care.emergency zh", f"case {case.number}"]
    assert store.conversation(incoming.address)[0].case == case.number


def test_a_duplicate_update_is_one_message(hotline: Hotline, message: Write) -> None:
    incoming = message("透析", update="900")
    first = hotline.accept(incoming)
    assert hotline.accept(incoming) == first
    hotline.process(incoming.address)
    assert hotline.accept(incoming) == first
    assert hotline.process(incoming.address) == 0
    assert len(hotline.history(incoming.address)) == 2


def test_the_same_number_in_another_chat_is_another_message(hotline: Hotline, message: Write) -> None:
    one = hotline.accept(message("透析", chat="1", update="5", channel="web"))
    other = hotline.accept(message("没饭", chat="2", update="5", channel="web"))
    assert one != other


def test_a_chat_is_answered_in_order(hotline: Hotline, engine: FakeEngine, message: Write, waiting: Waiting) -> None:
    for number in range(12):
        hotline.accept(message(f"第{number}条"))
    assert hotline.process("telegram:7") == 12
    assert engine.texts == [f"第{number}条" for number in range(12)]
    residents = [line for line in texts(hotline) if line.startswith("resident")]
    assert residents == [f"resident: 第{number}条" for number in range(12)]
    assert len(waiting()) == 12


def test_two_threads_answer_each_message_once(hotline: Hotline, message: Write) -> None:
    for number in range(20):
        hotline.accept(message(f"nap {number}", chat=str(number % 4)))
    counts: list[int] = []

    def work() -> None:
        for chat in range(4):
            counts.append(hotline.process(f"telegram:{chat}"))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 20
    for chat in range(4):
        residents = [line.text for line in hotline.history(f"telegram:{chat}") if line.author == "resident"]
        assert residents == [f"nap {number}" for number in range(20) if number % 4 == chat]


def test_two_processes_answer_each_message_once(path: str, store: Store, clock: FrozenClock, settings: Settings, message: Write) -> None:
    with_other = Store(path, clock)
    try:
        hotlines = [Hotline(FakeEngine(), FakeReplies(), s, settings, clock, decide=fake_decide) for s in (store, with_other)]
        for number in range(10):
            hotlines[number % 2].accept(message(f"nap {number}"))
        threads = [threading.Thread(target=hotline.process, args=("telegram:7",)) for hotline in hotlines]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        residents = [line.text for line in store.history("telegram:7") if line.author == "resident"]
        assert residents == [f"nap {number}" for number in range(10)]
        assert len(store.history("telegram:7")) == 20
    finally:
        with_other.close()


def test_facts_are_added_to_the_open_case(hotline: Hotline, store: Store, clock: FrozenClock, message: Write) -> None:
    for text in ("没饭", "拒收", "没饭", "胸痛"):
        hotline.accept(message(text))
        hotline.process("telegram:7")
        clock.advance(60)
    cases = hotline.queue()
    assert len(cases) == 1
    case = cases[0]
    assert (case.priority, case.reason, case.words) == ("P0", "emergency:cardiac-01", "胸痛")
    assert case.topics == ("supplies.daily", "care.refused", "care.emergency")
    assert (case.updated_at - case.opened_at).total_seconds() == 180
    assert [row.kind for row in store.trail(case.number)] == ["case.opened", "case.raised", "case.added", "case.raised"]
    assert store.intact(case.number)


def test_the_queue_is_most_urgent_first(hotline: Hotline, clock: FrozenClock, message: Write) -> None:
    for chat, text in (("1", "没饭"), ("2", "没饭"), ("3", "拒收"), ("4", "胸痛")):
        hotline.accept(message(text, chat=chat))
        hotline.process(f"telegram:{chat}")
        clock.advance(1)
    assert [case.address[-1] for case in hotline.queue()] == ["4", "3", "1", "2"]
    assert len(hotline.queue(limit=2)) == 2


def test_the_page_reads_what_is_new(hotline: Hotline, message: Write, waiting: Waiting) -> None:
    hotline.accept(message("透析", channel="web"))
    hotline.process("web:7")
    lines = hotline.history("web:7")
    assert [button.text for button in lines[1].buttons] == ["我在雁塔区"]
    assert waiting() == []
    hotline.accept(message("没饭", channel="web"))
    hotline.process("web:7")
    assert [line.author for line in hotline.history("web:7", after=lines[-1].id)] == ["resident", "bot", "bot"]
    assert hotline.history("web:8") == []


def test_what_is_not_published_is_counted(hotline: Hotline, store: Store, message: Write) -> None:
    for _ in range(3):
        hotline.accept(message("雁塔电话"))
    hotline.process("telegram:7")
    gaps = store.read(lambda db: db.query("SELECT what, city, district, times FROM gaps"))
    assert gaps == [{"what": "yanta.duty", "city": "xian", "district": "yanta", "times": 3}]


def test_the_context_comes_from_the_request_then_the_conversation_then_the_settings(message: Write) -> None:
    state = State(city="xian", district="yanta", zone="sealed", patient="self", topics=("care.fever",))
    same = context_of(state, message("x"), Settings(city="beijing"), NOON)
    assert (same.city, same.district, same.zone, same.patient, same.topics) == ("xian", "yanta", "sealed", "self", ("care.fever",))
    other = context_of(state, message("x", city="beijing"), Settings(), NOON)
    assert (other.city, other.district) == ("beijing", "")
    assert context_of(State(), message("x"), Settings(city="beijing"), NOON).city == "beijing"
    live = context_of(State(), message("x"), Settings(date="today"), NOON)
    assert live.live and live.date == NOON.date()


def test_the_watcher_hears_of_each_turn(store: Store, settings: Settings, clock: FrozenClock, message: Write) -> None:
    heard: list[tuple[Incoming, str, int]] = []

    def watch(incoming: Incoming, turn: Turn, case: int) -> None:
        assert turn.understanding is not None
        heard.append((incoming, turn.understanding.action, case))

    hotline = Hotline(FakeEngine(), FakeReplies(), store, settings, clock, decide=fake_decide, watch=watch)
    first = message("没饭")
    hotline.accept(first)
    hotline.process(first.address)
    assert heard == [(first, "handoff", 1)]
