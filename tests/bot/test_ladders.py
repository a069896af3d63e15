"""Asking after help where 120 could not be reached; whole exchanges: tests/scenarios/ambulance_*."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.conversation import decide
from bot.conversation.ladders import ASKED_AFTER, CAME
from bot.model import Case, Incoming, Known, Turn
from bot.replies import Replies
from bot.state import State
from intents.understanding import Context, Understanding
from tests.fakes.engine import NOON

CASE = Case(1, "telegram:7", "open", "P0", "emergency:x", ("care.emergency",), "xian", "yanta", NOON, NOON, "")
(FIRST, _), (SECOND, _), _ = ASKED_AFTER


def asked(replies: Replies, which: str, late: float) -> Turn:
    incoming = Incoming("telegram", "7", "due:1", f"{CAME}:{which}", NOON, kind="due")
    got = Understanding("smalltalk", (), {}, "zh", context=Context())
    now = NOON + dt.timedelta(seconds=late)
    return decide(State(case=1, city="xian"), incoming, got, replies, now, Known(CASE))


@pytest.mark.parametrize(("which", "late", "many"), [("1", 0.0, 1), ("1", 30.0, 1), ("1", SECOND - FIRST, 0), ("2", SECOND - FIRST, 1)])
def test_after_the_service_was_away_it_is_asked_once(replies: Replies, which: str, late: float, many: int) -> None:
    assert len(asked(replies, which, late).replies) == many
