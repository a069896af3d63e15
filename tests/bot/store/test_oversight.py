"""The figures of a day, against days that were made up by hand; on both engines."""

from __future__ import annotations

import datetime as dt

import pytest

from bot import tally
from bot.clock import CITY_TIME, FrozenClock
from bot.conversation import ladders
from bot.desk import Desk
from bot.effects import CloseCase, Later, PutReminder, ReportPhone
from bot.errors import StoreUnavailable
from bot.figures import Acts, AtRisk, Compared, Figures, Phone, Tally, percentile
from bot.model import CaseDraft, Incoming, Turn
from bot.oversight import NotYet, Oversight, midnight
from bot.person import Entry
from bot.reminder import Rule
from bot.state import State
from bot.store import effects, register, tallies
from bot.store.store import Store
from bot.tally import Tallies
from intents.targets import Targets, read_targets
from intents.understanding import Action, Context, Scored, Understanding
from tests.bot.store.conftest import Open
from tests.bot.store.play import incoming
from tests.bot.store.test_cases import turn
from tests.bot.store.test_concurrency import together
from tests.fakes.engine import NOON

TODAY = dt.date(2022, 4, 5)
_MINUTES = {"lease": 5, "acknowledge": 10, "first_answer": 20, "next_answer": 20, "solve": 60}
TARGETS = Targets.model_validate(dict.fromkeys(("P0", "P1", "P2", "P3"), _MINUTES))


def at(hour: int, minute: int = 0, *, day: int = 0) -> dt.datetime:
    """A time of today in the city, or of another day."""
    return midnight(TODAY) + dt.timedelta(days=day, hours=hour, minutes=minute)


def draft(topic: str = "care.dialysis", district: str = "yanta", hospital: str = "") -> CaseDraft:
    return CaseDraft("P1", f"handoff:{topic}", (topic,), "xian", district, hospital=hospital)


def figures(store: Store, now: dt.datetime = NOON, day: dt.date | None = None) -> Figures:
    return Oversight(store, FrozenClock(now), TARGETS, frozenset({"某医院"})).figures(day)


def test_cases_are_counted_by_hour_topic_district_and_hospital_and_beside_the_day_before(store: Store) -> None:
    opened = [
        (at(0), draft()),
        (at(8, 59), draft("medicine.chronic", "beilin")),
        (at(9), draft(hospital="某医院、我家楼下那家")),
        (at(11, 59), draft(hospital="某医院")),
        (at(23, 59, day=-1), draft()),
        (at(9, day=-1), draft()),
        (at(0, day=-1), draft()),
        (at(23, 59, day=-2), draft()),
    ]
    for number, (when, what) in enumerate(opened):
        turn(store, what, chat=f"c{number}", now=when)
    found = figures(store)
    assert found.opened == Compared(4, 2) and found.day == TODAY and found.until == NOON
    assert [hour for hour, n in enumerate(found.hours) if n] == [0, 8, 9, 11] and len(found.hours) == 12
    assert [hour for hour, n in enumerate(found.before) if n] == [0, 9, 23] and len(found.before) == 24
    assert found.topics == (Tally("care.dialysis", 3), Tally("medicine.chronic", 1))
    assert [(area.district, area.n) for area in found.areas] == [("yanta", 3), ("beilin", 1)]
    assert found.refusals == (Tally("某医院", 2), Tally("", 1)), "a name of their own is a resident's words"
    assert figures(store, day=TODAY - dt.timedelta(days=1)).opened == Compared(3, 1)


