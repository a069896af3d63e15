"""Check-backs: each case has its own, and an urgent one that comes far too late is a person's matter."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from bot.conversation import decide
from bot.effects import Later
from bot.model import Incoming, Known, Turn
from bot.replies import Replies
from bot.state import State
from bot.store import dues
from bot.store.store import Store
from intents.understanding import Context
from tests.fakes.engine import NOON
from tests.scenario import engine


def late(priority: str, hours: float) -> Turn:
    """A check-back that was meant so many hours ago, for an open case of this priority."""
    case = SimpleNamespace(status="open", priority=priority, answered_at=None, number=1, topics=())
    got = engine().understand("check:1", Context(city="xian"))
    incoming = Incoming("telegram", "7", "due:1", "check:1", NOON - dt.timedelta(hours=hours), kind="due")
    state = State(city="xian", case=1, updated_at=NOON - dt.timedelta(hours=30))
    return decide(state, incoming, got, Replies(engine().knowledge), NOON, Known(case=case))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("priority", "hours", "reason"), [("P1", 13, "check:silent"), ("P0", 40, "check:silent"), ("P2", 13, ""), ("P1", 2, "")]
)
def test_an_urgent_one_that_comes_too_late_is_a_persons_matter(priority: str, hours: float, reason: str) -> None:
    draft = late(priority, hours).case
    assert (draft.reason if draft is not None else "") == reason


def test_each_case_of_a_person_keeps_its_own() -> None:
    with_two = Store()
    for number in ("1", "2"):
        with_two.set_later("telegram:7", Later("check", 60, number), NOON)
    with_two.write(lambda db: dues.drop(db, "telegram:7", "check", "1"))
    left = with_two.read(lambda db: [row["detail"] for row in db.query("SELECT detail FROM dues")])
    with_two.close()
    assert left == ["2"]
