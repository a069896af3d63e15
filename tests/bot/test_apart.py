"""What is told of another person, and what is shared, stands with the case apart: whose is whose."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from bot.clock import FrozenClock
from bot.conversation.shared import read
from bot.hotline import Hotline
from bot.model import Case, Incoming
from bot.replies import Replies
from bot.settings import Settings
from bot.store.store import Store

Say = Callable[..., Case]
NUMBER = "029-11111111"


@pytest.fixture
def say(store: Store, clock: FrozenClock, settings: Settings, real_engine: Any) -> Say:
    """Writes as one resident; the case after it."""
    hotline = Hotline(real_engine, Replies(real_engine.knowledge), store, settings, clock, patience=60)
    updates: list[str] = []

    def write(text: str, kind: str = "text", **shared: Any) -> Case:
        updates.append(text)
        clock.advance(60)
        raw = json.dumps({"message": shared}) if shared else ""
        incoming = Incoming("web", "7", str(len(updates)), text, clock.now(), "zh", "xian", kind, raw)  # type: ignore[arg-type]
        hotline.accept(incoming)
        hotline.process("web:7")
        found = store.case_of("web:7")
        return found or Case(0, "", "open", "P3", "", (), "", "", clock.now(), clock.now(), "")

    return write


def test_a_second_persons_need_is_an_entry_of_its_own_and_moves_nothing(say: Say) -> None:
    first = say("我妈在雁塔区要透析，小区不放行")
    second = say("另外我爸在未央区也要配降压药，药断了没人管")
    assert (second.number, second.words, second.district) == (first.number, first.words, "yanta")
    assert dict(second.facts)["also.1"] == "另外我爸在未央区也要配降压药，药断了没人管"
    third = say("邻居也要配药，怎么办？")
    assert [name for name, _ in third.facts if name.startswith("also.")] == ["also.1", "also.2"]


def test_danger_for_a_second_person_leads_and_the_first_need_stays(say: Say) -> None:
    first = say("我妈在雁塔区要透析，小区不放行")
    raised = say("我爸胸口疼得厉害，一身冷汗")
    assert (raised.number, raised.priority, raised.words) == (first.number, "P0", "我爸胸口疼得厉害，一身冷汗")
    facts = dict(raised.facts)
    assert (facts["also.1"], facts["who"]) == (first.words, "我爸")


def test_more_about_the_same_person_is_no_second_one(say: Say) -> None:
    say("我妈在雁塔区要透析，小区不放行")
    case = say("我妈喘得厉害了，没人管")
    assert not [name for name, _ in case.facts if name.startswith("also.")]


def test_whose_number_it_is_decides_whom_it_reaches(say: Say) -> None:
    say("我妈在雁塔区要透析，小区不放行")
    say(f"我妈的电话{NUMBER}")
    facts = dict(say("我的电话029-22222222").facts)
    assert (facts["patient_phone"], facts["reach"]) == (f"我妈的电话{NUMBER}", "我的电话029-22222222")


def test_a_shared_place_waits_for_the_case_and_a_contact_answers_how_to_be_reached(say: Say) -> None:
    assert say("", "location", location={"latitude": 34.21, "longitude": 108.95}).number == 0
    facts = dict(say("我妈在雁塔区要透析，小区不放行").facts)
    assert facts["spot"] == "34.21000, 108.95000"
    assert dict(say("", "contact", contact={"phone_number": NUMBER}).facts)["reach"] == NUMBER


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "[]",
        "{}",
        "x",
        '{"message": null}',
        '{"message": {"location": {"latitude": 91, "longitude": 0}}}',
        '{"message": {"contact": 7}}',
    ],
)
def test_what_holds_neither_is_empty(raw: str) -> None:
    assert read(raw) == ""
