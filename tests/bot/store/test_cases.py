"""A case is closed, opened again and rated by its own resident, on both engines."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from bot.effects import CloseCase, Effect, Forget, RateCase
from bot.model import REOPENS, CaseDraft, Reply, Turn
from bot.state import State
from bot.store.store import Store
from tests.bot.store.play import after, incoming
from tests.fakes.engine import NOON

DRAFT = CaseDraft("P1", "handoff:care.dialysis", ("care.dialysis",), "xian", "雁塔区")
HOURS = REOPENS.total_seconds()


def turn(store: Store, draft: CaseDraft | None = None, *effects: Effect, chat: str = "7", now: dt.datetime = NOON, **more: Any) -> int:
    """``more``: what the turn says, and what stands in it for what the resident may expect."""
    store.accept(incoming(chat))
    row = store.claim(f"telegram:{chat}", now)
    assert row is not None
    replies = (Reply(more["say"]),) if more else ()
    number, _ = store.finish(row, Turn(replies, row.state, draft, effects=effects, expects=more.get("expects")), row.version, now)
    return number


def kinds(store: Store, number: int) -> list[str]:
    return [row.kind for row in store.trail(number)]


def test_a_closed_case_leaves_the_queue_and_a_new_one_can_be_opened(store: Store) -> None:
    number = turn(store, DRAFT)
    turn(store, None, CloseCase(number, "resident"))
    found = store.known(State(case=number)).case
    assert store.queue() == [] and found is not None and (found.status, found.closed_at) == ("closed", NOON)
    assert turn(store, DRAFT) == number + 1
    assert kinds(store, number) == ["case.opened", "case.closed"] and store.intact(number)


@pytest.mark.parametrize(("seconds", "again"), [(HOURS, True), (HOURS + 1, False)])
def test_it_is_opened_again_within_its_time(store: Store, seconds: float, again: bool) -> None:
    number = turn(store, DRAFT)
    turn(store, None, CloseCase(number, "resident"))
    second = turn(store, CaseDraft("P2", "handoff:care.dialysis", ("care.dialysis",), reopens=number), now=after(seconds))
    assert (second == number) is again
    (case,) = store.queue()
    assert (case.number, case.priority, case.closed_at) == ((number, "P1", None) if again else (number + 1, "P2", None))


def test_an_open_case_goes_before_a_closed_one(store: Store) -> None:
    first = turn(store, DRAFT)
    turn(store, None, CloseCase(first, "resident"))
    second = turn(store, DRAFT)
    assert turn(store, CaseDraft("P1", "x", (), reopens=first)) == second


def test_nobody_closes_or_rates_or_opens_another_resident_s_case(store: Store) -> None:
    number = turn(store, DRAFT)
    turn(store, None, CloseCase(number, "resident"), RateCase(number, 1), chat="8")
    assert [case.number for case in store.queue()] == [number] and kinds(store, number) == ["case.opened"]
    turn(store, None, CloseCase(number, "resident"))
    assert turn(store, CaseDraft("P1", "x", (), reopens=number), chat="8") == number + 1


def test_the_last_word_of_the_resident_counts(store: Store) -> None:
    number = turn(store, DRAFT)
    turn(store, None, RateCase(number, -1), RateCase(number, 1))
    found = store.known(State(case=number)).case
    assert found is not None and found.rating == 1


def test_the_place_in_the_queue_counts_what_is_more_urgent_or_earlier(store: Store) -> None:
    for number, (priority, seconds) in enumerate((("P2", 0), ("P1", 9), ("P0", 9), ("P1", 5), ("P3", 0)), 1):
        turn(store, CaseDraft(priority, "x", ()), chat=str(number), now=after(seconds))  # type: ignore[arg-type]
    turn(store, CaseDraft("P1", "x", ()), chat="7", now=after(9), say="{case}: {expects}", expects=lambda expected: str(expected.ahead))
    assert [line.text for line in store.history("telegram:7")][-1] == "6: 3"


def test_an_answer_to_our_question_adds_facts_and_leaves_what_was_said(store: Store) -> None:
    number = turn(store, DRAFT)
    said = store.queue()[0].words
    assert said
    store.accept(incoming(text="3号楼"))
    row = store.claim("telegram:7", NOON)
    assert row is not None
    answer = CaseDraft("P3", "resident:form", (), facts=(("place", "3号楼"),), telling=False)
    store.finish(row, Turn((), row.state, answer), row.version, NOON)
    turn(store, CaseDraft("P3", "resident:form", (), facts=(("who", "elder"),), telling=False))
    (case,) = store.queue()
    assert (case.number, case.words, case.priority, dict(case.facts)) == (number, said, "P1", {"place": "3号楼", "who": "elder"})


def test_the_queue_of_one_hospital_is_found_by_a_part_of_its_name(store: Store) -> None:
    for chat, hospital in (("1", "西京医院、Sunshine Clinic"), ("2", ""), ("3", "100%_医院"), ("4", "西京医院")):
        turn(store, CaseDraft("P1", "handoff:care.refused", ("care.refused",), hospital=hospital), chat=chat)
    found = {name: [case.address for case in store.queue(hospital=name)] for name in ("西京", "sunshine clinic", "%", "_医", "唐都", "")}
    assert found["西京"] == ["telegram:1", "telegram:4"] and found["sunshine clinic"] == ["telegram:1"]
    assert found["%"] == found["_医"] == ["telegram:3"] and found["唐都"] == [] and len(found[""]) == 4
    assert [case.hospital for case in store.queue(1)] == ["西京医院、Sunshine Clinic"]


def test_a_hospital_stays_with_the_case_and_goes_with_the_residents_words(store: Store) -> None:
    number = turn(store, CaseDraft("P1", "handoff:care.refused", ("care.refused",), hospital="西京医院"))
    turn(store, CaseDraft("P3", "resident:added", ()))
    assert store.queue()[0].hospital == "西京医院"
    turn(store, None, Forget())
    assert [(case.number, case.hospital) for case in store.queue()] == [(number, "")]
