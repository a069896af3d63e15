from __future__ import annotations

import pytest

from bot.web.text import harmless, shortened, spoken, with_phones
from bot.web.visitor import preferred
from tests.fakes.html import Page


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("现在就打 120！", ["120"]),
        ("拨打120或110。", ["120", "110"]),
        ("雁塔区 029-87268355（24 小时）", ["02987268355"]),
        ("市长热线 029-12345 转 3", ["02912345"]),
        ("打 12345、12320；心理 12356", ["12345", "12320", "12356"]),
        ("Call 120, then 010-65256678.", ["120", "01065256678"]),
        ("手机 13800138000 和 400-161-9995", ["13800138000", "4001619995"]),
        ("2022-04-05，第 120 天，120 元，120%，案件 #120，No.110x", []),
        ("等 120 分钟；120 minutes；120/80；3.120；1.1201；12:120", []),
        ("编号 6916074396657864846", []),
        ("每分钟 100 到 120 次，100~120，100–120", []),
        ("100 to 120 compressions a minute; 120 a minute", []),
    ],
)
def test_phone_numbers_become_links(text: str, numbers: list[str]) -> None:
    page = Page(f"<p>{with_phones(text)}</p>")
    assert [element.attributes["href"] for element in page.all("a")] == [f"tel:{number}" for number in numbers]
    assert page.one("p").text == text


def test_markup_is_escaped_around_links() -> None:
    assert with_phones("<b>120</b>&") == '&lt;b&gt;<a href="tel:120">120</a>&lt;/b&gt;&amp;'


def test_harmless() -> None:
    assert harmless("a\x00\u202eb\ud800\n\tc👨\u200d👩") == "ab\n\tc👨\u200d👩"


def test_shortened() -> None:
    assert shortened("abc", 3) == ("abc", False) and shortened("ab cd", 3) == ("ab…", True)


def test_spoken() -> None:
    assert (spoken("去医院"), spoken("hospital")) == ("zh", "en")


@pytest.mark.parametrize(
    ("header", "lang"),
    [("", "zh"), ("en", "en"), ("zh-TW,en", "zh"), ("en;q=0.3,zh;q=0.8", "zh"), ("de,en;q=0.5", "en"), ("en;q=0", "zh"), ("en;q=x", "zh")],
)
def test_preferred(header: str, lang: str) -> None:
    assert preferred(header) == lang
