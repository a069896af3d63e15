"""A filter is the same after a way through an address; what is broken in one is left out."""

from __future__ import annotations

import dataclasses
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.filter import LONGEST, CaseFilter, Group, Status, read_filter
from bot.model import Priority

IDS = st.from_regex(r"[A-Za-z0-9_.-]{0,40}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), max_size=LONGEST).map(str.strip)
PRIORITIES = st.sets(st.sampled_from(get_args(Priority))).map(lambda chosen: tuple(sorted(chosen)))
FILTERS = st.builds(
    CaseFilter,
    status=st.sampled_from(get_args(Status)),
    priorities=PRIORITIES,
    group=st.sampled_from(["", *get_args(Group)]),
    **dict.fromkeys(("city", "district", "topic", "mine"), IDS),
    **dict.fromkeys(("hospital", "site", "text"), TEXTS),
    **dict.fromkeys(("unassigned", "overdue"), st.booleans()),
)


@given(FILTERS)
def test_there_and_back(wanted: CaseFilter) -> None:
    assert read_filter(wanted.query()) == wanted == read_filter("?" + wanted.query())
    assert wanted.query().isascii() and "\n" not in wanted.words("zh") + wanted.words("en")


@given(st.text())
def test_any_address_is_read(query: str) -> None:
    assert read_filter(read_filter(query).query()) == read_filter(query)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {}),
        ("status=gone&priority=P9&group=rich&unassigned=yes&page=3", {}),
        ("district=a b&topic=../../etc&mine=%00&city=<b>", {}),
        ("priority=P2,P0&priority=P2", {"priorities": ("P0", "P2")}),
        ("text=%E9%80%8F%E6%9E%90&status=any&district=yanta", {"text": "透析", "status": "any", "district": "yanta"}),
        ("text=a%00b", {"text": "ab"}),
        ("text=%ff", {"text": "\ufffd"}),
        ("text=" + "a" * 9_000, {"text": "a" * LONGEST}),
        ("&".join(["mine=ann"] * 60), {}),
    ],
)
def test_what_is_broken_is_left_out(query: str, expected: dict[str, Any]) -> None:
    assert read_filter(query) == CaseFilter(**expected)


def test_an_empty_one_shows_the_open_cases_and_has_no_address() -> None:
    assert (CaseFilter().query(), CaseFilter().words("en"), CaseFilter().words()) == ("", "open", "未结")


def test_every_field_is_said() -> None:
    wanted = CaseFilter(
        "any", ("P0", "P1"), "xian", "yanta", "care.dialysis", "某院", "阳光花园", "ann", True, True, "dialysis", "透析", True, True
    )
    assert all(getattr(wanted, field.name) for field in dataclasses.fields(wanted))
    shown = wanted.words("en", lambda field, name: f"{field}/{name}")
    said = ("open or closed", "P0, P1", "city/xian", "district/yanta", "topic/care.dialysis", "某院", "阳光花园", "mine/ann", "nobody's")
    assert all(part in shown for part in (*said, "overdue", "group/dialysis", "透析"))
