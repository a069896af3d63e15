from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from bot.clock import FrozenClock
from bot.web.app import create
from tests.fakes.desk import SECRET, FakeDesk
from tests.fakes.texts import FileTexts

NOON = dt.datetime(2022, 4, 5, 4, tzinfo=dt.UTC)


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
def client(desk: FakeDesk) -> Iterator[TestClient]:
    app = create(desk, FileTexts(), secret=SECRET, cases=desk, replay=dt.date(2022, 4, 5), clock=FrozenClock(NOON))
    with TestClient(app, base_url="http://hotline.test") as client:
        yield client
