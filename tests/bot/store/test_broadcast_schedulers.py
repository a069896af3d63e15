"""Many processes over one database: a slot has one run, a person one message, and nobody calls before a refusal's time is over."""

from __future__ import annotations

import datetime as dt
import random
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.clock import FrozenClock
from bot.reminder import Rule
from bot.store import broadcasts
from bot.store.store import Store
from tests.bench.cast_rate import measure
from tests.bot.store.casts import Desk, draft, people, rules
from tests.bot.store.conftest import Open
from tests.fakes.engine import NOON

SCHEDULERS, SLOTS = 8, 200


@pytest.fixture
def clock() -> Iterator[FrozenClock]:
    yield FrozenClock(NOON)


def test_eight_schedulers_and_two_hundred_slots_make_two_hundred_runs(opened: Open, clock: FrozenClock) -> None:
    desks = [Desk(opened(), clock, rules(cap=100)) for _ in range(SCHEDULERS)]
    first = desks[0]
    people(first.store, 2, clock.now())
    number = first.by("ann").write(draft(rule=Rule(hours=1), start=clock.now() + dt.timedelta(hours=1), expires=dt.timedelta(minutes=30)))
    first.by("ann").send(number)
    failures: list[BaseException] = []
    barrier = threading.Barrier(SCHEDULERS + 1)

    def schedule(desk: Desk) -> None:
        try:
            for _ in range(SLOTS):
                barrier.wait(60)  # all of them look at once
                desk.caster.tick()
                barrier.wait(60)
        except BaseException as error:
            failures.append(error)
            barrier.abort()

    threads = [threading.Thread(target=schedule, args=(desk,)) for desk in desks]
    for thread in threads:
        thread.start()
    for _ in range(SLOTS):
        clock.advance(3_600)
        barrier.wait(60)
        barrier.wait(60)
        first.mail.deliver()
    for thread in threads:
        thread.join(60)
    first.caster.tick()
    assert failures == []
    found = first.store.read(lambda db: db.query("SELECT slot, status, people, sent FROM runs ORDER BY slot"))
    assert len(found) == SLOTS == len({row["slot"] for row in found})
    assert {(row["status"], row["people"], row["sent"]) for row in found} == {("done", 2, 2)}
    assert len(first.mail.sent) == SLOTS * 2


def expected(rule: Rule, began: dt.datetime, downs: list[tuple[dt.datetime, dt.datetime]], until: dt.datetime, late: dt.timedelta) -> dict:  # type: ignore[type-arg]
    """What each slot comes to, minute by minute, by a service that is down for a while: obviously right, and slow."""
    found: dict[dt.datetime, str] = {}
    waiting: list[dt.datetime] = []
    moment = began
    while moment <= until:
        local = moment + dt.timedelta(hours=8)
        if local.strftime("%H:%M") in rule.times and (not rule.days or local.weekday() in rule.days) and moment > began:
            waiting.append(moment)
        if not any(start <= moment < end for start, end in downs) and waiting:
            for slot in waiting[:-1]:
                found[slot] = "missed"
            found[waiting[-1]] = "done" if moment < waiting[-1] + late else "missed"
            waiting = []
        moment += dt.timedelta(minutes=1)
    return found


@pytest.mark.parametrize("seed", range(6))
def test_the_slots_are_those_of_a_slow_and_obviously_right_model(tmp_path: Path, clock: FrozenClock, seed: int) -> None:
    chance = random.Random(seed)
    times = tuple(sorted(f"{chance.randrange(24):02d}:{chance.choice((0, 15, 59)):02d}" for _ in range(chance.randint(1, 3))))
    days = tuple(sorted(chance.sample(range(7), chance.choice((0, 2, 5)))))
    rule, late = Rule(tuple(dict.fromkeys(times)), days), dt.timedelta(minutes=chance.choice((10, 60, 600)))
    store = Store(str(tmp_path / "model.db"), clock)
    desk, began = Desk(store, clock, rules(cap=100)), clock.now()
    people(store, 1, began)
    number = desk.by("ann").write(draft(rule=rule, expires=late))
    desk.by("ann").send(number)
    until = began + dt.timedelta(days=9)
    downs = []
    for _ in range(3):
        start = began + dt.timedelta(minutes=chance.randrange(9 * 24 * 60))
        downs.append((start, start + dt.timedelta(minutes=chance.randrange(2_000))))
    moment = began
    while moment <= until:
        if not any(start <= moment < end for start, end in downs):
            clock.advance((moment - clock.now()).total_seconds())
            if store.read(lambda db: broadcasts.due(db, clock.now())):
                desk.turn(2)
        moment += dt.timedelta(minutes=1)
    found = {one.run.slot: one.run.status for one in desk.by("ann").progress(number, 1_000)}
    model = expected(rule, began, downs, until, late)
    # A slot that came while the service was down to the very end is not known to it yet.
    assert {slot: status for slot, status in model.items() if slot in found or status == "done"} == found
    assert len(desk.mail.sent) == sum(status == "done" for status in found.values())
    store.close()


def test_at_the_limit_nothing_is_refused_and_replies_are_in_front(tmp_path: Path) -> None:
    found = measure(str(tmp_path / "rate.db"), seconds=60)
    assert found.refused == 0 and abs(found.rate - 30) / 30 <= 0.02 and found.reply_p95 < 5.0


def test_a_storm_of_refusals_is_waited_out_by_every_process(tmp_path: Path) -> None:
    found = measure(str(tmp_path / "storm.db"), seconds=90, storm=0.02, processes=3)
    assert found.refused > 10 and found.early == 0 and found.broadcasts > 100


def test_a_network_that_brings_messages_closer_together_slows_broadcasts_and_no_reply(tmp_path: Path) -> None:
    found = measure(str(tmp_path / "rough.db"), seconds=60, latency=(0.02, 0.12))
    assert found.early == 0 and found.rate >= 24 and found.reply_p95 < 1.0
