"""Settings, clock, priority, safe text, logging, waiting and ticking."""

from __future__ import annotations

import datetime as dt
import io
import json
import logging
import threading
from collections.abc import Iterator

import pytest

from bot.bounded import within
from bot.clock import FrozenClock, SystemClock, from_ms, to_ms
from bot.errors import HotlineError, SettingsError
from bot.log import configure, describe, get_logger
from bot.priority import more_urgent, priority_of
from bot.safe import one_line, printable, storable
from bot.schedule import Schedule
from bot.settings import Settings, read_settings
from intents.understanding import Action, Scored, Understanding
from tests.fakes.engine import HEART, NOON

TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0"


@pytest.mark.parametrize(
    ("action", "topics", "slots", "expected"),
    [
        ("emergency", ["care.emergency"], {}, ("P0", "emergency:care.emergency")),
        ("handoff", ["care.dialysis", "care.refused"], {}, ("P1", "handoff:care.refused")),
        ("handoff", ["care.ambulance"], {}, ("P1", "handoff:care.ambulance")),
        ("answer", ["care.ambulance"], {"incident": True}, ("P1", "answer:care.ambulance")),
        ("answer", ["care.refused"], {"incident": False}, ("P3", "answer:care.refused")),
        ("handoff", ["transport.closed_loop", "care.dialysis"], {}, ("P1", "handoff:care.dialysis")),
        ("handoff", ["care.oncology"], {}, ("P1", "handoff:care.oncology")),
        ("handoff", ["care.maternity"], {}, ("P1", "handoff:care.maternity")),
        ("handoff", ["care.general"], {"patient": "newborn"}, ("P1", "handoff:patient.newborn")),
        ("handoff", ["care.general"], {"patient": "pregnant"}, ("P1", "handoff:patient.pregnant")),
        ("handoff", ["supplies.daily"], {"patient": "elderly"}, ("P2", "handoff:supplies.daily")),
        ("answer", ["care.dialysis"], {"patient": "pregnant"}, ("P3", "answer:care.dialysis")),
        ("decline", [], {}, ("P3", "decline:other")),
    ],
)
def test_priority(action: Action, topics: list[str], slots: dict[str, str | bool], expected: tuple[str, str]) -> None:
    understanding = Understanding(action, tuple(Scored(topic, 0.9) for topic in topics), slots, "zh")
    assert priority_of(understanding) == expected


def test_a_flag_that_alarms_is_p0_whatever_the_action() -> None:
    understanding = Understanding("handoff", (Scored("care.general", 0.9),), {}, "zh", flags=(HEART,), alarms=(HEART,))
    assert priority_of(understanding) == ("P0", "emergency:cardiac-01")
    assert more_urgent("P2", "P1") == "P1"


def test_settings_from_the_environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (settings.database, settings.host, settings.port, settings.city) == ("hotline.db", "127.0.0.1", 8080, "")
    assert settings.day(NOON) == dt.date(2022, 4, 5) and not settings.live and settings.telegram_bot_token is None
    monkeypatch.setenv("HOTLINE_DATE", "Today")
    monkeypatch.setenv("HOTLINE_LOG_LEVEL", "debug")
    monkeypatch.setenv("HOTLINE_PORT", "")
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    changed = read_settings()
    assert changed.live and changed.log_level == "DEBUG" and changed.port == 8080
    # Late in the evening of UTC it is tomorrow in the cities.
    assert changed.day(dt.datetime(2022, 4, 5, 17, 0, tzinfo=dt.UTC)) == dt.date(2022, 4, 6)
    assert TOKEN not in repr(changed)