def test_times_stand_beside_their_targets(store: Store) -> None:
    taken_after = {"a": 4, "b": 10, "c": 25}
    for chat in (*taken_after, "silent", "new", "gone"):
        turn(store, draft(), chat=chat, now=at(11, 55) if chat == "new" else at(8))
    for number, minutes in zip((1, 2, 3), taken_after.values(), strict=True):
        clock = FrozenClock(at(8, minutes))
        Desk(store, clock, f"op{number}", targets=TARGETS).take(number)
    turn(store, None, CloseCase(6, "resident"), chat="gone", now=at(8, 5))
    turn(store, None, CloseCase(1, "helped"), chat="a", now=at(8, 30))
    turn(store, None, CloseCase(2, "helped"), chat="b", now=at(10))
    found = figures(store)
    (taken,) = [each for each in found.acknowledge if each.priority == "P1"]
    assert (taken.p50_s, taken.p90_s, taken.met, taken.missed) == (600, 1500, 2, 2), "the silent one is late, the newest not yet"
    assert taken.share == 0.5
    (solved,) = [each for each in found.solve if each.priority == "P1"]
    assert (solved.p50_s, solved.p90_s, solved.met, solved.missed) == (1800, 7200, 2, 1)
    assert found.solved == Compared(3, 0)
    (waiting,) = [each for each in found.waiting if each.priority == "P1"]
    assert (waiting.open, waiting.untaken_late, waiting.unsolved_late) == (3, 1, 2)


def test_whoever_answers_without_taking_has_seen_the_case_too(store: Store) -> None:
    turn(store, draft(), chat="a", now=at(8))
    store.write(lambda db: db.execute("UPDATE cases SET answered_at = opened_at + 90500, taken_at = opened_at + 900000"))
    (taken,) = [each for each in figures(store).acknowledge if each.priority == "P1"]
    assert (taken.p50_s, taken.met, taken.missed) == (91, 1, 0)


def test_a_day_that_is_over_stays_as_it_was(store: Store) -> None:
    turn(store, draft(), chat="a", now=at(23, day=-1))
    before = figures(store, at(0), TODAY - dt.timedelta(days=1))
    Desk(store, FrozenClock(at(9)), "ann", targets=TARGETS).take(1)
    turn(store, None, CloseCase(1, "helped"), chat="a", now=at(10))
    after = figures(store, at(11), TODAY - dt.timedelta(days=1))
    assert (after.acknowledge, after.solve, after.solved) == (before.acknowledge, before.solve, before.solved)
    assert after.acknowledge[1].missed == 1


def test_a_day_to_come_is_refused(store: Store) -> None:
    with pytest.raises(NotYet):
        figures(store, day=TODAY + dt.timedelta(days=1))
    assert figures(store, at(0)).hours == (0,)


def test_lines_that_nobody_answered(store: Store) -> None:
    for chat, number, kind in (("1", "12345", "noanswer"), ("1", "12345", "noanswer"), ("2", "12345", "noanswer"), ("2", "96", "answered")):
        store.write(lambda db, c=chat, n=number, k=kind: effects.apply(db, incoming(c), ReportPhone(n, k), NOON))  # type: ignore[misc]
    assert figures(store, at(13)).phones == (Phone("12345", 3, 2),)


def test_who_is_at_risk_and_what_is_due(store: Store) -> None:
    for chat, day in (("1", "2022-04-05"), ("2", "2022-04-06"), ("3", "")):
        entry = Entry("dialysis", "self", "xian", "yanta", day, "")
        if day:
            entry = Entry("dialysis", "self", "xian", "yanta", day, "周三")
        store.write(lambda db, c=chat, e=entry: register.put(db, f"telegram:{c}", e, NOON))  # type: ignore[misc]
    remind = PutReminder("dialysis", "每天早上7点透析", Rule(("07:00",)))
    store.write(lambda db: effects.apply(db, incoming("1"), remind, NOON))
    oversight = Oversight(store, FrozenClock(NOON), TARGETS)
    today, tomorrow = oversight.due(), oversight.due(TODAY + dt.timedelta(days=1))
    assert today.people == (AtRisk("dialysis", "xian", "yanta", 3, 1),) == tomorrow.people
    assert today.reminders == () and tomorrow.reminders == (Tally("dialysis", 1),)


def understood(action: Action, topic: str, *, case: bool = False, unreached: bool = False) -> Turn:
    got = Understanding(action, (Scored(topic, 1.0),), {}, "zh", context=Context(date=TODAY))
    effects = (Later("came", 300),) if unreached else ()
    return Turn((), State(), draft() if case else None, understanding=got, effects=effects)


