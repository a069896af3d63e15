"""The clocks of a case over its whole life, held against a model that walks through it minute by minute and counts."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field

import pytest

from bot.clock import FrozenClock
from bot.clocks import clocks
from bot.desk import Desk, Refused
from bot.desk.ticks import Ticks
from bot.effects import CloseCase
from bot.filter import CaseFilter
from bot.listing import Listing
from bot.model import CaseDraft
from bot.store import audit, cases
from bot.store.cases import ahead
from bot.store.clocks import targets_of
from bot.store.store import Store
from intents.targets import Alarms, Targets, read_targets
from tests.bot.store.test_cases import turn
from tests.fakes.engine import NOON

MINUTE = dt.timedelta(minutes=1)
TARGETS = Targets(**{name: read_targets().of(name).model_copy(update={"lease": 240}) for name in Targets.model_fields})
"""Those that ship, but for the leases: nobody falls silent here."""
ACTS = ("take", "release", "answer", "tells", "snooze", "snooze_answer", "priority", "close", "reopen", "nothing", "nothing", "nothing")


@dataclass
class Model:
    """What each clock has counted, minute by minute. Slow and plain."""

    priority: str = "P1"
    open: bool = True
    waits: bool = False
    taken: bool = False
    answered: bool = False
    asked: int = -1
    """Minutes of ours since the resident's oldest unanswered word; -1: there is none."""
    ours: int = 0
    until: int | None = field(default=None)
    """Minutes until it is no longer put off."""

    def minute(self) -> None:
        if self.open and not self.waits:
            self.ours += 1
            self.asked += self.asked >= 0
        if self.until is not None:
            self.until -= 1
            if self.until <= 0:
                self.told()

    def told(self) -> None:
        self.waits, self.until = False, None
        self.asked = max(self.asked, 0)

    def states(self) -> dict[str, str]:
        if not self.open:
            return {}
        target = TARGETS.of(self.priority)
        met = {"acknowledge": self.taken or self.answered, "first_answer": self.answered, "solve": False}
        counted = {"acknowledge": self.ours, "first_answer": self.ours, "solve": self.ours}
        if self.answered:
            met["next_answer"], counted["next_answer"] = self.asked < 0, self.asked
        return {
            name: "met" if met[name] else "paused" if self.waits else "overdue" if counted[name] >= getattr(target, name) else "running"
            for name in met
        }


class Life:
    """The same life in the store."""

    def __init__(self, database: str, seed: int) -> None:
        self.clock, self.dice, self.model = FrozenClock(NOON), random.Random(seed), Model()
        self.store = Store(database, self.clock)
        self.ticks = Ticks(self.store, self.clock, Alarms(every=3, supervisors=6))
        self.ticks.start(TARGETS)
        self.desk = Desk(self.store, self.clock, "ann", targets=TARGETS)
        self.number = self._turn(CaseDraft("P1", "handoff:x", ()))

    def _turn(self, *given: object) -> int:
        return turn(self.store, *given, now=self.clock.now())  # type: ignore[arg-type]

    def act(self, what: str) -> None:
        model, number = self.model, self.number
        if what == "take" and model.open:
            self.desk.take(number)
            model.taken = True
        elif what == "release" and model.open:
            try:
                self.desk.release(number)
                model.taken = False
            except Refused:
                pass
        elif what == "answer" and model.open:
            self.store.write(lambda db: cases.answered(db, "telegram:7", number, "ann", self.clock.now()))
            model.answered = model.taken = model.waits = True
            model.asked = -1
        elif what == "tells" and model.open:
            self._turn(CaseDraft("P3", "resident:more", ()))
            model.told()
        elif what.startswith("snooze") and model.open:
            minutes = None if what == "snooze_answer" else self.dice.randint(2, 40)
            self.desk.snooze(number, None if minutes is None else self.clock.now() + minutes * MINUTE)
            model.waits, model.until = True, minutes
        elif what == "priority" and model.open:
            level = self.dice.choice([one for one in ("P0", "P1", "P2", "P3") if one != model.priority])
            self.desk.set_priority(number, level, "weil")
            model.priority = level
        elif what == "close" and model.open:
            self._turn(None, CloseCase(number, "resident"))
            model.open = False
        elif what == "reopen" and not model.open:
            self._turn(CaseDraft(model.priority, "resident:again", (), reopens=number))  # type: ignore[arg-type]
            self.model = Model(model.priority)
            self.model.told()

    def states(self) -> dict[str, str]:
        case = self.store.case(self.number)
        targets = self.store.read(targets_of)
        assert case is not None and targets is not None
        return {one.name: one.state for one in clocks(case.course, case.priority, targets, self.clock.now())}


@pytest.mark.parametrize("seed", range(12))
def test_a_life_minute_by_minute(database: str, seed: int) -> None:
    life = Life(database, seed)
    try:
        for minute in range(120):
            if life.dice.random() < 0.3:
                what = life.dice.choice(ACTS)
                life.act(what)
            assert life.states() == life.model.states(), (seed, minute)
            life.clock.advance(60)
            life.model.minute()
            life.ticks.tick()
            case = life.store.case(life.number)
            assert case is not None
            late = "overdue" in life.model.states().values()
            assert case.course.overdue(life.clock.now()) == late, (seed, minute)
        assert life.store.intact(life.number)
    finally:
        life.store.close()


def test_late_cases_rise_by_a_step_and_never_beside_a_danger(database: str) -> None:
    clock = FrozenClock(NOON)
    store = Store(database, clock)
    ticks = Ticks(store, clock, Alarms(every=3, supervisors=6))
    ticks.start(TARGETS)
    calm = turn(store, CaseDraft("P2", "a", ()), chat="2")
    clock.advance(29 * 60)
    urgent = turn(store, CaseDraft("P1", "b", ()), chat="1", now=clock.now())
    danger = turn(store, CaseDraft("P0", "c", ()), chat="0", now=clock.now())
    assert [case.number for case in store.queue()] == [danger, urgent, calm]
    clock.advance(90)
    ticks.tick()
    # P2 is to be taken within 30 minutes: it is late, counts as P1, and was due before the other.
    assert [case.number for case in store.queue()] == [danger, calm, urgent]
    assert [case.number for case in Listing(store, clock).page(CaseFilter()).cases] == [danger, calm, urgent]
    assert [store.read(lambda db, n=n: ahead(db, n, 99)) for n in (danger, calm, urgent)] == [0, 1, 2]  # type: ignore[misc]
    kinds = [row.kind for row in store.read(lambda db: audit.trail(db, calm))]
    assert kinds.count("case.overdue") == 1
    ticks.tick()
    assert [row.kind for row in store.read(lambda db: audit.trail(db, calm))] == kinds, "told once"
    Desk(store, clock, "ann", targets=TARGETS).take(calm)
    assert [case.number for case in store.queue()] == [danger, urgent, calm], "in time again"
    store.close()