def test_a_wrong_setting_is_named_without_its_value(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_PORT", "secret")
    with pytest.raises(SettingsError, match="HOTLINE_PORT") as caught:
        read_settings()
    assert "secret" not in str(caught.value)


def test_time_is_aware_and_in_milliseconds() -> None:
    assert from_ms(to_ms(NOON)) == NOON
    assert to_ms(NOON) == 1649131200000
    now = SystemClock().now()
    assert now.tzinfo is dt.UTC and now.microsecond % 1000 == 0
    clock = FrozenClock(NOON)
    clock.advance(1.5)
    assert (clock.now() - NOON).total_seconds() == 1.5
    with pytest.raises(ValueError):
        to_ms(dt.datetime(2022, 4, 5))


def test_text_is_made_safe() -> None:
    assert storable("a\ud83d\ude91b\ud83d") == "a🚑b\ufffd"
    assert printable("\x1b[2J\u202e胸痛\n\t") == "[2J胸痛\n\t"
    assert one_line("  a \n b " + "x" * 100, 10) == "a b xxxxx…"


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    handlers = logging.getLogger().handlers[:]
    stream = io.StringIO()
    yield stream
    logging.getLogger().handlers[:] = handlers


def test_neither_tokens_nor_words_are_logged(out: io.StringIO) -> None:
    configure("INFO", "json", (TOKEN, "plain-secret"), out)
    log = get_logger("bot.x")
    log.info("accepted", inbox=4, address="telegram:77", text="help", note="我妈晕倒了 secretword", where=f"x/bot{TOKEN}/getMe")
    log.info("我妈晕倒了 a sentence that somebody put where an id belongs")
    try:
        raise ValueError("我妈晕倒了 secretword")
    except ValueError:
        log.exception("failed")
        logging.getLogger("uvicorn.error").exception("Exception in %s", "the words of a resident, secretword and more of them")
    logging.getLogger("telegram").warning("POST https://api.telegram.org/bot%s/getUpdates", TOKEN)
    logging.getLogger("other").warning(f"bot{TOKEN} plain-secret 我妈")
    logging.getLogger("other").warning("%d of %s", "secretword 我", object())
    said = out.getvalue()
    for hidden in (TOKEN, "plain-secret", "我妈", "secretword", "help"):
        assert hidden not in said
    events = [json.loads(line) for line in said.splitlines()]
    assert events[0]["event"] == "accepted" and events[0]["inbox"] == 4 and events[0]["address"] == "telegram:77"
    assert events[0]["level"] == "info" and events[0]["logger"] == "bot.x"
    assert "ValueError at" in events[2]["exception"] and "test_small.py" in events[2]["exception"]
    assert "ValueError at" in events[3]["event"]


def test_the_console_shows_the_same(out: io.StringIO) -> None:
    configure("INFO", "console", (), out)
    get_logger("bot.x").info("accepted", inbox=4, text="秘密")
    assert "accepted" in out.getvalue() and "秘密" not in out.getvalue()


def test_an_exception_is_described_by_its_places() -> None:
    try:
        try:
            raise KeyError("words")
        except KeyError as error:
            raise HotlineError("the database is closed") from error
    except HotlineError as error:
        said = describe(error)
    assert "HotlineError (the database is closed)" in said and "caused by KeyError" in said and "words" not in said


def test_waiting_ends() -> None:
    assert within(5, lambda: 3) == 3
    with pytest.raises(TimeoutError):
        within(0.05, threading.Event().wait)
    with pytest.raises(ZeroDivisionError):
        within(5, lambda: 1 // 0)


def test_the_schedule_ticks() -> None:
    ticked = threading.Event()
    schedule = Schedule()
    schedule.every(0.05, "tick", ticked.set)
    schedule.start()
    assert ticked.wait(5)
    schedule.stop()
    schedule.stop()


def test_a_tick_that_lasts_longer_than_its_interval_is_alone_and_says_nothing(out: io.StringIO) -> None:
    configure("INFO", "json", (), out)
    looked, over, again = threading.Semaphore(0), threading.Event(), threading.Event()
    begun: list[float] = []

    def work() -> None:
        begun.append(0)
        if len(begun) > 1:
            again.set()
        over.wait(20)

    schedule = Schedule()
    schedule.every(0.05, "long", work)
    schedule.every(0.05, "short", looked.release)
    schedule.start()
    try:
        for _ in range(6):  # the long one was due as often as the short one
            assert looked.acquire(timeout=10)
        assert len(begun) == 1
        over.set()
        assert again.wait(10)
    finally:
        over.set()
        schedule.stop()
    assert out.getvalue() == ""


def test_a_tick_that_fails_is_told_and_the_next_one_comes(out: io.StringIO) -> None:
    configure("INFO", "json", (), out)
    again = threading.Event()
    tries: list[int] = []

    def work() -> None:
        tries.append(1)
        if len(tries) > 1:
            again.set()
            return
        raise ValueError("我妈晕倒了")

    schedule = Schedule()
    schedule.every(0.05, "fails", work)
    schedule.start()
    try:
        assert again.wait(10)
    finally:
        schedule.stop()
    assert "ValueError at" in out.getvalue() and "我妈" not in out.getvalue()
