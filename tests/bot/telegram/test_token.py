"""The token is nowhere: not in a log, a traceback or an answer, whatever fails on the way to Telegram and back."""

from __future__ import annotations

import io
import logging
import traceback
from collections.abc import Iterator

import pytest
from telegram.error import TelegramError

from bot.log import configure, describe
from bot.telegram.channel import meaning
from tests.bot.telegram.play import QUICK, play
from tests.fakes.bot_api import TOKEN, BotApi, rules_of
from tests.fakes.bot_api.faults import _KINDS
from tests.fakes.desk import FakeDesk

METHODS = ("getMe", "deleteWebhook", "setWebhook", "getUpdates", "sendMessage", "answerCallbackQuery", "setMyCommands")
FAULTS = sorted(set(_KINDS) - {"timeout", "timeout_after", "slow"})


@pytest.fixture
def said() -> Iterator[io.StringIO]:
    """Everything logged, at the lowest level, by us and by the libraries."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    out = io.StringIO()
    configure("DEBUG", "json", (), out)  # not told the token: nothing may depend on the last filter
    for name in ("telegram", "httpx", "httpcore", "asyncio"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield out
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.parametrize("fault", FAULTS)
def test_no_failure_shows_it(api: BotApi, fault: str, said: io.StringIO) -> None:
    desk = FakeDesk()
    api.script(*rules_of([{"fault": fault, "method": method, "description": f"about {TOKEN} 秘密"} for method in METHODS]))
    api.says("在吗")
    api.update(callback_query={"id": "q", "from": {"id": 7, "is_bot": False, "first_name": "R"}, "chat_instance": "1", "data": "=x"})
    play(
        api,
        desk,
        lambda: len(desk.inbox) == 2,
        lambda: not desk.outbox.having("pending") and not desk.outbox.having("sending"),
        lambda: "setMyCommands" in api.calls,
        commands={("", ""): [("start", "Start")]},
    )
    assert "SECRET" not in said.getvalue() and "秘密" not in said.getvalue() and TOKEN not in said.getvalue()
    assert all("SECRET" not in row.reason for row in desk.outbox.rows.values())


def test_a_refused_token_and_a_server_that_is_not_there(api: BotApi, said: io.StringIO) -> None:
    desk = FakeDesk()
    play(api, desk, lambda: len(api.calls) > 6, token=TOKEN + "x")
    api.url = "http://127.0.0.1:1"
    desk.outbox.put("telegram:1", "a")
    play(api, desk, lambda: desk.outbox.rows[1].reason, pace=QUICK)
    api.url = "http://no.such.host.invalid:1"
    play(api, desk, lambda: desk.outbox.rows[1].attempts > 1, pace=QUICK)
    assert "SECRET" not in said.getvalue() and said.getvalue().count("telegram intake") > 3


def test_an_error_of_the_library_is_described_without_its_text() -> None:
    try:
        raise TelegramError(f"url https://api.telegram.org/bot{TOKEN}/getMe")
    except TelegramError as error:
        assert TOKEN not in describe(error) and TOKEN in traceback.format_exc()
        assert TOKEN not in repr(meaning(error))
