"""Cases that are put off, handed over, merged, split, linked, phoned about: nothing is done twice, and no word is in the audit."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator

import pytest

from bot.clock import FrozenClock
from bot.desk import Changed, Desk, Refused
from bot.desk.ticks import Ticks
from bot.desk.view import View
from bot.filter import CaseFilter
from bot.listing import Listing
from bot.model import CaseDraft
from bot.store import alarms, mydata
from bot.store.store import Store
from intents.targets import Alarms, read_targets
from tests.bot.store.test_cases import turn
from tests.fakes.engine import NOON

DRAFT = CaseDraft("P1", "handoff:care.refused", ("care.refused",), "xian", "yanta")
DANGER = CaseDraft("P0", "emergency:cardiac-01", ("care.emergency",))
Hand = Callable[[str], Desk]


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOON)


@pytest.fixture
def kept(database: str, clock: FrozenClock) -> Iterator[Store]:
    store = Store(database, clock)
    Ticks(store, clock, Alarms(every=3, supervisors=6)).start(read_targets())
    yield store
    store.close()


@pytest.fixture
def of(kept: Store, clock: FrozenClock) -> Hand:
    return lambda by: Desk(kept, clock, by)


def queue(store: Store, clock: FrozenClock) -> list[int]:
    return [case.number for case in Listing(store, clock).page(CaseFilter()).cases]


def kinds(store: Store, number: int) -> list[str]:
    return [row.kind for row in store.trail(number)]


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as error:
        act()
    return error.value.why


def test_a_colleague_has_it_at_once_and_a_team_frees_it(kept: Store, of: Hand, clock: FrozenClock) -> None:
    number = turn(kept, DRAFT)
    of("ann").take(number)
    of("ann").hand_over(number, "colleague", "bob", "车已订好", once="form")
    of("ann").hand_over(number, "colleague", "bob", "车已订好", once="form")
    assert (case := kept.case(number)) is not None and case.held_by(NOON) == "bob" and case.team == ""
    assert [(note.kind, note.text) for note in of("ann").notes(number)] == [("handover", "→ bob\n车已订好")]
    assert refused(lambda: of("ann").hand_over(number, "team", "夜班", "接着办")) == "busy"
    of("bob").hand_over(number, "community", "长延堡社区", "要药")
    assert (case := kept.case(number)) is not None and case.held_by(NOON) == "" and case.team == "community:长延堡社区"
    assert [case.number for case in Listing(kept, clock).page(CaseFilter(handed=True)).cases] == [number]
    assert refused(lambda: of("bob").hand_over(number, "team", " ", "x")) == "whom"
    assert "长延堡" not in "".join(str(row.detail) for row in kept.trail(number)), "no words in the audit"
    assert kept.intact(number)


def test_put_off_until_a_time_or_until_the_resident_writes(kept: Store, of: Hand, clock: FrozenClock) -> None:
    number = turn(kept, DRAFT)
    of("ann").take(number)
    of("ann").snooze(number, NOON + dt.timedelta(minutes=20))
    assert queue(kept, clock) == [] and (case := kept.case(number)) is not None and case.held_by(NOON) == ""
    assert [case.number for case in Listing(kept, clock).page(CaseFilter(snoozed=True)).cases] == [number]
    ticks = Ticks(kept, clock, Alarms(every=3, supervisors=6))
    clock.advance(19 * 60)
    ticks.tick()
    assert queue(kept, clock) == []
    clock.advance(60)
    ticks.tick()
    assert queue(kept, clock) == [number] and kinds(kept, number).count("case.woken") == 1
    of("ann").snooze(number, None)
    turn(kept, now=clock.now())
    assert queue(kept, clock) == [number], "whatever they write brings it back"
    assert refused(lambda: of("ann").snooze(number, clock.now())) == "when"
    assert refused(lambda: of("ann").wake(number)) == "not_put_off"


def test_merged_cases_are_worked_on_as_one_and_taken_apart_again(kept: Store, of: Hand, clock: FrozenClock) -> None:
    main, twin = turn(kept, DRAFT, chat="1"), turn(kept, DRAFT, chat="2")
    of("ann").merge(twin, main, once="form")
    of("ann").merge(twin, main, once="form")
    assert queue(kept, clock) == [main] and kinds(kept, twin).count("case.merged") == 1
    version = of("ann").version(main)
    turn(kept, CaseDraft("P2", "resident:more", ()), chat="2", now=clock.now())
    with pytest.raises(Changed):
        of("ann").answer(main, "看到了", seen=version)
    whole = View(kept, clock).whole(main, "ann")
    assert whole is not None and [one.number for one in whole.merged] == [twin] and {entry.case for entry in whole.entries} >= {0, twin}
    third = turn(kept, DRAFT, chat="3")
    assert refused(lambda: of("ann").merge(third, twin)) == "merge_merged"
    assert refused(lambda: of("ann").merge(main, third)) == "merge_main"
    assert refused(lambda: of("ann").merge(main, main)) == "merge_itself"
    of("ann").unmerge(twin)
    assert queue(kept, clock) == [main, twin, third] and refused(lambda: of("ann").unmerge(twin)) == "not_merged"
    assert all(kept.intact(number) for number in (main, twin, third))


def test_closing_the_main_case_closes_those_worked_on_with_it(kept: Store, of: Hand) -> None:
    main, twin = turn(kept, DRAFT, chat="1"), turn(kept, DRAFT, chat="2")
    of("ann").merge(twin, main)
    of("ann").close(main, "helped")
    assert kinds(kept, main).count("staff.close") == kinds(kept, twin).count("staff.close") == 1


def test_two_who_merge_each_others_case_both_end(kept: Store, of: Hand) -> None:
    one, other = turn(kept, DRAFT, chat="1"), turn(kept, DRAFT, chat="2")
    came: list[str] = []

    def merge(number: int, into: int) -> None:
        try:
            of("ann").merge(number, into)
            came.append("done")
        except Refused as error:
            came.append(error.why)

    threads = [threading.Thread(target=merge, args=pair) for pair in ((one, other), (other, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(came) == ["done", "merge_merged"]


def test_a_second_case_for_another_patient_of_the_same_chat(kept: Store, of: Hand, clock: FrozenClock) -> None:
    first = turn(kept, DRAFT)
    second = of("ann").split(first, "奶奶要配药", once="form")
    assert second and of("ann").split(first, "奶奶要配药", once="form") == 0
    assert queue(kept, clock) == [first, second]
    turn(kept, CaseDraft("P2", "resident:more", ()), now=clock.now())
    assert kinds(kept, first).count("case.added") == 1 and "case.added" not in kinds(kept, second), "what follows goes to the first"
    assert (own := kept.case_of("telegram:7")) is not None and own.number == first
    found = kept.case(second)
    assert found is not None and found.words == "奶奶要配药" and found.topics == ("care.refused",) and found.address == "telegram:7"
    assert [case.number for case in Listing(kept, clock).page(CaseFilter(topic="care.refused")).cases] == [first, second]
    third = of("ann").split(first, "爷爷也要", once="again")
    assert third not in (0, second)


def test_linked_by_hand_and_not(kept: Store, of: Hand, clock: FrozenClock) -> None:
    one, two = turn(kept, DRAFT, chat="1"), turn(kept, DRAFT, chat="2")
    of("ann").link(two, one, "household")
    of("ann").link(one, two, "household")
    whole = View(kept, clock).whole(one, "ann")
    assert whole is not None and [(link.number, link.why) for link in whole.links] == [(two, "household")]
    of("ann").unlink(one, two)
    whole = View(kept, clock).whole(one, "ann")
    assert whole is not None and whole.links == ()
    assert kinds(kept, one) == kinds(kept, two) == ["case.opened", "case.linked", "case.unlinked"]


def test_a_call_to_be_made_is_told_to_the_resident_and_deleted_with_them(kept: Store, of: Hand) -> None:
    number = turn(kept, DRAFT)
    of("ann").call(number, "打给家属，说车到了")
    (call,) = of("bob").calls_to_make()
    assert (call.case, call.text) == (number, "打给家属，说车到了")
    assert "打给家属" in "".join(note.text for note in kept.read(lambda db: mydata.person(db, "telegram:7")).notes)
    of("bob").called(number, call.id)
    assert of("bob").calls_to_make() == [] and refused(lambda: of("bob").called(number, call.id)) == "call_made"
    kept.write(lambda db: mydata.forget(db, "telegram:7", NOON))
    assert kept.read(lambda db: db.query("SELECT * FROM calls")) == []


def test_what_never_arrived_is_sent_again_only_from_its_own_case(kept: Store, of: Hand, clock: FrozenClock) -> None:
    number, other = turn(kept, DRAFT, chat="1", say="好"), turn(kept, DRAFT, chat="2")
    (row,) = kept.take("telegram", 1, NOON)
    assert refused(lambda: of("ann").send_again(number, row.id)) == "not_failed"
    kept.dead(row.id, row.attempt, "403", NOON)
    whole = View(kept, clock).whole(number, "ann")
    assert whole is not None
    (line,) = [entry.line for entry in whole.entries if entry.line and entry.line.delivery]
    assert (line.delivery, line.reason, line.outbox) == ("failed", "403", row.id)
    assert refused(lambda: of("ann").send_again(other, row.id)) == "not_failed"
    of("ann").send_again(number, row.id)
    assert [again.id for again in kept.take("telegram", 1, NOON + dt.timedelta(seconds=5))] == [row.id]


def test_many_at_once_with_what_cannot_be(kept: Store, of: Hand) -> None:
    numbers = [turn(kept, DRAFT, chat=str(chat)) for chat in range(4)]
    of("bob").take(numbers[1])
    report = of("ann").preview([*numbers, 99, numbers[0]])
    assert report.done == (numbers[0], *numbers[2:]) and [(n, why.why) for n, why in report.failed] == [(numbers[1], "held"), (99, "none")]
    did = of("ann").on_each(numbers, lambda number: of("ann").take(number, once="b"))
    assert did.done == report.done and [(n, why.why) for n, why in did.failed] == [(numbers[1], "busy")]


def test_a_danger_rings_once_in_its_own_turn_and_again_until_it_is_taken(kept: Store, of: Hand, clock: FrozenClock) -> None:
    def waiting() -> list[tuple[str, int]]:
        return [(alarm.kind, alarm.number) for alarm in kept.read(alarms.waiting)]

    number = turn(kept, DANGER)
    assert waiting() == [("danger", 0)]
    others = [Ticks(kept, clock, Alarms(every=3, supervisors=6)) for _ in range(3)]
    clock.advance(3 * 60)
    for ticks in others:
        ticks.tick()
    assert waiting() == [("danger", 0), ("danger", 1)], "however many processes tick"
    clock.advance(3 * 60)
    for ticks in others:
        ticks.tick()
    assert waiting() == [("danger", 0), ("danger", 1), ("danger", 2), ("supervisors", 0)]
    assert kept.read(alarms.wants_supervisors) and others[0].dangers() == [number]
    version = of("ann").version(number)
    of("ann").take(number, seen=version - 1)
    assert waiting() == [] and others[0].dangers() == [], "that time went by is nothing that is overwritten"
    of("ann").release(number)
    assert others[0].dangers() == [number], "given back without an answer, it is nobody's again"
    assert kinds(kept, number).count("case.overdue") == 1 and kept.intact(number)
