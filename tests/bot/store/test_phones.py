"""Reports of numbers and what residents say of answers are kept, on both engines, and count for every process."""

from __future__ import annotations

import datetime as dt

from bot.effects import Effect, Forget, Judge, Pick, ReportPhone
from bot.model import Incoming, Turn
from bot.phones import Standing
from bot.state import THIS, State
from bot.store import evidence, phones
from bot.store.store import Store
from tests.bot.store.conftest import Open
from tests.bot.store.play import after
from tests.fakes.engine import NOON

LINE = "029-86320424"


def turn(store: Store, chat: str, *effects: Effect, now: dt.datetime = NOON, state: State | None = None) -> int:
    """A turn of a chat with these effects; the row of its message."""
    row_id = store.accept(Incoming("telegram", chat, f"{now.timestamp()} {effects}", "喂", now))
    row = store.claim(f"telegram:{chat}", now)
    assert row is not None
    store.finish(row, Turn((), state or row.state, effects=effects), row.version, now)
    return row_id


def stands(store: Store, now: dt.datetime) -> Standing:
    return store.known(State(), now).phones.get(LINE, Standing())


def test_three_chats_demote_and_one_that_gets_through_ends_it(store: Store) -> None:
    for seconds, chat in enumerate(("1", "2", "2", "2")):
        turn(store, chat, ReportPhone(LINE, "noanswer"), now=after(seconds))
    assert stands(store, after(4)) == Standing(0)
    turn(store, "3", ReportPhone(LINE, "noanswer"), now=after(5))
    assert stands(store, after(600)) == Standing(9, "residents")
    turn(store, "4", ReportPhone(LINE, "answered"), now=after(601))
    assert stands(store, after(602)) == Standing()


def test_an_operators_word_lasts_until_somebody_gets_through(store: Store) -> None:
    week = 7 * 24 * 3600.0
    store.write(lambda db: phones.report(db, LINE, "demoted", phones.OPERATOR, NOON))
    assert stands(store, after(week)).demoted == "operator"
    turn(store, "1", ReportPhone(LINE, "answered"), now=after(week))
    # Also when what ended it is too old to be read.
    assert [stands(store, after(week + later)) for later in (10, week)] == [Standing(), Standing()]


def test_it_is_read_once_in_some_seconds_and_after_an_own_report_at_once(store: Store) -> None:
    reads = 0
    board = phones.Board()

    def read() -> list[phones.Report]:
        nonlocal reads
        reads += 1
        return store.read(lambda db: phones.reports(db, NOON))

    for seconds in (0, 1, 4.9):
        board.look(read, after(seconds))
    assert reads == 1
    board.look(read, after(5))
    # A clock that was set back does not make it last for ever.
    board.look(read, after(-1))
    assert reads == 3
    board.stale()
    board.look(read, after(-1))
    assert reads == 4


def test_nothing_is_read_where_no_number_is_shown(store: Store) -> None:
    assert store.known(State()).phones == {}
    turn(store, "1", ReportPhone(LINE, "noanswer"))
    assert store.known(State()).phones == {} and stands(store, NOON) == Standing(0)


def test_another_process_sees_it_within_some_seconds(opened: Open) -> None:
    one, other = opened(), opened()
    assert stands(other, NOON) == Standing()
    turn(one, "1", ReportPhone(LINE, "noanswer"), now=after(1))
    assert stands(one, after(1)) == Standing(0)
    assert stands(other, after(phones.FRESH.total_seconds())) == Standing(0)


def test_what_a_chat_reported_goes_with_it(store: Store) -> None:
    turn(store, "1", ReportPhone(LINE, "noanswer"), ReportPhone(LINE, "noanswer"))
    store.reroute("telegram", "telegram:1", "telegram:-100", after(1))
    count = [store.read(lambda db, chat=chat: phones.count(db, f"telegram:{chat}")) for chat in ("1", "-100")]  # type: ignore[misc]
    assert count == [0, 2]
    turn(store, "-100", Forget(), now=after(2))
    assert store.read(lambda db: phones.reports(db, after(3))) == [] and stands(store, after(3)) == Standing()


def test_what_is_said_of_an_answer_names_the_message_and_no_chat(store: Store) -> None:
    row = turn(store, "1", state=State(answered=THIS, unclear=THIS))
    state, _ = store.conversation("telegram:1")
    assert (state.answered, state.unclear) == (row, row)
    turn(store, "1", Judge(row, ("care.fever",), ("doc/p1",), -1), Pick(row, "care.fever"), now=after(1), state=State(answered=row))
    assert store.conversation("telegram:1")[0] == State(answered=row)
    (kept,) = store.read(lambda db: db.query("SELECT * FROM judgements"))
    assert {name: kept[name] for name in ("inbox_id", "topics", "provisions", "value")} == {
        "inbox_id": row,
        "topics": '["care.fever"]',
        "provisions": '["doc/p1"]',
        "value": -1,
    }
    assert store.read(lambda db: evidence.picks(db, 9)) == [evidence.Picked(row, "care.fever", after(1))]
    # Whoever deletes their data leaves the evidence without any words.
    turn(store, "1", Forget(), now=after(2), state=State())
    assert len(store.read(lambda db: evidence.picks(db, 9))) == 1
    assert store.read(lambda db: db.query("SELECT text FROM inbox WHERE id = :id", id=row)) == [{"text": ""}]