def test_what_the_bot_did_is_counted_by_all_processes_together(opened: Open) -> None:
    clock = FrozenClock(NOON)
    counters = [Tallies(opened(), clock) for _ in range(4)]

    def work(number: int) -> None:
        counter = counters[number % 4]
        for _ in range(50):
            counter.turn(incoming(), understood("answer", "care.dialysis"), 0)
            counter.turn(incoming(), understood("clarify", "other"), 0)
            counter.flush()
        counter.turn(incoming(), understood("emergency", "care.emergency", case=True, unreached=True), 1)
        counter.turn(Incoming("telegram", "7", "due:1", "came:1", NOON, kind="due"), understood("smalltalk", "smalltalk"), 0)
        counter.turn(incoming(), Turn((), State()), 0)
        counter.turn(incoming(), understood("handoff", "other", case=True), 1)
        counter.turn(incoming(), understood("handoff", "care.refused", case=True), 1)
        counter.flush()

    together(8, work)
    found = figures(opened(), at(13))
    assert found.acts == (Acts("answer", 400, 400), Acts("clarify", 400, 400), Acts("handoff", 16, 0), Acts("emergency", 8, 0))
    assert found.unclear == (Tally("other", 408),) and found.phones == (Phone("120", 8, 0),)
    assert found.settled == 400 / 824 and found.not_understood == 408 / 824
    assert figures(opened(), at(13), TODAY - dt.timedelta(days=1)).acts == ()


def test_the_moment_is_the_one_that_is_set_where_120_is_out_of_reach() -> None:
    assert tally.CAME == ladders.CAME


def test_nothing_that_was_counted_is_lost_while_the_database_is_away(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    counter = Tallies(store, FrozenClock(NOON))
    counter.turn(incoming(), understood("answer", "care.dialysis"), 0)

    def away(*_: object, **__: object) -> None:
        raise StoreUnavailable("away")

    with monkeypatch.context() as patch:
        patch.setattr(store, "write", away)
        counter.flush()
    counter.turn(incoming(), understood("answer", "care.dialysis"), 0)
    counter.flush()
    counter.flush()
    assert figures(store, at(13)).acts == (Acts("answer", 2, 2),)


def test_an_hour_counts_for_the_citys_day(store: Store) -> None:
    for hour in (at(0, day=-1), at(23, day=-1), at(0), at(23)):
        store.write(lambda db, hour=hour: tallies.add(db, {(int(hour.timestamp() * 1000), "turn", "answer"): 1}))  # type: ignore[misc]
    assert at(0).astimezone(CITY_TIME).hour == 0
    assert figures(store, at(23, 30)).turns == 2


@pytest.mark.parametrize(
    ("counts", "part", "value"),
    [([], 0.5, None), ([(3, 1)], 0.9, 3), ([(1, 1), (2, 1)], 0.5, 1), ([(1, 9), (100, 1)], 0.9, 1), ([(1, 8), (100, 2)], 0.9, 100)],
)
def test_percentiles_are_values_that_happened(counts: list[tuple[int, int]], part: float, value: int | None) -> None:
    assert percentile(counts, part) == value


def test_the_targets_that_ship_are_used(store: Store) -> None:
    shipped = read_targets()
    found = Oversight(store, FrozenClock(NOON), shipped).figures()
    assert [each.target_s for each in found.acknowledge] == [shipped.of(name).acknowledge * 60 for name in ("P0", "P1", "P2", "P3")]


@pytest.mark.parametrize(("seconds", "kept"), [(599, 599), (600, 600), (601, 660), (660, 660), (661, 720)])
def test_long_times_are_rounded_up_to_the_minute(store: Store, seconds: int, kept: int) -> None:
    turn(store, draft(), chat="a", now=at(8))
    store.write(lambda db: db.execute("UPDATE cases SET taken_at = opened_at + :ms", ms=seconds * 1000))
    assert figures(store).acknowledge[1].p50_s == kept
    assert figures(store).acknowledge[1].met == (seconds <= 600)
