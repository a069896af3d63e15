"""Back to a case from another browser, with and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Site
from tests.browser.test_page import _CONTRAST, _WIDE

Open = Callable[..., Any]
Shot = Callable[..., None]


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("lang", ["zh-CN", "en-GB"])
def test_from_another_phone(site: Site, tab: Open, shot: Shot, scripts: bool, lang: str) -> None:
    first = tab(java_script_enabled=scripts, locale=lang)
    first.goto(site.url)
    first.fill("#text", "我妈要透析")
    first.click("#send")
    first.wait_for_selector(".choice")
    assert first.locator(".case").count() == 0
    case = site.desk.opens(site.desk.inbox[-1].address)
    first.click("text=雁塔区")
    first.wait_for_selector(".case")
    shown = first.locator(".case").inner_text()
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", shown)
    assert code is not None and str(case.number) in shown
    first.locator(".case").scroll_into_view_if_needed()
    shot(first, f"case-{lang}-{scripts}")
    second = tab(java_script_enabled=scripts, locale=lang, color_scheme="dark")
    second.goto(site.url)
    second.click("a[href='/case']")
    second.fill("#number", str(case.number))
    second.fill("#code", "AAAA AAAA")
    shot(second, f"case-form-{lang}-{scripts}", whole=True)
    second.click(".send")
    second.wait_for_selector("#notice")
    assert second.evaluate(_WIDE) == 0 and second.evaluate(_CONTRAST) == []
    shot(second, f"case-wrong-{lang}-{scripts}", whole=True)
    second.fill("#number", str(case.number))
    second.fill("#code", code[0].lower())
    second.keyboard.press("Enter")
    second.wait_for_selector("text=西安市第九医院")
    assert second.url == f"{site.url}/#newest" and second.locator(".line").count() == 4
    second.fill("#text", "还在等")
    second.click("#send")
    second.wait_for_selector("text=You said: 还在等")
    first.reload()
    assert first.locator("text=You said: 还在等").count() == 1
