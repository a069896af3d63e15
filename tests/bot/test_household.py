"""Equal keys for one household however it is written, and none where too little was told."""

from __future__ import annotations

import pytest

from bot.household import Keys, keys_of


@pytest.mark.parametrize(
    "place",
    [
        "曲江花园3号楼2单元501",
        "曲江花园 三号楼，二单元 501室",
        "我们住在曲江花园３号楼２单元５０１",
        "曲江花园小区3栋2单元501号",
    ],
)
def test_one_household_however_it_is_written(place: str) -> None:
    assert keys_of("yanta", place, "").household == "yanta:曲江花园:3-2-501"


def test_english_words_for_the_same() -> None:
    one, other = (keys_of("yanta", place, "") for place in ("Green Court, building 7, unit 2, room 301", "green court bldg 7 unit 2 #301"))
    assert one == other and one.household


@pytest.mark.parametrize(
    ("numeral", "number"), [("十", "10"), ("十二", "12"), ("二十", "20"), ("二十三", "23"), ("三", "3"), ("五零一", "501")]
)
def test_numerals_before_a_part_of_an_address(numeral: str, number: str) -> None:
    assert keys_of("yanta", f"花园{numeral}号楼1单元", "") == keys_of("yanta", f"花园{number}号楼1单元", "")


@pytest.mark.parametrize(
    ("district", "place"),
    [("", "曲江花园3号楼2单元501"), ("yanta", "3号楼2单元501"), ("yanta", "曲江花园3号楼"), ("yanta", "-"), ("yanta", "")],
)
def test_too_little_is_no_household(district: str, place: str) -> None:
    assert keys_of(district, place, "").household == ""


def test_another_door_or_district_is_another_household_of_one_compound() -> None:
    one, door, far = (
        keys_of(district, place, "")
        for district, place in (("yanta", "花园里3号楼501"), ("yanta", "花园里3号楼502"), ("weiyang", "花园里3号楼501"))
    )
    assert len({one.household, door.household, far.household}) == 3 and one.compound == door.compound != far.compound


@pytest.mark.parametrize(
    ("reach", "contact"), [("打 0290-000 0001", "02900000001"), ("００００００１", "0000001"), ("就在这里", ""), ("here", ""), ("501", "")]
)
def test_a_number_to_be_reached_by(reach: str, contact: str) -> None:
    assert keys_of("", "", reach) == Keys(contact=contact)
