"""English words as they were meant."""

from __future__ import annotations

import pytest

from intents.spelling import Speller

WORDS = frozenset({"dialysis", "swollen", "unconscious", "hospital", "breathe", "breathing", "pregnant", "bleeding", "designated"})


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("dialisys", "dialysis"),
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
    ("typed", "meant"), [("wiht dialisys tomorow", "dialysis"), ("chemotherpy", "chemotherapy"), ("unconcious", "unconscious")]
)
def test_the_words_of_the_shipped_data(typed: str, meant: str, normalise: object) -> None:
    assert meant in normalise(typed).plain  # type: ignore[operator]
