"""Cases that may be of the same people are linked, not merged; and what a resident may expect is told from what cases took."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.effects import CloseCase, Forget
from bot.model import CaseDraft, Link
from bot.store.store import Store
from tests.bot.store.play import after
from tests.bot.store.test_cases import turn
from tests.fakes.engine import NOON

HOME = ("place", "曲江花园3号楼2单元501")


def request(store: Store, chat: str, topic: str, *facts: tuple[str, str]) -> int:
    draft = CaseDraft("P2", f"handoff:{topic}", (topic,), "xian", "yanta", facts=facts)
    return turn(store, draft, chat=chat)


def links(store: Store) -> dict[int, tuple[Link, ...]]:
    return {case.number: case.links for case in store.queue()}


def test_the_same_need_of_one_household_is_linked_and_stays_two_cases(store: Store) -> None:
    one = request(store, "1", "medicine.chronic", HOME)
    other = request(store, "2", "medicine.chronic", ("place", "曲江花园 三号楼二单元501室"))
    assert links(store) == {one: (Link(other, "same"),), other: (Link(one, "same"),)}
    assert [row.kind for row in store.trail(other)] == ["case.opened", "case.linked"]
    assert [row.kind for row in store.trail(one)] == ["case.opened"] and store.intact(one) and store.intact(other)


def test_another_need_of_the_household_is_not_taken_for_the_same(store: Store) -> None:
    one, other = request(store, "1", "care.dialysis", HOME), request(store, "2", "care.fever", HOME)
    assert links(store) == {one: (Link(other, "household"),), other: (Link(one, "household"),)}


def test_a_compound_is_linked_by_the_need_only(store: Store) -> None:
    one = request(store, "1", "medicine.chronic", HOME)
    request(store, "2", "care.fever", ("place", "曲江花园7号楼101"))
    third = request(store, "3", "medicine.chronic", ("place", "曲江花园7号楼101"))
    assert links(store)[one] == (Link(third, "compound"),)


def test_an_emergency_alone_is_no_need_in_common(store: Store) -> None:
    request(store, "1", "care.emergency", ("place", "曲江花园3号楼"))
    request(store, "2", "care.emergency", ("place", "曲江花园8号楼"))
    assert set(links(store).values()) == {()}


def test_the_same_number_is_linked_wherever_they_live_once_it_is_told(store: Store) -> None:
    one = request(store, "1", "care.dialysis", ("reach", "0000 0001"))
    other = request(store, "2", "care.fever")
    assert links(store)[one] == ()
    turn(store, CaseDraft("P3", "resident:form", (), facts=(("reach", "打00000001"),), telling=False), chat="2")
    turn(store, CaseDraft("P3", "resident:form", (), facts=(("who", "elder"),), telling=False), chat="2")
    assert links(store)[one] == (Link(other, "contact"),)
    assert [row.kind for row in store.trail(other)].count("case.linked") == 1


def test_a_closed_case_is_not_linked_and_forgetting_takes_links_along(store: Store) -> None:
    one = request(store, "1", "medicine.chronic", HOME)
    turn(store, None, CloseCase(one, "resident"), chat="1")
    other = request(store, "2", "medicine.chronic", HOME)
    third = request(store, "3", "medicine.chronic", HOME)
    assert links(store) == {other: (Link(third, "same"),), third: (Link(other, "same"),)}
    turn(store, None, Forget(), chat="3")
    assert links(store)[other] == ()
    assert store.write(lambda db: db.one("SELECT household || compound || contact AS left FROM cases WHERE number = :n", n=third)) == {
        "left": ""
    }


def answered(store: Store, chat: str, opened: dt.datetime, minutes: float, priority: str = "P2") -> None:
    number = turn(store, CaseDraft(priority, "x", ()), chat=chat, now=opened)  # type: ignore[arg-type]
    turn(store, None, CloseCase(number, "resident"), chat=chat, now=opened)
    at = round((opened + dt.timedelta(minutes=minutes)).timestamp() * 1000)
    store.write(lambda db: db.execute("UPDATE cases SET answered_at = :at WHERE number = :number", at=at, number=number))


def expected(store: Store, priority: str = "P2") -> str:
    turn(store, CaseDraft(priority, "x", ()), chat="me", say="{expects}", expects=repr)  # type: ignore[arg-type]
    return store.history("telegram:me")[-1].text


@pytest.mark.parametrize(
    ("cases", "told"),
    [
        ([(1, 20), (25, 40), (24, 30), (49, 50), (73, 10)], "usual_minutes=30, this_hour=True"),
        ([(1, 20), (25, 40), (24, 30), (49, 50), (80, 100)], "usual_minutes=40, this_hour=False"),
        ([(1, 20), (25, 40), (24, 30), (49, 50)], "usual_minutes=None, this_hour=False"),
        ([(1, 20), (25, 40), (24, 30), (49, 50), (24 * 15, 10)], "usual_minutes=None, this_hour=False"),
    ],
)
def test_the_usual_time_is_the_median_of_enough_cases_of_this_hour(store: Store, cases: list[tuple[float, float]], told: str) -> None:
    for number, (hours, minutes) in enumerate(cases):
        answered(store, f"c{number}", NOON - dt.timedelta(hours=hours), minutes)
        answered(store, f"d{number}", NOON - dt.timedelta(hours=hours), 500, "P1")
    assert told in expected(store)


def test_nobody_before_them_and_after_the_first(store: Store) -> None:
    turn(store, CaseDraft("P2", "x", ()), chat="1", now=after(-60))
    assert "ahead=1," in expected(store)
    assert "ahead=0," in expected(store, "P0")
