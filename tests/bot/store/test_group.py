"""Cards of the staff's group: whatever changes a case wants its card shown, each is one process's at a time; on both engines."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.clock import FrozenClock
from bot.desk import Desk
from bot.model import CaseDraft, Reply, Turn
from bot.state import State
from bot.store import cards, group, group_answers
from bot.store.group import LEASE, SPARE, Card
from bot.store.pacer import Pace
from bot.store.store import Store
from tests.bot.store.conftest import Open
from tests.bot.store.test_cases import DRAFT, turn
from tests.bot.store.test_concurrency import together
from tests.fakes.engine import NOON

CHAT = -100123
FREE = Pace(0, 0, 0)


def claim(store: Store, now: dt.datetime = NOON, pace: Pace = FREE) -> Card | None:
    return store.write(lambda db: group.claim(db, pace, CHAT, now))


def shown(store: Store, now: dt.datetime = NOON, message: int = 0) -> int:
    """Show the next card; its case, 0 where there is none."""
    card = claim(store, now)
    if card is None:
        return 0
    values = {"shown": card.version, "rung": card.ring, "message": message or card.message}
    assert store.write(lambda db: group.settle(db, card, values))
    return card.case.number


@pytest.fixture
def grouped(store: Store) -> Store:
    assert store.write(lambda db: group.use(db, CHAT)) == CHAT
    return store


def test_without_a_group_no_card_is_wanted(store: Store) -> None:
    number = turn(store, DRAFT)
    store.write(lambda db: cards.ring(db, number))
    assert not store.read(lambda db: group.any_due(db, NOON)) and claim(store) is None


def test_each_change_wants_the_card_and_the_most_urgent_goes_first(grouped: Store, clock: FrozenClock) -> None:
    first, second = turn(grouped, DRAFT), turn(grouped, CaseDraft("P0", "emergency:x", ()), chat="8")
    assert [shown(grouped) for _ in range(3)] == [second, first, 0]
    desk = Desk(grouped, clock, "ann")
    for act in (
        lambda: desk.take(first),
        lambda: desk.note(first, "x"),
        lambda: desk.set_priority(first, "P3", "x"),
        lambda: desk.release(first),
    ):
        act()
        assert [shown(grouped), shown(grouped)] == [first, 0]
    grouped.write(lambda db: cards.ring(db, second))
    assert [shown(grouped), shown(grouped)] == [second, 0]


def test_what_changes_while_a_card_is_shown_is_shown_next(grouped: Store, clock: FrozenClock) -> None:
    number = turn(grouped, DRAFT)
    card = claim(grouped)
    assert card is not None
    Desk(grouped, clock, "ann").take(number)
    assert grouped.write(lambda db: group.settle(db, card, {"shown": card.version}))
    assert [shown(grouped), shown(grouped)] == [number, 0]


def test_of_many_processes_one_shows_a_card(opened: Open) -> None:
    stores = [opened() for _ in range(4)]
    stores[0].write(lambda db: group.use(db, CHAT))
    numbers = [turn(stores[0], DRAFT, chat=str(chat)) for chat in range(1, 6)]
    got: list[int] = []

    def take(worker: int) -> None:
        while (card := claim(stores[worker % 4])) is not None:
            got.append(card.case.number)

    together(8, take)
    # A worker may find all that is left locked by another for a moment; whoever holds the locks takes the next.
    while (card := claim(stores[0])) is not None:
        got.append(card.case.number)
    assert sorted(got) == numbers


def test_a_killed_holder_s_card_is_another_s_and_it_settles_no_more(grouped: Store) -> None:
    number = turn(grouped, DRAFT)
    card = claim(grouped)
    later = NOON + dt.timedelta(seconds=LEASE)
    assert card is not None and claim(grouped) is None and shown(grouped, later) == number
    assert not grouped.write(lambda db: group.settle(db, card, {"message": 9}))
    assert grouped.read(lambda db: group.place_of(db, number)) == (0, 0)


def test_the_limits_are_kept_and_lives_have_some_of_each_minute(grouped: Store) -> None:
    pace = Pace(0, 0, 20)
    numbers = [turn(grouped, DRAFT, chat=str(chat)) for chat in range(1, 31)]
    got = []
    while (card := claim(grouped, pace=pace)) is not None:
        got.append(card.case.number)
    assert got == numbers[: 20 - SPARE]
    life = turn(grouped, CaseDraft("P0", "emergency:x", ()), chat="99")
    card = claim(grouped, pace=pace)
    assert card is not None and card.case.number == life
    assert grouped.write(lambda db: group.settle(db, card, {"shown": card.version, "rung": card.ring}))
    card = claim(grouped, NOON + dt.timedelta(seconds=61), pace)
    assert card is not None and card.case.number == numbers[0]


def test_another_number_of_the_group_and_another_group_begin_anew(grouped: Store) -> None:
    number = turn(grouped, DRAFT)
    assert shown(grouped, message=5) == number and grouped.read(lambda db: group.place_of(db, number)) == (0, 5)
    grouped.write(lambda db: group.moved(db, CHAT, -200))
    assert grouped.write(lambda db: group.use(db, CHAT)) == -200
    assert shown(grouped, message=6) == number and shown(grouped) == 0
    assert grouped.write(lambda db: group.use(db, -300)) == -300 and shown(grouped) == number


def test_whose_case_a_message_is_about(grouped: Store) -> None:
    number = turn(grouped, DRAFT)
    card = claim(grouped)
    assert card is not None
    grouped.write(lambda db: group.settle(db, card, {"thread": 77, "message": 5}))
    grouped.write(lambda db: group.posted(db, CHAT, 5, number, "card"))
    assert [grouped.read(lambda db, a=a: group.case_at(db, CHAT, *a)) for a in ((77, 0), (0, 5), (0, 6), (1, 0), (0, 0))] == [  # type: ignore[misc]
        number,
        number,
        0,
        0,
        0,
    ]


@pytest.mark.parametrize(("replies", "end"), [((Reply("x"),), "sent"), ((Reply("x"),), "dead"), ((), "gone")])
def test_what_came_of_an_answer(grouped: Store, clock: FrozenClock, replies: tuple[Reply, ...], end: str) -> None:
    number = turn(grouped, DRAFT)
    grouped.write(lambda db: db.execute("DELETE FROM outbox"))
    due = Desk(grouped, clock, "ann").answer(number, "x")
    grouped.write(lambda db: group_answers.answered(db, CHAT, 9, number, due))

    def came() -> list[str]:
        return [answer.came for answer in grouped.read(lambda db: group_answers.open_answers(db, 5))]

    assert came() == ["waits"]
    grouped.come_due(NOON)
    assert came() == ["waits"]
    row = grouped.claim("telegram:7", NOON)
    assert row is not None
    grouped.finish(row, Turn(replies, State()), row.version, NOON)
    if replies:
        assert came() == ["waits"]
        (out,) = grouped.take("telegram", 1, NOON)
        assert grouped.delivered(out.id, out.attempt, NOON) if end == "sent" else grouped.dead(out.id, out.attempt, "forbidden", NOON)
    assert came() == [end]
    grouped.write(lambda db: group_answers.told(db, CHAT, 9))
    assert came() == [] and grouped.read(lambda db: group_answers.was_answer(db, CHAT, 9))
