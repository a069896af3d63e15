"""Places and the other slots of a message."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from intents.understanding import Slots
from tests.conftest import Expect

Fill = Callable[..., Slots]


def place(found: Slots) -> tuple[object, object]:
    return found.get("city", ""), found.get("district", "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我在西安雁塔区", ("xian", "yanta")),
        ("碑林的", ("xian", "beilin")),
        ("户县这边", ("xian", "huyi")),
        ("北京朝阳区", ("beijing", "chaoyang")),
        ("海淀封控了", ("beijing", "haidian")),
        ("I live in Yanta district", ("xian", "yanta")),
        ("Haidian, Beijing", ("beijing", "haidian")),
        ("Chaoyang's duty line", ("beijing", "chaoyang")),
        ("what about Xi'an's hospitals", ("xian", "")),
        ("在西安", ("xian", "")),
        ("哪里买药", ("", "")),
    ],
)
def test_districts(text: str, expected: tuple[str, str], slots: Fill) -> None:
    assert place(slots(text)) == expected


@pytest.mark.parametrize(
    ("text", "district"),
    [
        ("不是雁塔是未央", "weiyang"),
        ("我不在碑林，在莲湖", "lianhu"),
        ("not in Yanta, in Weiyang", "weiyang"),
        ("不是海淀，是丰台", "fengtai"),
    ],
)
def test_corrections(text: str, district: str, slots: Fill) -> None:
    assert slots(text)["district"] == district


@pytest.mark.parametrize(
    ("text", "district"),
    [
        ("高新区封了", "gaoxin"),
        ("曲江新区", "qujiang"),
        ("西安经开区这边", "jingkai"),
        ("浐灞的小区", "chanba"),
        ("国际港务区", "gangwu"),
        ("航天基地", "hangtian"),
        ("西咸新区沣东", "xixian"),
        ("北京经开区", "yizhuang"),
        ("亦庄开发区", "yizhuang"),
    ],
)
def test_development_zones(text: str, district: str, slots: Fill) -> None:
    assert slots(text)["district"] == district


@pytest.mark.parametrize(("text", "city"), [("住在八里庄", "beijing"), ("经开区这边", "")])
def test_a_name_that_does_not_tell_gives_no_district(text: str, city: str, slots: Fill) -> None:
    assert "district" not in slots(text, city)


def test_a_name_that_two_places_share(slots: Fill) -> None:
    assert place(slots("经开区这边", "xian")) == ("xian", "jingkai")
    assert place(slots("经开区这边", "beijing")) == ("beijing", "yizhuang")
    assert place(slots("我在小寨")) == ("xian", "yanta")
    assert slots("蓝田的小寨镇")["district"] == "lantian"


def test_names_that_mislead(slots: Fill, expect: Expect) -> None:
    assert slots("西安的长安区")["district"] == "changan"
    expect("places", "长安街这边", slots("长安街这边", "beijing").get("city") != "xian")
    expect("places", "亦庄", slots("我在北京亦庄").get("district") == "yizhuang")


def test_the_city_named_decides_between_both(slots: Fill) -> None:
    assert slots("我人在北京，我妈在西安雁塔区")["district"] == "yanta"  # the patient's place counts
    assert place(slots("北京的，朝阳")) == ("beijing", "chaoyang")


def test_a_hospitals_name_is_a_weaker_place(slots: Fill) -> None:
    assert slots("我住未央区，想去长安医院").get("district") == "weiyang"


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("我们小区封控了", "zone", "sealed"),
        ("管控区的", "zone", "controlled"),
        ("我是防范区", "zone", "prevention"),
        ("我在隔离酒店", "zone", "quarantine_site"),
        ("居家观察第三天", "zone", "home_observation"),
        ("our compound is sealed", "zone", "sealed"),
        ("we live in a controlled area", "zone", "controlled"),
        ("prevention area", "zone", "prevention"),
        ("in a quarantine hotel", "zone", "quarantine_site"),
        ("home quarantine", "zone", "home_observation"),
        ("我健康码红了", "code", "red"),
        ("黄码能看病吗", "code", "yellow"),
        ("绿码", "code", "green"),
        ("行程卡带星", "code", "travel_card"),
        ("yellow code", "code", "yellow"),
        ("my travel card has an asterisk", "code", "travel_card"),
        ("没有核酸", "test", "none"),
        ("核酸过期了", "test", "expired"),
        ("核酸结果还没出", "test", "pending"),
        ("核酸阴性", "test", "negative"),
        ("我核酸阳性了", "test", "positive"),
        ("no test", "test", "none"),
        ("my test expired", "test", "expired"),
        ("刚出生的娃", "patient", "newborn"),
        ("我怀孕八个月", "patient", "pregnant"),
        ("五岁孩子", "patient", "child"),
        ("我奶奶八十了", "patient", "elderly"),
        ("我老公腿疼", "patient", "other"),
        ("我腿疼", "patient", "self"),
        ("my newborn", "patient", "newborn"),
        ("my grandma", "patient", "elderly"),
        ("my husband", "patient", "other"),
    ],
)
def test_other_slots(text: str, name: str, value: str, slots: Fill) -> None:
    assert slots(text).get(name) == value


@pytest.mark.parametrize(
    ("text", "patient"),
    [
        ("我怀孕了，孩子三岁也发烧", "pregnant"),
        ("奶奶带着五岁的孙子发烧", "child"),
        ("我妈七十岁，我老公也病了", "elderly"),
        ("刚出生的宝宝，奶奶在带", "newborn"),
    ],
)
def test_of_several_patients_the_first_of_the_list(text: str, patient: str, slots: Fill) -> None:
    assert slots(text)["patient"] == patient


@pytest.mark.parametrize("text", ["已经解封了", "什么时候会不会封", "疾病预防控制中心电话"])
def test_words_that_name_no_zone(text: str, slots: Fill) -> None:
    assert "zone" not in slots(text) or slots(text)["zone"] not in {"controlled", "prevention"}
