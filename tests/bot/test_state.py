"""What a conversation forgets with time, and what it keeps."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from bot.state import FADES, LONGEST_SAID, PLACE_FADES, SAID_FADES, State
from tests.fakes.engine import NOON

STATE = State("xian", "yanta", "sealed", "elderly", ("care.fever",), lang="en", said=("我爸",), updated_at=NOON)
MOMENT = dt.timedelta(seconds=1)


def test_zone_and_patient_fade_with_the_need_and_the_place_later() -> None:
    assert STATE.woken(NOON + FADES) == STATE and STATE.needs(NOON + FADES) == ("care.fever",)
    woken = STATE.woken(NOON + FADES + MOMENT)
    assert (woken.zone, woken.patient, woken.city, woken.district, woken.lang) == ("", "", "xian", "yanta", "en")
    assert STATE.needs(NOON + FADES + MOMENT) == ()
    assert STATE.woken(NOON + PLACE_FADES).district == "yanta"
    later = STATE.woken(NOON + PLACE_FADES + MOMENT)
    assert (later.city, later.district, later.lang) == ("xian", "", "en")


@pytest.mark.parametrize("known", [{"case": 3}, {"site": 1}])
def test_the_place_of_a_case_or_a_site_stays(known: dict[str, int]) -> None:
    state = dataclasses.replace(STATE, **known)  # type: ignore[arg-type]
    assert state.woken(NOON + 3 * PLACE_FADES).district == "yanta"


def test_words_are_read_together_for_an_hour() -> None:
    assert STATE.lately(NOON + SAID_FADES) == ("我爸",) and STATE.lately(NOON + SAID_FADES + MOMENT) == ()
    assert LONGEST_SAID > 100
