"""The directory's choice: the two meanings of designated, suspensions, freshness, and what is asked for."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from intents.cities import City, District, Facility, Hotline
from intents.directory import asked, choose_facilities, choose_hotlines, cite, closed, fresh, in_force, phones, usable
from intents.engine import Engine
from intents.knowledge import Directive, Knowledge
from intents.understanding import Context

DAY = dt.date(2022, 4, 5)
NOW = Context(city="xian", date=DAY)


def facility(name: str, **values: Any) -> Facility:
    base: dict[str, Any] = {
        "id": name,
        "name": name,
        "kind": "hospital",
        "source": "test",
        "confidence": "published",
        "verified": "2022-01-01",
    }
    return Facility.model_validate(base | values)


def city(*rows: Facility, hotlines: tuple[Hotline, ...] = ()) -> City:
    words = {"zh": "西安", "en": "Xi'an"}
    district = District.model_validate({"id": "yanta", "name": words})
    return City("xian", district.name, ("西安",), {"yanta": district}, (), rows, hotlines)


def named(rows: City, topics: list[str], needs: list[str], context: Context = NOW, **slots: str) -> list[str]:
    return [row.id for row in choose_facilities(rows, topics, needs, slots, context)[0]]


ROLE = facility("role", designated="closed_area", designated_for="dialysis", services="dialysis|emergency", district="weiyang")
PLAIN = facility("plain", services="dialysis|general", district="yanta")
COVID = facility("covid", designated="covid_only", services="covid|dialysis|general|emergency", district="yanta")
DISTRICT = facility("district", designated="closed_area", designated_for="district", services="general", district="yanta")
CITYWIDE = facility("citywide", designated="closed_area", designated_for="general", services="general|emergency", district="weiyang")
ALL = city(ROLE, PLAIN, COVID, DISTRICT, CITYWIDE)


@pytest.mark.parametrize(
    "slots", [{}, {"zone": "sealed"}, {"zone": "prevention"}, {"district": "yanta"}, {"district": "yanta", "code": "yellow"}]
)
@pytest.mark.parametrize(
    ("topics", "needs"),
    [(["care.dialysis"], ["dialysis"]), (["care.designated"], ["designated", "general"]), (["care.general"], ["general"])],
)
def test_hospitals_for_covid_patients_are_never_chosen(topics: list[str], needs: list[str], slots: dict[str, str]) -> None:
    assert "covid" not in named(ALL, topics, needs, **slots)


def test_from_a_closed_area_only_designated_hospitals_that_treat_it() -> None:
    assert named(ALL, ["care.dialysis"], ["dialysis"], zone="sealed") == ["role"]
    assert named(ALL, ["care.dialysis"], ["dialysis"], code="yellow") == ["role"]


def test_from_elsewhere_ordinary_hospitals_come_first() -> None:
    assert named(ALL, ["care.dialysis"], ["dialysis"], zone="prevention")[0] == "plain"
    assert named(ALL, ["care.dialysis"], ["dialysis"])[0] == "plain"


def test_the_districts_own_comes_before_the_citys() -> None:
    assert named(ALL, ["care.designated"], ["designated", "general"], zone="sealed", district="yanta") == ["district", "citywide"]


def test_where_the_districts_own_is_not_known_the_citys_is_named_and_the_gap_is_told() -> None:
    found, gaps = choose_facilities(ALL, ["care.designated"], ["designated"], {"zone": "sealed", "district": "baqiao"}, NOW)
    assert [row.id for row in found] == ["citywide"]
    assert gaps == ("designated:baqiao",)


def test_a_role_for_one_need_is_none_for_another() -> None:
    assert "role" not in named(ALL, ["care.general"], ["general"], zone="sealed", district="yanta")
    assert named(ALL, ["care.oncology"], ["chemotherapy"], zone="sealed") == []


def test_needs_that_are_no_matter_of_hospitals_do_not_hide_them() -> None:
    assert named(
        ALL, ["care.general", "transport.closed_loop"], ["general", "primary_care", "transport", "duty"], zone="sealed", district="yanta"
    )
    assert named(ALL, ["care.dialysis", "transport.closed_loop"], ["dialysis", "transport", "duty"], zone="sealed") == ["role"]


def test_at_most_three() -> None:
    rows = city(*(facility(f"h{number}", services="dialysis") for number in range(9)))
    assert len(named(rows, ["care.dialysis"], ["dialysis"])) == 3


def test_topics_without_a_hospital_name_none() -> None:
    assert choose_facilities(ALL, ["supplies.daily"], [], {}, NOW) == ((), ())


@pytest.mark.parametrize("zone", ["", "sealed"])
def test_a_fever_clinic_that_is_not_known_is_a_gap(zone: str) -> None:
    slots = {"district": "yanta"} | ({"zone": zone} if zone else {})
    assert "fever_clinic:yanta" in choose_facilities(ALL, ["care.fever"], ["fever_clinic"], slots, NOW)[1]


def test_a_fever_clinic_here_is_named() -> None:
    rows = city(facility("clinic", services="fever_clinic", district="yanta"), facility("far", services="fever_clinic", district="weiyang"))
    assert named(rows, ["care.fever"], ["fever_clinic"], district="yanta") == ["clinic"]
    assert named(rows, ["care.fever"], ["fever_clinic"], district="yanta", zone="sealed") == ["clinic"]


@pytest.mark.parametrize(
    ("values", "day", "expected"),
    [
        ({}, "2022-04-05", True),
        ({"kind": "excluded"}, "2022-04-05", False),
        ({"kind": "placeholder"}, "2022-04-05", False),
        ({"confidence": "uncertain"}, "2022-04-05", False),
        ({"confidence": "known"}, "2022-04-05", True),
        ({"designated": "covid_only"}, "2022-04-05", False),
        ({"status": "suspended", "status_from": "2022-01-13"}, "2022-01-12", True),
        ({"status": "suspended", "status_from": "2022-01-13"}, "2022-01-13", False),
        ({"status": "suspended", "status_from": "2022-01-13", "status_to": "2022-02-13"}, "2022-02-13", False),
        ({"status": "suspended", "status_from": "2022-01-13", "status_to": "2022-02-13"}, "2022-02-14", True),
        ({"status": "closed"}, "2022-01-01", False),
        ({"status": "full"}, "2022-01-01", False),
    ],
)
def test_usable_by_its_row_and_the_date(values: dict[str, str], day: str, expected: bool) -> None:
    assert usable(facility("h", **values), Context(date=dt.date.fromisoformat(day))) is expected


@pytest.mark.parametrize(
    ("verified", "day", "live", "expected"),
    [
        ("2022-01-01", "2022-04-05", False, True),
        ("2022-05-01", "2022-04-05", False, False),
        ("", "2022-04-05", False, True),
        ("", "2022-04-05", True, False),
        ("2022-04-05", "2022-04-05", True, True),
        ("2022-03-06", "2022-04-05", True, True),
        ("2022-03-05", "2022-04-05", True, False),
        ("2022-04-06", "2022-04-05", True, False),
    ],
)
def test_freshness(verified: str, day: str, live: bool, expected: bool) -> None:
    context = Context(date=dt.date.fromisoformat(day), live=live)
    assert fresh(dt.date.fromisoformat(verified) if verified else None, context) is expected


def test_a_live_date_withholds_the_hospital_itself() -> None:
    assert usable(ROLE, Context(date=dt.date(2022, 1, 20), live=True))
    assert not usable(ROLE, Context(date=dt.date(2022, 2, 20), live=True))


def test_only_published_phones_are_shown() -> None:
    row = facility("h", phone="029-1|029-2", phone_confidence="published")
    assert phones(row, NOW) == ("029-1", "029-2")
    assert phones(facility("h", phone="029-1", phone_confidence="uncertain"), NOW) == ()
    assert phones(row, Context(date=dt.date(2022, 2, 20), live=True)) == ()


@pytest.mark.parametrize(
    ("slots", "expected"),
    [
        ({"zone": "sealed"}, True),
        ({"zone": "controlled"}, True),
        ({"zone": "quarantine_site"}, True),
        ({"code": "yellow"}, True),
        ({"code": "red"}, True),
        ({"zone": "prevention"}, False),
        ({"code": "green"}, False),
        ({}, None),
        ({"zone": "prevention", "code": "yellow"}, True),
    ],
)
def test_who_counts_as_from_a_closed_area(slots: dict[str, str], expected: bool | None) -> None:
    assert closed(slots) is expected


def line(name: str, number: str, **values: Any) -> Hotline:
    words = {"zh": name, "en": name}
    base = {
        "id": name,
        "number": number,
        "scope": "city",
        "name": words,
        "purpose": words,
        "serves": "general",
        "source": "t",
        "confidence": "published",
    }
    return Hotline.model_validate(base | values)


def test_the_citys_line_comes_before_the_nations_and_no_number_twice(real_engine: Engine) -> None:
    rows = city(hotlines=(line("ours", "029-12345"),))
    found, _ = choose_hotlines(real_engine.knowledge, rows, ["policy.rules"], (), {}, NOW)
    assert [row.id for row in found] == ["ours"]


@pytest.mark.parametrize(
    "values",
    [
        {"confidence": "uncertain"},
        {"number": ""},
        {"valid_to": "2022-04-04"},
        {"valid_from": "2022-04-06"},
        {"number": "029-86320424", "verified": "2022-05-01"},
    ],
)
def test_lines_that_may_not_be_shown(values: dict[str, str], real_engine: Engine) -> None:
    rows = city(hotlines=(line("ours", "96120", **values) if "number" not in values else line("ours", **values),))
    found, _ = choose_hotlines(real_engine.knowledge, rows, ["policy.rules"], (), {}, NOW)
    assert "ours" not in [row.id for row in found]


def test_a_districts_line_without_a_number_is_a_gap(real_engine: Engine) -> None:
    duty = line("duty", "", scope="district", district="yanta", serves="duty", confidence="uncertain")
    found, gaps = choose_hotlines(real_engine.knowledge, city(hotlines=(duty,)), ["contact.hotline"], (), {"district": "yanta"}, NOW)
    assert gaps == ("duty:yanta",)
    assert duty not in found


# Provisions


def directive(name: str, *provisions: dict[str, Any], **values: Any) -> Directive:
    words = {"zh": name, "en": name}
    base = {
        "id": name,
        "title": words,
        "issuer": words,
        "level": "national",
        "date": "2022-01-06",
        "valid_from": "2022-01-06",
        "source": ["t"],
    }
    rows = [{"topics": ["care.general"], "says": words} | provision for provision in provisions]
    return Directive.model_validate(base | values | {"provisions": rows})


def cited(directives: list[Directive], *topics: str, words: str = "", context: Context = NOW, **slots: str) -> list[str]:
    knowledge = Knowledge.__new__(Knowledge)
    object.__setattr__(knowledge, "directives", tuple(directives))
    return [f"{c.directive}/{c.provision}" for c in cite(knowledge, topics or ("care.general",), slots, context, words)]


def test_the_city_comes_before_the_province_and_the_nation() -> None:
    rows = [
        directive("nation", {"id": "a"}),
        directive("province", {"id": "a"}, level="province", city="xian"),
        directive("city", {"id": "a"}, level="city", city="xian"),
    ]
    assert cited(rows, city="xian") == ["city/a", "province/a"]
    assert cited(rows) == ["nation/a"]
    assert cited(rows, city="beijing") == ["nation/a"]


def test_what_the_words_ask_for_comes_first_whatever_the_topic() -> None:
    rows = [
        directive(
            "d", {"id": "a"}, {"id": "b"}, {"id": "c"}, {"id": "pass", "topics": ["transport.closed_loop"], "cues": ["通行证", r"\bpass\b"]}
        )
    ]
    assert cited(rows) == ["d/a", "d/b"]
    assert cited(rows, words="通行证找谁") == ["d/pass", "d/a"]
    assert cited(rows, words="who gives the pass") == ["d/pass", "d/a"]
    assert cited(rows, words="he passed out") == ["d/a", "d/b"]


def test_what_the_words_ask_for_still_has_to_fit_and_hold() -> None:
    cue = {"id": "b", "cues": ["通行证"]}
    assert cited([directive("d", {"id": "a"}, cue | {"zones": ["sealed"]})], words="通行证", zone="prevention") == ["d/a"]
    assert cited([directive("d", {"id": "a"}, cue | {"patients": ["newborn"]})], words="通行证", patient="elderly") == ["d/a"]
    assert cited([directive("d", {"id": "a"}, cue | {"valid_to": "2022-04-04"})], words="通行证") == ["d/a"]


def test_only_what_the_words_ask_for_is_marked(real_engine: Engine) -> None:
    found = cite(real_engine.knowledge, ["medicine.chronic"], {"city": "xian"}, NOW, "能开长处方吗")
    assert [c.provision for c in found if c.asked] == ["long-prescription"]
    assert found[0].provision == "long-prescription" and len(found) > 1


def test_a_zones_own_provision_comes_before_the_general_one() -> None:
    rows = [directive("d", {"id": "a"}, {"id": "sealed", "zones": ["sealed"]}, {"id": "z", "zones": ["prevention"]})]
    assert cited(rows, zone="sealed") == ["d/sealed", "d/a"]
    assert cited(rows, zone="prevention") == ["d/z", "d/a"]
    assert cited(rows) == ["d/a", "d/sealed"]


@pytest.mark.parametrize(
    ("values", "day", "expected"),
    [
        ({}, "2022-01-05", False),
        ({}, "2022-01-06", True),
        ({"valid_to": "2022-02-01"}, "2022-02-01", True),
        ({"valid_to": "2022-02-01"}, "2022-02-02", False),
        ({"valid_from": "2022-01-10"}, "2022-01-09", False),
    ],
)
def test_in_force(values: dict[str, str], day: str, expected: bool) -> None:
    row = directive("d", {"id": "a"}, **values)
    assert in_force(row, row.provisions[0], Context(date=dt.date.fromisoformat(day))) is expected


def test_every_cue_of_the_data_compiles_and_asks_for_its_own_words(real_engine: Engine) -> None:
    for row in real_engine.knowledge.directives:
        for provision in row.provisions:
            assert not asked(provision, "") and not asked(provision, "zzz"), (row.id, provision.id)


def turned_away(*names: str, **slots: str) -> tuple[list[str], tuple[str, ...]]:
    """Where to go after these, and what is said not to be published."""
    found, gaps = choose_facilities(ALL, ["care.refused"], ["emergency", "complaint"], slots, NOW, names)
    return [row.id for row in found], gaps


def test_after_each_refusal_the_next_hospital_comes_the_districts_own_first() -> None:
    assert turned_away(district="yanta") == (["district", "plain"], ())
    assert turned_away("district", district="yanta") == (["plain"], ())
    assert turned_away("plain", "district", district="yanta") == (["citywide", "role"], ())
    assert turned_away("plain", "district", "citywide", "role", district="yanta") == ([], ())


def test_turned_away_from_an_open_area_the_hospitals_of_closed_ones_come_last() -> None:
    assert turned_away(district="yanta", zone="prevention")[0] == ["plain"]
    assert turned_away("plain", district="yanta", zone="prevention")[0] == ["district", "citywide", "role"]
    assert turned_away(district="yanta", zone="sealed")[0] == ["district", "citywide"]


def test_where_the_districts_hospital_is_not_published_a_refusal_says_so_and_the_city_helps() -> None:
    assert turned_away(district="beilin") == (["citywide", "district", "role"], ("designated:beilin",))
    assert turned_away()[0] == ["citywide", "district", "role"]


def test_the_need_of_whoever_is_turned_away_still_counts() -> None:
    found, _ = choose_facilities(ALL, ["care.refused", "care.dialysis"], ["emergency", "dialysis"], {"district": "yanta"}, NOW, ["plain"])
    assert [row.id for row in found] == ["role"]
