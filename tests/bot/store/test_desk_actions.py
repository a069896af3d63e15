"""A case is one person's at a time and comes back when they fall silent; nothing is overwritten, nothing done twice; on both engines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from bot.clock import FrozenClock
from bot.desk import Busy, Changed, Desk, Refused
from bot.effects import CloseCase, Forget
from bot.model import CaseDraft
from bot.store.actions import Actions
from bot.store.connection import Connection
from bot.store.leases import LOOKS
from bot.store.mydata import person
from bot.store.store import Store
from intents.targets import read_targets
from tests.bot.store.conftest import Open
from tests.bot.store.test_cases import DRAFT, kinds, turn
from tests.bot.store.test_concurrency import together
from tests.fakes.engine import NOON

LEASES = read_targets().leases()
LEASE = LEASES["P1"]
As = Callable[[str], Desk]


@pytest.fixture
def as_(store: Store, clock: FrozenClock) -> As:
    return lambda name: Desk(store, clock, name)


def owner(store: Store, number: int, now: dt.datetime) -> str:
    found = store.case(number)
    assert found is not None
    return found.held_by(now)


def silent(store: Store, clock: FrozenClock) -> list[int]:
    return Actions(store, LEASES).return_silent(clock.now())


def test_of_many_who_take_a_case_at_once_one_has_it(opened: Open, clock: FrozenClock) -> None:
    stores = [opened() for _ in range(4)]
    numbers = [turn(stores[0], DRAFT, chat=str(chat)) for chat in range(1, 6)]
    got: list[tuple[int, str]] = []

    def grab(worker: int) -> None:
        for number in numbers:
            try:
                Desk(stores[worker % 4], clock, f"op{worker}").take(number)
                got.append((number, f"op{worker}"))
            except Busy as error:
                assert error.who != f"op{worker}"

    together(12, grab)
    assert sorted(number for number, _ in got) == numbers
    for number, who in got:
        assert owner(stores[0], number, NOON) == who
        assert kinds(stores[0], number) == ["case.opened", "case.taken"] and stores[0].intact(number)


def test_it_comes_back_by_itself_and_says_from_whom(store: Store, clock: FrozenClock, as_: As) -> None:
    number, other = turn(store, DRAFT), turn(store, DRAFT, chat="8")
    as_("ann").take(number)
    as_("ann").take(other)
    clock.advance(LEASE.total_seconds() - 1)
    assert silent(store, clock) == [] and as_("ann").still_here(other)
    clock.advance(1)
    assert (owner(store, number, clock.now()), owner(store, other, clock.now())) == ("", "ann")
    assert silent(store, clock) == [number] and silent(store, clock) == []
    assert [(row.kind, row.detail) for row in store.trail(number)][-1] == ("case.returned", {"from": "ann"})
    assert not as_("ann").still_here(number) and store.intact(number)


def test_a_lease_that_ran_out_is_free_before_any_tick(store: Store, clock: FrozenClock, as_: As) -> None:
    number = turn(store, DRAFT)
    as_("ann").take(number)
    clock.advance(LEASE.total_seconds())
    as_("bob").take(number)
    assert kinds(store, number)[1:] == ["case.taken", "case.returned", "case.taken"] and owner(store, number, clock.now()) == "bob"


def test_a_clock_that_is_set_back_makes_no_lease_longer(store: Store, clock: FrozenClock, as_: As) -> None:
    number = turn(store, DRAFT)
    as_("ann").take(number)
    clock.advance(-3600)
    assert owner(store, number, clock.now()) == "" and silent(store, clock) == [number]


def test_whoever_works_on_it_stays_by_acting_and_others_do_not_act(store: Store, clock: FrozenClock, as_: As) -> None:
    number = turn(store, DRAFT)
    as_("ann").take(number)
    clock.advance(LEASE.total_seconds() - 1)
    for act in (
        lambda desk: desk.answer(number, "x"),
        lambda desk: desk.close(number, "helped"),
        lambda desk: desk.set_priority(number, "P3", "x"),
        lambda desk: desk.take(number),
    ):
        with pytest.raises(Busy, match="ann works on case"):
            act(as_("bob"))
    with pytest.raises(Refused, match="not yours"):
        as_("bob").release(number)
    as_("bob").note(number, "for ann")
    as_("ann").answer(number, "x")
    clock.advance(LEASE.total_seconds() - 1)
    assert owner(store, number, clock.now()) == "ann"
    as_("bob").take(number, over=True)
    assert store.trail(number)[-1].detail == {"by": "bob", "from": "ann"} and owner(store, number, clock.now()) == "bob"
    as_("bob").release(number)
    assert owner(store, number, clock.now()) == "" and kinds(store, number)[-1] == "case.released"


def test_a_closed_case_is_nobody_s(store: Store, clock: FrozenClock, as_: As) -> None:
    number = turn(store, DRAFT)
    as_("ann").take(number)
    turn(store, None, CloseCase(number, "resident"))
    assert owner(store, number, clock.now()) == ""
    for act in (lambda desk: desk.take(number), lambda desk: desk.set_priority(number, "P0", "x")):
        with pytest.raises(Refused, match="is closed"):
            act(as_("ann"))


def test_what_changed_meanwhile_is_shown_and_nothing_is_written(store: Store, as_: As) -> None:
    number = turn(store, DRAFT)
    seen = as_("ann").version(number)
    as_("bob").answer(number, "x")
    turn(store, CaseDraft("P0", "emergency:x", ()))
    before = kinds(store, number)
    for act in (
        lambda desk: desk.take(number, seen=seen, once="k"),
        lambda desk: desk.answer(number, "y", seen=seen),
        lambda desk: desk.close(number, "helped", seen=seen),
        lambda desk: desk.set_priority(number, "P3", "x", seen=seen),
    ):
        with pytest.raises(Changed, match=r"staff\.answer by bob; case\.raised") as error:
            act(as_("ann"))
        assert [row.kind for row in error.value.rows] == ["staff.answer", "case.raised"]
    assert kinds(store, number) == before and store.queue()[0].priority == "P0"
    as_("ann").take(number, seen=as_("ann").version(number), once="k")
    assert kinds(store, number)[-1] == "case.taken"


def test_two_answers_to_one_look_are_one_answer(opened: Open, clock: FrozenClock) -> None:
    stores = [opened() for _ in range(4)]
    number = turn(stores[0], DRAFT)
    went: list[str] = []

    def answer(worker: int) -> None:
        try:
            Desk(stores[worker % 4], clock, f"op{worker}").answer(number, "x", seen=1)
            went.append(f"op{worker}")
        except Changed:
            pass

    together(12, answer)
    assert len(went) == 1 and kinds(stores[0], number) == ["case.opened", "staff.answer"]


def test_a_form_that_is_sent_twice_is_one_action(opened: Open, clock: FrozenClock) -> None:
    stores = [opened() for _ in range(4)]
    number = turn(stores[0], DRAFT)

    def send(worker: int) -> None:
        desk = Desk(stores[worker % 4], clock, "ann")
        desk.answer(number, "x", once="form-1")
        desk.note(number, "y", once="form-2")
        desk.set_priority(number, "P0", "z", once="form-3")

    together(8, send)
    assert sorted(kinds(stores[0], number)) == ["case.noted", "case.opened", "case.priority", "staff.answer"]
    assert stores[0].read(lambda db: db.query("SELECT count(*) AS many FROM dues")) == [{"many": 1}]
    Desk(stores[0], clock, "bob").note(number, "y", once="form-2")
    clock.advance(2 * 24 * 3600)
    Desk(stores[0], clock, "ann").note(number, "y", once="form-9")
    assert stores[0].read(lambda db: db.query("SELECT count(*) AS many FROM desk_done")) == [{"many": 1}]


def test_the_staff_may_lower_what_the_bot_may_still_raise(store: Store, as_: As) -> None:
    number = turn(store, DRAFT)
    as_("ann").set_priority(number, "P3", "只是问问")
    assert store.trail(number)[-1].detail == {"by": "ann", "from": "P1", "to": "P3", "note": 1}
    turn(store, CaseDraft("P3", "x", ()))
    assert store.queue()[0].priority == "P3"
    turn(store, CaseDraft("P2", "x", ()))
    assert store.queue()[0].priority == "P2"
    with pytest.raises(Refused, match="P2 already"):
        as_("ann").set_priority(number, "P2", "x")
    assert [(note.kind, note.text) for note in as_("ann").notes(number)] == [("priority", "只是问问")]


def test_notes_are_the_resident_s_to_be_told_and_deleted(store: Store, as_: As) -> None:
    number, other = turn(store, DRAFT), turn(store, DRAFT, chat="8")
    as_("ann").note(number, "打过电话")
    as_("ann").note(other, "别人的")
    assert [note.text for note in store.read(lambda db: person(db, "telegram:7")).notes] == ["打过电话"]
    turn(store, None, Forget())
    assert as_("ann").notes(number) == () and [note.text for note in as_("ann").notes(other)] == ["别人的"]
    assert "case.noted" in kinds(store, number) and store.intact(number)


def test_who_else_looks_at_a_case(store: Store, clock: FrozenClock, as_: As) -> None:
    number = turn(store, DRAFT)
    assert as_("ann").look(number) == [] and as_("bob").look(number) == ["ann"] and as_("ann").look(number) == ["bob"]
    clock.advance(LOOKS.total_seconds())
    assert as_("cat").look(number) == []
    assert store.read(count_present) == 1
    assert as_("ann").look(99) == []


def count_present(db: Connection) -> int:
    row = db.one("SELECT count(*) AS many FROM case_presence")
    return int(row["many"]) if row else 0


def test_a_close_that_is_sent_twice_is_no_mistake_of_theirs(store: Store, as_: As) -> None:
    number = turn(store, DRAFT)
    as_("ann").close(number, "helped", once="1")
    turn(store, None, CloseCase(number, "staff:helped"))
    as_("ann").close(number, "helped", once="1")
    with pytest.raises(Refused, match="closed already"):
        as_("bob").close(number, "helped", once="1")
    assert kinds(store, number) == ["case.opened", "staff.close", "case.closed"]


def test_an_answer_is_hurried_once(store: Store, clock: FrozenClock) -> None:
    hurried: list[str] = []
    desk = Desk(store, clock, "ann", hurry=hurried.append)
    number = turn(store, DRAFT)
    assert desk.answer(number, "x", once="1") > 0 and desk.answer(number, "x", once="1") == 0
    desk.close(number, "unreachable")
    assert hurried == ["telegram:7", "telegram:7"]
