"""English words as they were meant."""

from __future__ import annotations

import pytest

from intents.read import Reader
from intents.spelling import Speller
from tests.conftest import Expect

WORDS = frozenset({"dialysis", "swollen", "unconscious", "hospital", "breathe", "breathing", "pregnant", "bleeding", "designated"})


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("dialysys", "dialysis"),
        ("swolen", "swollen"),
        ("unconcious", "unconscious"),
        ("hosptial", "hospital"),
        ("my mum is pregnent", "my mum is pregnant"),
        ("bleding, swolen", "bleeding, swollen"),
    ],
)
def test_slips_of_typing(typed: str, meant: str) -> None:
    assert Speller(WORDS)(typed) == meant


@pytest.mark.parametrize("kept", ["dialysis", "hospitals", "weather", "what", "hosp", "ward", "zzzzzz", "39.5", "透析 hospital", ""])
def test_what_is_right_short_or_unknown_stays(kept: str) -> None:
    assert Speller(WORDS)(kept) == kept


def test_without_words_nothing_changes() -> None:
    assert Speller(frozenset())("dialisys") == "dialisys"


@pytest.mark.parametrize(
    "typed",
    ["unconcious", "he is unconsious", "she has a siezure", "crushing chest pian", "dialisys tomorrow", "cant breath properly at all"],
)
def test_slips_do_not_hide_a_sign(typed: str, reader: Reader, expect: Expect) -> None:
    reading = reader(typed)
    expect("words", typed, any(hit.alarms for hit in reading.hits) or "dialysis" in reading.concepts)
