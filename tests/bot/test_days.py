"""The day that a short answer names; 5 April 2022 is a Tuesday."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.conversation.days import day

TODAY = dt.date(2022, 4, 5)


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("今天下午", "2022-04-05"),
        ("明天", "2022-04-06"),
        ("后天上午", "2022-04-07"),
        ("大后天", "2022-04-08"),
        ("周二", "2022-04-05"),
        ("周一", "2022-04-11"),
        ("礼拜天", "2022-04-10"),
        ("星期6", "2022-04-09"),
        ("下周二", "2022-04-12"),
        ("下下周一", "2022-04-18"),
        ("4月9日", "2022-04-09"),
        ("4.9", "2022-04-09"),
        ("9号", "2022-04-09"),
        ("3号", "2022-05-03"),
        ("3月1日", "2023-03-01"),
        ("2022-04-30", "2022-04-30"),
        ("today", "2022-04-05"),
        ("Tomorrow morning", "2022-04-06"),
        ("the day after tomorrow", "2022-04-07"),
        ("on Friday", "2022-04-08"),
        ("next Tuesday", "2022-04-12"),
        ("9 April", "2022-04-09"),
        ("April 9th", "2022-04-09"),
        ("the 9th", "2022-04-09"),
    ],
)
def test_a_day_is_told(text: str, on: str) -> None:
    assert str(day(text, TODAY)) == on


@pytest.mark.parametrize("text", ["", "不知道", "next Friday", "4月31日", "31.4", "每周透析三次", "soon", "40号", "2022-13-01"])
def test_what_names_no_sure_day_gives_none(text: str) -> None:
    assert day(text, TODAY) is None
