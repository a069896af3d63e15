"""A reminder's life in the real service, with nights without it and clocks that step: nothing twice, nothing late, nothing lost."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import pytest

from bot.clock import FrozenClock
from bot.effects import ChangeReminder, EditReminder, Effect, PutReminder
from bot.hotline import Hotline
from bot.model import Incoming, Turn
from bot.reminder import MAX_LATE, Rule
from bot.replies import Replies
from bot.settings import Settings
from bot.store import effects
from bot.store.store import Store
from tests.bot.store.casts import KNOWLEDGE
from tests.fakes.engine import NOON, FakeEngine

LATE = MAX_LATE["dialysis"]


class Life:
    """The service, and by its side what must be told: obviously right, and only for one reminder."""

    def __init__(self, path: str) -> None:
        self.clock, self.now = FrozenClock(NOON), NOON
        self.store = Store(path, self.clock)
        self.told: list[tuple[dt.datetime, str]] = []
        settings = Settings(database=path, date="2022-04-05")
        self.hotline = Hotline(FakeEngine(), Replies(KNOWLEDGE), self.store, settings, self.clock, watch=self._watch)
        self.rule: Rule | None = None
        self.next: dt.datetime | None = None
        self.must: list[tuple[dt.datetime, str]] = []

    def _watch(self, incoming: Incoming, turn: Turn, case: int) -> None:
        for reply in turn.replies:
            if "提醒" in reply.text:
                self.told.append((self.clock.now(), "missed" if "没能" in reply.text or "没有按时" in reply.text else "sent"))

    def does(self, effect: Effect) -> None:
        """The resident sets, changes, stops or goes on."""
        incoming = Incoming("telegram", "7", f"u{self.clock.now()}", "", self.clock.now())
        self.store.write(lambda db: effects.apply(db, incoming, effect, self.clock.now()))

    def looks(self) -> None:
        """The service looks; the model too."""
        now = self.clock.now()
        if self.next is not None and self.next <= now and self.rule is not None:
            moment = self.next
            # Minute by minute: the last that fits.
            walk = moment
            while walk <= now:
                local = walk + dt.timedelta(hours=8)
                if local.strftime("%H:%M") in self.rule.times and (not self.rule.days or local.weekday() in self.rule.days):
                    moment = walk
                walk += dt.timedelta(minutes=1)
            self.must.append((now, "sent" if now - moment <= LATE else "missed"))
            self.next = self.rule.next(now)
        self.hotline.come_due()


@pytest.mark.parametrize("seed", range(6))
def test_nothing_twice_nothing_late_nothing_lost(tmp_path: Path, seed: int) -> None:
    chance, life = random.Random(seed), Life(str(tmp_path / "life.db"))

    def rule() -> Rule:
        times = tuple(sorted({f"{chance.randrange(24):02d}:{chance.choice((0, 30)):02d}" for _ in range(2)}))
        return Rule(times, tuple(sorted(chance.sample(range(7), chance.choice((0, 3))))))

    life.rule = rule()
    life.does(PutReminder("dialysis", "提醒我透析", life.rule))
    life.next = life.rule.next(life.clock.now())
    for _ in range(400):
        what = chance.random()
        if what < 0.80:  # the service runs
            life.clock.advance(60 * chance.randint(1, 90))
            life.looks()
        elif what < 0.86:  # it was away for hours or days
            life.clock.advance(60 * chance.randint(60, 3_000))
            life.looks()
        elif what < 0.90:  # the clock is set back, never over what was told already: that would be another day
            life.clock.advance(-60 * chance.randint(1, 4))
            life.looks()
        elif what < 0.94:
            life.rule = rule()
            life.does(EditReminder(1, life.rule))
            life.next = life.rule.next(life.clock.now())
        elif what < 0.97:
            life.does(ChangeReminder(1, "paused"))
            life.next = None
        else:
            life.does(ChangeReminder(1, "active"))
            if life.next is None:
                life.next = life.rule.next(life.clock.now())
    assert life.told == life.must
    assert len(life.told) >= 10 and {what for _, what in life.told} == {"sent", "missed"}
    life.store.close()
