from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.bot_api import BotApi


@pytest.fixture
def api() -> Iterator[BotApi]:
    with BotApi().serve() as api:
        yield api
