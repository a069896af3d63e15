"""Charts are text: inert, without style or script, and the same numbers stand in the table."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from bot.brief import render
from bot.brief_words import words
from bot.charts import WIDTH, Bar, Chart, Strip, bars, by_hour, cut, multiples, strips, time, width_of
from bot.names import Names
from bot.overview import charts, percent
from intents.load import data_folder, load
from tests.fakes.engine import NOON
from tests.fakes.figures import busy, due, empty

HOSTILE = '<script>alert(1)</script>"><svg onload=x>&\u202e'
TAGS = {"figure", "figcaption", "small", "svg", "title", "desc", "text", "rect", "circle", "div", "table", "caption"}
TAGS |= {"thead", "tbody", "tr", "th", "td"}


def drawn(chart: Chart) -> ElementTree.Element:
    """The drawing; raises where it is not well formed."""
    return ElementTree.fromstring(chart.svg)


def of(chart: Chart, kind: str) -> list[ElementTree.Element]:
    return [each for each in drawn(chart) if each.get("class") == kind]


def cells(chart: Chart) -> list[list[str]]:
    rows = re.findall(r"<tr>(.*?)</tr>", chart.table)
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in rows]


def all_charts() -> list[Chart]:
    strip = Strip(HOSTILE, 60, 30, 600, HOSTILE, True)
    return [
        by_hour("a", HOSTILE, HOSTILE, [1, 2], [0] * 24, (HOSTILE, HOSTILE), (HOSTILE,) * 3),
        bars("b", HOSTILE, HOSTILE, [Bar(HOSTILE, 3, 1, HOSTILE)], (HOSTILE,) * 3, HOSTILE, HOSTILE),
        bars("c", HOSTILE, HOSTILE, [], (HOSTILE,) * 3, HOSTILE),
        strips("d", HOSTILE, HOSTILE, [strip], HOSTILE, (HOSTILE,) * 5, HOSTILE),
        multiples("e", HOSTILE, HOSTILE, [(HOSTILE, [1] * 24)], HOSTILE, HOSTILE),
        multiples("f", HOSTILE, HOSTILE, [], HOSTILE, HOSTILE),
    ]


@pytest.mark.parametrize("chart", all_charts(), ids=lambda chart: chart.id)
def test_texts_are_inert_and_nothing_needs_an_inline_style_or_script(chart: Chart) -> None:
    found: list[tuple[str, str | None]] = []

    class Looks(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, None))
            found.extend((tag, name) for name, _ in attrs)

    Looks().feed(chart.html())
    tags = {tag for tag, _ in found}
    assert tags <= TAGS
    names = {name for _, name in found if name}
    assert not [name for name in names if name == "style" or name.startswith("on") or name in {"href", "src", "fill", "stroke"}]
    (first, second) = drawn(chart)[:2]
    assert drawn(chart).get("role") == "img" and (first.tag, second.tag) == ("title", "desc") and first.text == HOSTILE


def test_bars_by_hour_are_as_high_as_their_numbers() -> None:
    chart = by_hour("a", "t", "d", [2, 4, 0], [8] + [0] * 23, ("n", "b"), ("h", "n", "b"))
    heights = [float(each.get("height", "")) for each in of(chart, "chart-bar")]
    (before,) = [float(each.get("height", "")) for each in of(chart, "chart-before")]
    assert heights == [before / 4, before / 2]
    assert [each.text for each in of(chart, "chart-number")] == ["4"]
    assert cells(chart)[1:4] == [["00:00", "2", "8"], ["01:00", "4", "0"], ["02:00", "0", "0"]] and cells(chart)[4] == ["03:00", "", "0"]


def test_bars_share_one_scale_and_a_part_is_a_part() -> None:
    chart = bars("a", "t", "d", [Bar("x", 8, 2), Bar("y", 4, 4), Bar("z", 0, 0)], ("w", "n", "p"), "")
    assert [float(each.get("width", "")) for each in of(chart, "chart-rest")] == [WIDTH, WIDTH / 2]
    assert [float(each.get("width", "")) for each in of(chart, "chart-bar")] == [WIDTH / 4, WIDTH / 2]
    assert cells(chart)[1:] == [["x", "8", "2"], ["y", "4", "4"], ["z", "0", "0"]]


def test_what_crosses_the_line_is_late_whatever_its_target_is() -> None:
    rows = [Strip("P0", 120, 60, 120, "a", False), Strip("P1", 600, 600, 99_999, "b", True), Strip("P3", 60, None, None, "c", False)]
    chart = strips("a", "t", "d", rows, "target", ("h",) * 5, "")
    lines = {float(each.get("x", "")) + 1 for each in of(chart, "chart-target")}
    ends = [float(each.get("x", "")) + float(each.get("width", "0")) for each in drawn(chart) if each.tag == "rect"]
    assert lines == {WIDTH / 3} and max(ends) <= WIDTH
    good = [each for each in of(chart, "chart-good") if each.tag == "rect"]
    assert float(good[0].get("x", "")) + float(good[0].get("width", "")) == WIDTH / 3
    assert len(of(chart, "chart-over")) == 2 and cells(chart)[3] == ["P3", "60 s" if time(60) == "60 s" else "1 min", "–", "–", "c"]


def test_small_multiples_have_one_scale() -> None:
    chart = multiples("a", "t", "d", [("x", [4] + [0] * 23), ("y", [2] + [0] * 23)], "h", "")
    high, low = [float(each.get("height", "")) for each in of(chart, "chart-bar")]
    assert high == 2 * low and len(cells(chart)[0]) == 25


@pytest.mark.parametrize("text", ["", "透析", "Dialysis", "西安国际医学中心医院（北区）", "a very long name of a hospital"])
def test_a_name_that_is_too_long_ends_in_an_ellipsis(text: str) -> None:
    short = cut(text, 60)
    assert width_of(short) <= 60 or short == "…"
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(None, "–"), (0, "0 s"), (59, "59 s"), (60, "1 min"), (7_140, "119 min"), (7_200, "2 h"), (9_000, "2.5 h")],
)
def test_lengths_of_time(seconds: int | None, said: str) -> None:
    assert time(seconds) == said


def test_one_that_is_late_among_many_is_not_all_in_time() -> None:
    assert [percent(part) for part in (None, 0.0, 0.999, 1.0)] == ["–", "0%", "99%", "100%"]


@pytest.fixture(scope="module")
def names() -> Names:
    return Names(load(data_folder()))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("day", [busy(), empty()], ids=["busy", "empty"])
def test_a_brief_stands_alone(names: Names, lang: str, day: object) -> None:
    text = render(day, due(), names, lang, NOON)  # type: ignore[arg-type]
    assert text.startswith("<!DOCTYPE html>") and len(re.findall("<svg ", text)) == 11
    assert not re.search(r"<(script|link|img|iframe)|url\(|@import|https?://|\{\w*\}", text.replace("http://www.w3.org", ""))
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert {each for said in re.findall(r'aria-labelledby="([^"]+)"', text) for each in said.split()} <= set(ids)


def test_both_languages_say_the_same_things(names: Names) -> None:

    assert words("zh").keys() == words("en").keys() and len(words("zh")) > 50
    slots = {lang: {key: sorted(re.findall(r"\{\w+\}", said)) for key, said in words(lang).items()} for lang in ("zh", "en")}
    assert slots["zh"] == slots["en"]
    zh, en = charts(busy(), due(), names, "zh"), charts(busy(), due(), names, "en")
    assert [chart.id for chart in zh] == [chart.id for chart in en]
    assert not re.search("[\u3400-\u9fff]", "".join(chart.title + chart.note for chart in en))
