"""Numbers for a monitor, over the real hotline and its database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from bot.clock import FrozenClock
from bot.errors import StoreUnavailable
from bot.hotline import Hotline
from bot.metrics import Metrics
from bot.settings import Settings
from bot.store.store import Store
from bot.web.app import create
from tests.bot.conftest import Write
from tests.fakes.desk import SECRET
from tests.fakes.engine import FakeEngine, FakeReplies, fake_decide
from tests.fakes.texts import FileTexts


@pytest.fixture
def metrics(store: Store, clock: FrozenClock) -> Metrics:
    return Metrics(store, clock)


@pytest.fixture
def counted(metrics: Metrics, store: Store, clock: FrozenClock, settings: Settings) -> Hotline:
    return Hotline(metrics.timed(FakeEngine()), FakeReplies(), store, settings, clock, decide=fake_decide, watch=metrics.turn)


@pytest.fixture
def client(metrics: Metrics, counted: Hotline, store: Store) -> Iterator[TestClient]:
    with TestClient(create(counted, FileTexts(), secret=SECRET, cases=store, replay=dt.date(2022, 4, 5), probe=metrics)) as client:
        yield client


def test_what_waits_and_what_was_understood(client: TestClient, counted: Hotline, store: Store, clock: FrozenClock, message: Write) -> None:
    for chat, text in (("1", "胸痛"), ("2", "没饭"), ("3", "透析")):
        counted.accept(message(text, chat=chat))
        clock.advance(2)
        counted.process(f"telegram:{chat}")
    counted.accept(message("hello", chat="4"))
    (first,) = store.take("telegram", 1, clock.now())
    store.dead(first.id, first.attempt, "forbidden", clock.now())
    clock.advance(10)
    said = client.get("/metrics")
    lines = said.text.splitlines()
    assert said.headers["content-type"].startswith("text/plain; version=0.0.4")
    for line in (
        'hotline_turns_total{action="emergency",channel="telegram"} 1.0',
        'hotline_turns_total{action="handoff",channel="telegram"} 1.0',
        'hotline_case_changes_total{priority="P0"} 1.0',
        'hotline_outbox_messages{status="pending"} 4.0',
        'hotline_outbox_messages{status="dead"} 1.0',
        'hotline_outbox_messages{status="uncertain"} 0.0',
        "hotline_inbox_chats 1.0",
        "hotline_understanding_seconds_count 3.0",
        "hotline_database_up 1.0",
    ):
        assert line in lines, said.text
    values = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    assert float(values["hotline_answer_p99_seconds"]) == 6.0 and float(values["hotline_answer_seconds_sum"]) == 12.0
    assert float(values["hotline_outbox_oldest_seconds"]) >= 10
    assert "胸痛" not in said.text


def test_ready_only_while_a_message_could_be_kept(client: TestClient, store: Store) -> None:
    assert (client.get("/readyz").status_code, client.get("/readyz").text) == (200, "ready\n")
    store.close()
    answer = client.get("/readyz")
    assert answer.status_code == 503 and answer.headers["retry-after"] == "5"
    assert "hotline_database_up 0.0" in client.get("/metrics").text


def test_without_a_probe_there_is_nothing_to_ask(counted: Hotline, store: Store) -> None:
    with TestClient(create(counted, FileTexts(), secret=SECRET, cases=store, replay=None)) as client:
        assert client.get("/metrics").status_code == client.get("/readyz").status_code == 404


def test_a_turn_is_timed_even_where_the_engine_fails(metrics: Metrics, counted: Hotline, message: Write) -> None:
    counted.accept(message("boom"))
    counted.process("telegram:7")
    assert b"hotline_understanding_seconds_count 1.0" in metrics.text()


def test_a_database_that_is_away_is_an_error_of_readiness(store: Store, metrics: Metrics) -> None:
    metrics.ready()
    store.close()
    with pytest.raises(StoreUnavailable):
        metrics.ready()
