"""Understanding in processes of its own: real ones, which end, hang and are killed."""

from __future__ import annotations

import dataclasses
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.understanders import MOST, UnderstanderEnded, Understanders, default_count
from intents.understanding import Context, Understanding
from tests.fakes.engine import FakeEngine

SOON, LONG = 0.5, 30.0


class Odd(FakeEngine):
    """Says which process read a message; some messages are bad for it."""

    def understand(self, text: str, context: Context) -> Understanding:
        what, _, where = text.partition(" ")
        if what == "end" or (what == "end-first" and _first(Path(where))):
            os.kill(os.getpid(), signal.SIGKILL)
        if what == "hang":
            _until(lambda: False)
        if what == "meet":
            (Path(where) / str(os.getpid())).touch()
            _until(lambda: len(list(Path(where).iterdir())) == 2)
        return dataclasses.replace(super().understand(text, context), slots={"pid": str(os.getpid())})


def broken() -> Odd:
    raise ValueError("no data")


def _first(path: Path) -> bool:
    try:
        path.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def _until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + LONG
    while not done():
        assert time.monotonic() < end
        time.sleep(0.005)


@pytest.fixture(params=[LONG])
def two(request: pytest.FixtureRequest) -> Iterator[Understanders]:
    found = Understanders(Odd(), Odd, 2, patience=request.param)
    found.start()
    _until(lambda: found.ready == 2)
    yield found
    found.close()


def reader(understanders: Understanders, text: str = "没饭") -> int:
    return int(str(understanders.understand(text, Context()).slots["pid"]))


def test_two_messages_are_read_at_the_same_time_in_two_processes(two: Understanders, tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        readers = set(pool.map(lambda _: reader(two, f"meet {tmp_path}"), range(2)))
    assert len(readers) == 2 and os.getpid() not in readers


def test_what_is_understood_is_the_same_as_in_this_process(two: Understanders) -> None:
    context = Context("xian", "雁塔区", topics=("dialysis",))
    for text in ("没饭", "胸痛", "雁塔 fever"):
        assert dataclasses.replace(two.understand(text, context), slots={}) == dataclasses.replace(
            FakeEngine().understand(text, context), slots={}
        )


def test_a_process_that_was_killed_costs_no_message(two: Understanders, tmp_path: Path) -> None:
    assert reader(two, f"end-first {tmp_path / 'ended'}") != os.getpid()
    _until(lambda: two.ready == 2)


def test_a_message_that_ends_its_reader_ends_no_more_than_two(two: Understanders) -> None:
    with pytest.raises(UnderstanderEnded):
        reader(two, "end")
    _until(lambda: two.ready == 2)
    assert reader(two) != os.getpid()


@pytest.mark.parametrize("two", [SOON], indirect=True)
def test_a_reader_that_never_ends_is_ended(two: Understanders) -> None:
    with pytest.raises(TimeoutError):
        reader(two, "hang")
    _until(lambda: two.ready == 2)
    assert reader(two) != os.getpid()


def test_an_error_says_nothing_of_the_message(two: Understanders) -> None:
    with pytest.raises(RuntimeError) as told:
        reader(two, "boom 我妈")
    assert str(told.value) == "ValueError"
    assert two.ready == 2


def test_this_process_reads_while_there_is_no_other(two: Understanders) -> None:
    two.close()
    assert reader(two) == os.getpid()
    none = Understanders(Odd(), Odd, 0)
    none.start()
    assert reader(none) == os.getpid()


def test_without_data_this_process_reads(caplog: pytest.LogCaptureFixture) -> None:
    found = Understanders(Odd(), broken, 1)
    found.start()
    _until(lambda: "understander_failed" in caplog.text)
    assert (found.ready, reader(found)) == (0, os.getpid())
    found.close()


def test_they_end_with_the_service(two: Understanders) -> None:
    pids = {reader(two), reader(two)}
    for pid in pids:
        os.kill(pid, signal.SIGTERM)  # asked to end, the service still has messages to read
    assert {reader(two), reader(two)} == pids
    two.close()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_they_can_be_ended_before_they_are_ready() -> None:
    failures: list[BaseException] = []
    hook, threading.excepthook = threading.excepthook, lambda args: failures.append(args.exc_value or SystemError())
    try:
        for number in range(8):
            found = Understanders(Odd(), Odd, 2, patience=LONG)
            found.start()
            time.sleep(number * 0.05)  # any moment will do
            found.close()
            assert reader(found) == os.getpid()
        _until(lambda: not any(thread.name == "understander" for thread in threading.enumerate()))
    finally:
        threading.excepthook = hook
    assert failures == []


def test_each_core_gets_one_where_the_service_is_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for cores, count in ((1, 0), (2, 2), (64, MOST)):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _, cores=cores: set(range(cores)))
        assert default_count("hotline.db") == count
        assert default_count("postgresql://db/hotline") == 0
