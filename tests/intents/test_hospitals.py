"""Which hospital turned somebody away, in the words of residents; and which words name none."""

from __future__ import annotations

import pytest

from intents.hospitals import Hospitals
from intents.knowledge import Knowledge
from intents.load import load

SHENG, XIJING, TANGDU = "陕西省人民医院", "西京医院（空军军医大学第一附属医院）", "唐都医院（空军军医大学第二附属医院）"


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


@pytest.fixture(scope="module")
def hospitals(knowledge: Knowledge) -> Hospitals:
    return Hospitals(knowledge.cities)


@pytest.mark.parametrize(
    ("text", "city", "names"),
    [
        ("省医院不收我妈", "xian", [SHENG]),
        ("被西京医院拒绝", "", [XIJING]),
        ("交大一附院急诊把我们赶出来了", "", ["西安交通大学第一附属医院"]),
        ("521医院不收", "xian", ["兵器工业五二一医院"]),
        ("省醫院拒收我媽", "xian", [SHENG]),
        ("在高新医院门口等了三个小时", "", ["西安高新医院"]),
        ("Xijing Hospital refused my father", "", [XIJING]),
        ("the guard at tangdu hospital won't let us in", "", [TANGDU]),
        ("my dad was sent home by Gaoxin Hospital, no test", "xian", ["西安高新医院"]),
    ],
)
def test_a_hospital_is_known_by_any_of_its_names(hospitals: Hospitals, text: str, city: str, names: list[str]) -> None:
    assert [mention.name for mention in hospitals.refusing(text, city)] == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("省医院、西京医院都不收我妈", [SHENG, XIJING]),
        ("西京医院不收，让我们去唐都医院", [XIJING]),
        ("不收我妈，能去西京医院吗", []),
        ("哪家医院收？西京医院", []),
        ("西京医院让去唐都医院，到了唐都医院不让进", [TANGDU]),
        ("Tangdu refused us, then Xijing refused too", [TANGDU, XIJING]),
        ("We were turned away by Xijing Hospital and Tangdu Hospital", [XIJING, TANGDU]),
        ("Xijing Hospital turned us away, should we go to Tangdu Hospital", [XIJING]),
    ],
)
def test_only_those_that_refused_count(hospitals: Hospitals, text: str, names: list[str]) -> None:
    assert [mention.name for mention in hospitals.refusing(text, "xian")] == names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("我妈去阳光医院被拒绝了", "阳光医院"),
        ("我爸去仁爱医院不让进", "仁爱医院"),
        ("和平医院不收", "和平医院"),
        ("我媽被陽光醫院拒收", "陽光醫院"),
        ("turned away at Sunshine Hospital", "Sunshine Hospital"),
        ("we took him to Blue Sky clinic and they refused", "Blue Sky clinic"),
    ],
)
def test_one_that_we_do_not_know_keeps_the_residents_words(hospitals: Hospitals, text: str, name: str) -> None:
    (mention,) = hospitals.refusing(text, "xian")
    assert (mention.name, mention.city) == (name, "")


@pytest.mark.parametrize(
    "text",
    [
        "医院不收我妈，说没有核酸不让进，雁塔区",
        "附近的医院都不收",
        "高新的医院说没有48小时核酸，不让我爸进去",
        "社区医院不收",
        "县医院不收",
        "那家医院把我们赶出来了",
        "hospital in Baqiao turned my father away, no 48h test",
        "the hospital refused us",
        "every hospital refused, the nearest hospital too",
        "",
        "医院" * 3_000,
        "去" * 5_000 + "医院不收",
    ],
)
def test_where_no_name_stands_there_is_none(hospitals: Hospitals, text: str) -> None:
    assert hospitals.refusing(text, "xian") == ()


def test_a_name_that_other_cities_have_too_needs_the_city(hospitals: Hospitals) -> None:
    for text, here in (
        ("三院不收", "西安市第三医院"),
        ("华山医院不收我爸", "西安市华山中心医院"),
        ("Central Hospital refused", "西安市中心医院"),
    ):
        assert [mention.name for mention in hospitals.refusing(text, "xian")] == [here]
        assert here not in [mention.name for mention in hospitals.refusing(text)], "it may be another city's"
    assert [mention.name for mention in hospitals.refusing("三院不收", "beijing")] == ["北京大学第三医院"]
    assert [(mention.name, mention.city) for mention in hospitals.refusing("西安市第三医院不收")] == [("西安市第三医院", "xian")]


def test_every_hospital_of_the_data_is_found_by_its_own_name(hospitals: Hospitals, knowledge: Knowledge) -> None:
    for city in knowledge.cities.values():
        for facility in city.facilities:
            if facility.kind == "hospital":
                found = [mention.name for mention in hospitals.refusing(f"{facility.name}不收我爸", city.id)]
                assert found == [facility.name]
