"""The page in a real browser: by keyboard, without JavaScript, on a small phone, in the dark."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Site

Open = Callable[..., Any]
Shot = Callable[..., None]

_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_CONTRAST = """() => {
  const channel = v => { v /= 255; return v <= 0.03928 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4); };
  const light = c => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
  const parse = s => s.match(/[0-9.]+/g).map(Number);
  const ground = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
  const low = [];
  for (const e of document.querySelectorAll('body *')) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) || e.hidden) continue;
    const a = light(parse(getComputedStyle(e).color)), b = light(ground(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) low.push(e.tagName + '.' + e.className + ' ' + ratio.toFixed(2));
  }
  return low;
}"""


def test_by_keyboard_only(site: Site, tab: Open, shot: Shot) -> None:
    page = tab(viewport={"width": 1000, "height": 800})
    page.goto(site.url)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    shot(page, "keyboard-skip-link")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "text"
    page.keyboard.type("我妈要透析")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "send"
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert float(outline.removesuffix("px")) >= 2
    page.keyboard.press("Enter")
    page.wait_for_selector(".line.bot")
    assert page.input_value("#text") == ""
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.value") == "雁塔区":
            break
    page.keyboard.press("Enter")
    page.wait_for_selector("text=西安市第九医院")
    assert "bot" in page.evaluate("document.activeElement.className")
    assert page.locator(".choice").count() == 0
    assert page.locator(".line.bot a[href='tel:02982631000']").count() == 1
    assert [incoming.kind for incoming in site.desk.inbox] == ["text", "button"]
    shot(page, "keyboard-answer")


def test_enter_sends_and_shift_enter_does_not(site: Site, tab: Open) -> None:
    page = tab(viewport={"width": 1000, "height": 800})
    page.goto(site.url)
    page.focus("#text")
    page.keyboard.type("one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    page.keyboard.press("Enter")
    page.wait_for_selector(".line.bot")
    assert site.desk.inbox[0].text == "one\ntwo"
    assert page.evaluate("document.activeElement.id") == "text"


def test_for_a_screen_reader(site: Site, tab: Open) -> None:
    page = tab()
    page.goto(site.url)
    assert page.get_by_role("log").get_attribute("aria-live") == "polite"
    for role in ("banner", "main", "log", "status"):
        assert page.get_by_role(role).count() == 1, role
    assert page.get_by_role("textbox", name="您的情况").count() == 1
    assert page.get_by_role("button", name="发送").count() == 1
    assert page.get_by_role("region").get_by_role("link").get_attribute("href") == "tel:120"
    page.fill("#text", "他没有呼吸了")
    page.get_by_role("button", name="发送").click()
    page.wait_for_selector("[role=log] .line.bot")
    assert page.locator(".line.bot .words").get_attribute("lang") == "zh"
    assert page.evaluate("document.querySelectorAll('[id]').length === new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size")


def test_without_javascript(site: Site, tab: Open, shot: Shot) -> None:
    page = tab(java_script_enabled=False)
    page.goto(site.url)
    shot(page, "phone-no-js-first")
    page.fill("#text", "我妈要透析，小区封了")
    page.click("#send")
    page.wait_for_selector(".line.bot")
    assert page.url == f"{site.url}/#newest"
    shot(page, "phone-no-js-choices")
    page.click("text=雁塔区")
    page.wait_for_selector("text=西安市第九医院")
    assert page.locator("#newest").bounding_box()["y"] < 568
    shot(page, "phone-no-js-answer")
    page.reload()
    assert len(site.desk.inbox) == 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_small_phone(site: Site, tab: Open, shot: Shot, scheme: str) -> None:
    page = tab(color_scheme=scheme, has_touch=True, is_mobile=True)
    page.goto(site.url)
    assert page.evaluate(_WIDE) == 0
    shot(page, f"phone-{scheme}-first")
    shot(page, f"phone-{scheme}-first-whole", whole=True)
    assert page.evaluate(_CONTRAST) == []
    assert page.locator("#keys").is_hidden()
    page.fill("#text", "我妈要透析")
    page.tap("#send")
    page.wait_for_selector(".choice")
    shot(page, f"phone-{scheme}-choices")
    page.tap("text=雁塔区")
    page.wait_for_selector("text=西安市第九医院")
    shot(page, f"phone-{scheme}-answer")
    page.fill("#text", "他没有呼吸了！！" + "长" * 200)
    page.tap("#send")
    page.wait_for_selector("text=按压胸口")
    shot(page, f"phone-{scheme}-emergency")
    shot(page, f"phone-{scheme}-whole", whole=True)
    assert page.evaluate(_WIDE) == 0 and page.evaluate(_CONTRAST) == []
    top = page.locator(".emergency").bounding_box()["y"]
    assert top == 0, "the line to 120 stays in sight"
    for selector in (".emergency a", "#send", ".lang"):
        assert page.locator(selector).first.bounding_box()["height"] >= 44
    font = page.evaluate("getComputedStyle(document.querySelector('.words')).fontSize")
    assert float(font.removesuffix("px")) >= 18


def test_english_and_back(site: Site, tab: Open, shot: Shot) -> None:
    page = tab(locale="en-GB")
    page.goto(site.url)
    assert page.evaluate("document.documentElement.lang") == "en"
    page.fill("#text", "My father is not breathing")
    page.click("#send")
    page.wait_for_selector(".line.bot")
    shot(page, "phone-english", whole=True)
    page.click("text=中文")
    assert page.evaluate("document.documentElement.lang") == "zh"
    assert page.locator(".line").count() == 2


def test_what_was_not_sent_stays_in_the_box(site: Site, tab: Open, shot: Shot, request: pytest.FixtureRequest) -> None:
    page = tab()
    page.goto(site.url)
    site.desk.refuse["process"] = 1
    page.fill("#text", "late")
    page.click("#send")
    page.wait_for_selector("#notices .notice")
    assert page.input_value("#text") == "" and page.locator("#notices a[href='tel:120']").count() == 1
    page.route("**/*", lambda route: route.fulfill(status=200, body="<p>captive portal"))
    page.fill("#text", "我妈要透析")
    page.click("#send")
    page.wait_for_selector("#notices >> text=没有发出去")
    assert page.input_value("#text") == "我妈要透析"
    bar, notice = page.locator(".emergency").bounding_box(), page.locator("#notice").bounding_box()
    assert bar["y"] + bar["height"] <= notice["y"] and notice["y"] + notice["height"] <= 568
    shot(page, "phone-not-sent")
    page.unroute("**/*")
    page.click("#send")
    page.wait_for_selector(".choice")
    assert page.locator("#notices .notice").count() == 0


def test_a_slow_answer_is_sent_once_and_typing_goes_on(site: Site, tab: Open) -> None:
    page = tab()
    page.goto(site.url)
    page.fill("#text", "slow")
    page.click("#send")
    page.wait_for_function("document.getElementById('status').textContent !== ''")
    page.click("#send", force=True)
    page.fill("#text", "next")
    page.wait_for_selector(".line.bot")
    assert page.input_value("#text") == "next" and len(site.desk.inbox) == 1


def test_error_page(site: Site, chromium: Any, shot: Shot) -> None:
    page = chromium.new_page(viewport={"width": 320, "height": 568}, locale="zh-CN")
    page.goto(f"{site.url}/nothing")
    assert page.locator("a[href='tel:120']").count() == 2
    shot(page, "phone-error")
    page.close()
