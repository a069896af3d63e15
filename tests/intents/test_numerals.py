"""Numerals before a unit: as figures in a text, and a pattern that holds either way."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intents.numerals import UNITS, arabic, figures
from tests.intents.conftest import Holds

ONES = "零一二三四五六七八九"


def numeral(number: int) -> str:
    """A number of 1 to 999 as it is written: 105 is 一百零五, 12 is 十二."""
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    written = f"{ONES[hundreds]}百" if hundreds else ""
    if tens:
        written += f"{'' if tens == 1 and not hundreds else ONES[tens]}十"
    elif hundreds and ones:
        written += "零"
    return written + (ONES[ones] if ones else "")


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("三十七度八", "37.8度"),
        ("三十八度", "38度"),
        ("三十九点五度", "39.5度"),
        ("怀孕三十二周", "怀孕32周"),
        ("二十天", "20天"),
        ("十天", "10天"),
        ("一百二十斤", "120斤"),
        ("两个月", "2个月"),
        ("七十三岁", "73岁"),
        ("四十八小时", "48小时"),
    ],
)
def test_numerals_before_a_unit(raw: str, plain: str) -> None:
    assert arabic(raw) == plain


@pytest.mark.parametrize("kept", ["一直疼", "万一", "十分疼", "三三两两", "一起去"])
def test_numerals_without_a_unit_are_left_alone(kept: str) -> None:
    assert arabic(kept) == kept


@settings(derandomize=True, max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.integers(1, 999), unit=st.sampled_from(UNITS.split("|")), about=st.sampled_from(["", "个", "多", "来"]))
def test_a_pattern_holds_in_what_the_reading_makes_of_its_text(holds: Holds, number: int, unit: str, about: str) -> None:
    written = f"{numeral(number)}{about}{unit}"
    assert arabic(f"已经{written}了") == f"已经{number}{about}{unit}了"
    for line in (written, f"(发烧|疼)了{written}", f"{numeral(number)}(个|多|来)?({unit}|整)"):
        said = f"我疼了{written}"
        assert holds(line, said)
        assert holds(line, arabic(said))
        assert holds(line, f"我疼了{number}{about}{unit}")
        assert not holds(line, f"我疼了{number % 9 + 1001}{about}{unit}")


@pytest.mark.parametrize("unit", UNITS.split("|"))
def test_so_does_a_class_of_numerals(unit: str, holds: Holds) -> None:
    for said in "二两三四":
        assert holds(f"[二两三四]{unit}", arabic(f"疼了{said}{unit}"))
    assert not holds(f"[二两三四]{unit}", arabic(f"疼了五{unit}"))


def test_a_pattern_leaves_other_numerals_alone() -> None:
    assert figures("一直疼|万一有事|三三两两的") == "一直疼|万一有事|三三两两的"
