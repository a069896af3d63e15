"""The console by keyboard alone."""

from __future__ import annotations

from typing import Any

from tests.browser.console import CHEST, Console, Hand, waits_until


def focused(page: Any, attribute: str = "id") -> str:
    """The id, or another property, of what has the focus."""
    found: str = page.evaluate("name => document.activeElement[name]", attribute)
    return found


def tab_to(page: Any, selector: str, most: int = 40) -> None:
    """Press Tab until the focus is there; it must be seen."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            width = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
            assert float(width.removesuffix("px")) >= 2
            return
    raise AssertionError(f"{selector} cannot be reached")


def test_a_case_from_the_queue_to_its_end(console: Console, hand: Hand) -> None:
    calm, danger = console.case(), console.case(CHEST, chat="8")
    page = hand()
    page.keyboard.press("Tab")
    assert focused(page, "className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("j")
    assert focused(page, "href").endswith(f"/case/{danger}")
    page.keyboard.press("j")
    assert focused(page, "href").endswith(f"/case/{calm}")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/case/{danger}")
    page.keyboard.press("t")
    page.wait_for_selector("#head >> text=在您手上")
    page.keyboard.press("n")
    assert focused(page) == "note"
    page.keyboard.type("tans? j")
    assert page.input_value("#note") == "tans? j", "a letter that is typed is no command"
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#conversation .note >> text=tans? j")
    page.keyboard.press("a")
    assert focused(page) == "text"
    page.keyboard.type("第一行")
    page.keyboard.press("Enter")
    page.keyboard.type("第二行")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.keyboard.press("Control+Enter")
    waits_until(lambda: "第一行\n第二行" in console.told("8"))
    page.wait_for_selector(".done")
    page.keyboard.press("s")
    assert focused(page, "name") == "outcome"
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    waits_until(lambda: console.status(danger) == "closed")
    page.wait_for_selector(".done")
    assert console.app.store.trail(danger)[-1].detail == {"why": "staff:referred"}
    page.keyboard.press("q")
    page.wait_for_selector("#cases")
    assert page.locator("a[data-row]").count() == 1


def test_the_priority_by_tab_alone(console: Console, hand: Hand) -> None:
    number = console.case()
    page = hand(path=f"/case/{number}")
    tab_to(page, "#why summary")
    page.keyboard.press("Enter")
    tab_to(page, "#level")
    page.keyboard.press("ArrowDown")
    tab_to(page, "#reason")
    page.keyboard.type("quieter")
    page.keyboard.press("Enter")
    page.wait_for_selector(".done")
    assert [row.kind for row in console.app.store.trail(number)][-1] == "case.priority"


def test_the_list_of_keys_and_the_search(console: Console, hand: Hand) -> None:
    number = console.case()
    page = hand(path=f"/case/{number}")
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible() and page.locator("#keys dt").count() == 11
    page.keyboard.press("t")
    assert console.holder(number) == "", "behind the list nothing is done"
    page.keyboard.press("Escape")
    assert page.locator("#keys").is_hidden()
    page.keyboard.press("/")
    assert focused(page) == "find"
    page.keyboard.type("透析")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?**")
    assert f"#{number}" in page.inner_text("#cases")
    page.keyboard.press("/")
    page.keyboard.type(f"#{number}")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?text=%23*")
    page.keyboard.press("j")
    assert focused(page, "href").endswith(f"/case/{number}")
