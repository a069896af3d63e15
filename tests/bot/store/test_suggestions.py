"""A change of the data proposes a broadcast, once, and sends nothing."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from bot.casts.suggest import Suggester
from bot.clock import FrozenClock
from bot.replies import Replies
from bot.store.store import Store
from intents.knowledge import Knowledge
from tests.bot.store.casts import DAY, KNOWLEDGE, RULES, Desk
from tests.fakes.engine import NOON


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOON)


class Data:
    """What is known now, and which day it is."""

    def __init__(self) -> None:
        self.held, self.day = KNOWLEDGE, DAY

    def change(self, held: Knowledge) -> None:
        self.held = dataclasses.replace(held, version=self.held.version + "+")

    def status(self, facility: str, **changed: object) -> None:
        """Another state of a hospital of Xi'an."""
        city = self.held.cities["xian"]
        rows = tuple(one.model_copy(update=changed) if one.id == facility else one for one in city.facilities)
        self.change(dataclasses.replace(self.held, cities={**self.held.cities, "xian": dataclasses.replace(city, facilities=rows)}))


def suggester(store: Store, clock: FrozenClock, data: Data) -> Suggester:
    return Suggester(store, clock, Replies(KNOWLEDGE), lambda: data.held, RULES, lambda: data.day)


def test_a_hospital_that_closes_is_proposed_once_to_those_it_concerns(store: Store, clock: FrozenClock) -> None:
    data, desk = Data(), Desk(store, clock)
    first, second = suggester(store, clock, data), suggester(store, clock, data)
    assert first.tick() == 0, "what is there at the first look is no news"
    data.status("xa-003", status="suspended")
    assert first.tick() + second.tick() + first.tick() == 1
    (made,) = desk.by("ann").newest()
    assert (made.status, made.draft.audience.districts, made.draft.audience.topics) == ("suggested", ("xian/yanta",), ())
    assert "兵器工业五二一医院" in made.draft.zh and "Norinco" in made.draft.en
    desk.turn()
    assert desk.mail.sent == []
    desk.by("ann").discard(made.id)
    assert suggester(store, clock, data).tick() == 0


def test_whoever_needs_dialysis_is_told_wherever_they_live(store: Store, clock: FrozenClock) -> None:
    data, desk = Data(), Desk(store, clock)
    found = suggester(store, clock, data)
    found.tick()
    data.day = dt.date(2022, 1, 13)  # the day from which the data has it suspended
    assert found.tick() >= 1
    made = next(one for one in desk.by("ann").newest() if "高新医院" in one.draft.zh)
    assert set(made.draft.audience.topics) == {"care.dialysis", "care.maternity"} and made.draft.audience.districts == ()
    assert "不按平时接诊" in made.draft.zh


def test_a_directive_that_is_new_or_says_something_else_is_proposed(store: Store, clock: FrozenClock) -> None:
    data, desk = Data(), Desk(store, clock)
    gone = next(one for one in KNOWLEDGE.directives if one.valid_from <= DAY and (one.valid_to is None or one.valid_to >= DAY))
    data.change(dataclasses.replace(KNOWLEDGE, directives=tuple(one for one in KNOWLEDGE.directives if one is not gone)))
    found = suggester(store, clock, data)
    found.tick()
    data.change(KNOWLEDGE)
    assert found.tick() == 1
    (made,) = desk.by("ann").newest()
    assert gone.title.zh in made.draft.zh and "有新规定" in made.draft.zh and made.why.startswith(f"directive:{gone.id}:")
    assert desk.by("ann").checked(made.draft).zh == made.draft.zh, "it may be sent as it is"
