"""The console on a phone, in the dark, in both languages; and whatever a resident writes stays words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.console import CHEST, PHONE, REFUSED, Console, Hand, broadcasts
from tests.browser.test_page import _CONTRAST, _WIDE

Shot = Callable[..., None]
EVIL = (
    REFUSED + " <script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\"> **粗** [链接](javascript:alert(1)) "
    "{{ 7 * 7 }} =HYPERLINK(1) \u202egnol\u202c </li></ol><a href='https://example.org/'>x</a> " + "长" * 300
)


_SMALL = """() => [...document.querySelectorAll('main button')].filter(one => one.offsetParent && one.offsetHeight < 40)
  .map(one => one.textContent)"""


def places(number: int, *casts: int) -> tuple[str, ...]:
    return (
        "/",
        f"/case/{number}?understood=1",
        "/search?text=透析",
        "/settings",
        "/accounts",
        "/shift",
        "/audit",
        "/oversight",
        "/people",
        f"/case/{number}/sheet",
        "/broadcasts",
        "/broadcasts/new",
        *(f"/broadcasts/{cast}" for cast in casts),
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_scrolls_sideways_on_a_small_phone(console: Console, hand: Hand, shot: Shot, lang: str) -> None:
    number = console.case(EVIL)
    console.case(CHEST, chat="8")
    page = hand("boss", "admin", lang=lang, **PHONE)
    for path in places(number, *broadcasts(console)):
        page.goto(f"{console.url}/desk{path}")
        assert page.evaluate(_WIDE) == 0, path
        shot(page, f"desk-phone-{lang}-{path.strip('/').partition('?')[0].replace('/', '-') or 'queue'}", whole=True)
        assert page.evaluate(_SMALL) == [], path
    assert page.evaluate("document.documentElement.lang") == lang


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_chosen_colours_are_readable(console: Console, hand: Hand, theme: str) -> None:
    number = console.case()
    console.case(CHEST, chat="8")
    page = hand("boss", "admin", theme=theme, color_scheme="light" if theme == "dark" else "dark")
    grounds = set()
    for path in places(number, *broadcasts(console)):
        page.goto(f"{console.url}/desk{path}")
        assert page.evaluate(_CONTRAST) == [], path
        grounds.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert len(grounds) == 1 and (grounds == {"rgb(244, 246, 247)"}) is (theme == "light")


def test_without_a_choice_the_colours_are_the_device_s(console: Console, hand: Hand) -> None:
    dark, light = (hand(color_scheme=scheme).evaluate("getComputedStyle(document.body).backgroundColor") for scheme in ("dark", "light"))
    assert dark != light == "rgb(244, 246, 247)"


def test_the_words_of_a_resident_are_inert(console: Console, hand: Hand) -> None:
    number = console.case(EVIL)
    page = hand("boss", "admin")
    for path in places(number)[:3]:
        page.goto(f"{console.url}/desk{path}")
        shown = page.inner_text("main")
        assert "<script>" in shown and "**粗** [链接](javascript:alert(1))" in shown and "{{ 7 * 7 }}" in shown, path
        assert "owned" not in page.title()
        assert page.locator("main script, main img, main a[href^='http'], main a[href^='javascript']").count() == 0
        assert not any(mark in shown for mark in "\u202e\u202c"), "no mark turns the words of the page around"
        assert page.locator("[dir=auto]").first.evaluate("e => getComputedStyle(e).unicodeBidi") in ("isolate", "plaintext")
    assert page.locator("#live").count() == 1


def test_in_english_no_chinese_is_left_over(console: Console, hand: Hand) -> None:
    number = console.case("My father needs dialysis and the hospital in Yanta refused him")
    page = hand("boss", "admin", lang="en")
    for path in places(number, *broadcasts(console)):
        page.goto(f"{console.url}/desk{path}")
        parts = page.evaluate(
            """() => [...document.querySelectorAll('header, main, .foot, dialog')].map(part => { const copy = part.cloneNode(true);
            copy.querySelectorAll('[lang=zh], .words, #understood').forEach(one => one.remove()); return copy.textContent; })"""
        )
        left = {sign for sign in "".join(parts) if "\u4e00" <= sign <= "\u9fff"} - set("透析")
        assert not left, path


@pytest.mark.parametrize("role", ["readonly", "operator", "supervisor", "admin"])
def test_a_role_sees_what_it_may_do(console: Console, hand: Hand, role: Any) -> None:
    number = console.case()
    page = hand(role, role, path=f"/case/{number}", refused=(403,))
    may = role != "readonly"
    assert (page.locator("#text").count() == 1) is may and (page.locator("[data-key=t]").count() == 1) is may
    assert (page.locator("nav a[href$='/accounts']").count() == 1) is (role == "admin")
    page.goto(f"{console.url}/desk/accounts")
    assert ("没有这项权限" in page.inner_text("main")) is (role != "admin")
