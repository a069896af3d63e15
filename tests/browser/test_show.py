"""The sheets in a real browser: readable at arm's length on a small phone, by day and by night, without scripts, printed on one page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from intents.load import data_folder
from tests import show
from tests.browser.test_page import _CONTRAST, _WIDE
from tests.png import pixels

Open = Callable[[str, dict[str, Any]], Any]
Shot = Callable[..., None]
CITIES = ("xian", "beijing", "national")


@pytest.fixture(scope="module")
def address(chromium: Any) -> Iterator[str]:
    """Needs the browser, so that nothing is started where there is none."""
    with show.site() as url:
        yield url


@pytest.fixture
def sheet(chromium: Any, address: str) -> Iterator[Open]:
    """Opens a path on a small phone without scripts; nothing may be blocked or asked of another host."""
    contexts: list[Any] = []
    wrong: list[str] = []

    def open_sheet(path: str, options: dict[str, Any]) -> Any:
        small = {"viewport": {"width": 320, "height": 568}, "device_scale_factor": 2, "locale": "zh-CN", "java_script_enabled": False}
        context = chromium.new_context(**small | options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
        page.on("request", lambda request: None if request.url.startswith(address) else wrong.append(request.url))
        page.on("requestfailed", lambda request: wrong.append(f"failed: {request.url}"))
        page.goto(address + path)
        return page

    yield open_sheet
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.mark.parametrize("kind", ["refused", "closed"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_small_phone(sheet: Open, shot: Shot, kind: str, scheme: str) -> None:
    page = sheet(f"/show/{kind}?city=xian", {"color_scheme": scheme})
    assert page.evaluate(_WIDE) == 0 and page.evaluate(_CONTRAST) == []
    first = page.locator(".zh .says").first
    assert float(page.evaluate("getComputedStyle(document.querySelector('.zh .says')).fontSize").removesuffix("px")) >= 28
    box = first.bounding_box()
    assert box["y"] + box["height"] < 568, "the rule is seen without scrolling"
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(0, 0, 0)")
    assert page.locator(".zh").bounding_box()["y"] < page.locator(".en").bounding_box()["y"]
    shot(page, f"show-{kind}-{scheme}", whole=True)
    for link in page.locator("nav a").all():
        assert link.bounding_box()["height"] >= 44


def test_to_another_city_to_the_picture_and_back(sheet: Open) -> None:
    page = sheet("/show/refused?city=xian", {"locale": "en-GB"})
    page.click("text=Beijing")
    assert page.url.endswith("/show/refused?city=beijing") and "首诊" not in page.locator(".says").first.inner_text()
    assert page.locator("text=北京市卫生健康委员会").count() >= 1
    with page.expect_download() as started:
        page.click("text=Save as a picture")
    assert started.value.suggested_filename == "refused-beijing.png"
    page.click("a[href='/#newest']")
    assert page.locator("#ask").count() == 1


@pytest.mark.parametrize("kind", ["refused", "closed"])
@pytest.mark.parametrize("city", CITIES)
def test_printed_it_is_one_sheet_without_the_links(sheet: Open, kind: str, city: str) -> None:
    page = sheet(f"/show/{kind}?city={city}", {"color_scheme": "dark"})
    page.emulate_media(media="print")
    assert page.locator("nav").is_hidden() and page.evaluate(_CONTRAST.replace("body *", "main *")) == []
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    pages = re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4", margin={"top": "1cm", "bottom": "1cm"}))
    assert len(pages) == 1


@pytest.mark.parametrize("kind", ["refused", "closed"])
@pytest.mark.parametrize("city", CITIES)
def test_the_picture_that_ships_is_one_and_is_black_on_white(chromium: Any, kind: str, city: str) -> None:
    page = chromium.new_page()
    rgb = pixels(page, (data_folder() / "show" / f"{kind}-{city}.png").read_bytes())
    page.close()
    assert rgb.shape[1] == 2 * show.WIDTH and rgb.shape[0] > rgb.shape[1]
    white, black = (rgb > 200).all(axis=2).mean(), (rgb < 60).all(axis=2).mean()
    assert 0.75 < white < 0.95 and black > 0.04
