"""What is said once is not said twice, and nothing that matters is lost."""

from __future__ import annotations

from bot.shorten import shorten

DANGER, ONCE = ("人危险",), ("没有48小时核酸", "没核酸")


def test_one_answer_stays_whole() -> None:
    text = "打给社区。\n没有48小时核酸，也能去。\n人危险：打120。"
    assert shorten([text], DANGER, ONCE) == [text]


def test_a_later_line_that_says_the_same_goes() -> None:
    found = shorten(["打给社区。\n没有48小时核酸，也能去。", "打给医院。\n没核酸，也接。\n打给社区。"], DANGER, ONCE)
    assert found == ["打给社区。\n没有48小时核酸，也能去。", "打给医院。"]


def test_a_closer_warning_replaces_the_general_one() -> None:
    found = shorten(["打给社区。\n人危险：打120。", "今天去。\n喘、胸痛：打120。"], DANGER, ONCE)
    assert found == ["打给社区。", "今天去。\n喘、胸痛：打120。"]


def test_of_two_general_warnings_one_stays() -> None:
    assert shorten(["甲。\n人危险：打120。", "乙。\n人危险：打120，由120定。"], DANGER, ONCE) == ["甲。\n人危险：打120。", "乙。"]


def test_the_first_line_of_an_answer_stays() -> None:
    assert shorten(["打给社区。\n没核酸，也接。", "没有48小时核酸，也能去。"], DANGER, ONCE)[1] == "没有48小时核酸，也能去。"
    assert shorten(["打给社区。", "打给社区。"], DANGER, ONCE) == ["打给社区。"]
