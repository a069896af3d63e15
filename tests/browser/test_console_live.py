"""What happens meanwhile comes by itself to the pages that are open: a danger within two seconds, and nothing is missed or disturbed."""

from __future__ import annotations

import time
from typing import Any

import pytest

from bot.desk import Desk
from tests.browser.console import CHEST, Console, Hand, send

AT_MOST = 2.0
"""Seconds until a new danger stands on an open queue."""


def test_a_new_danger_reaches_the_open_queue_by_itself(console: Console, hand: Hand) -> None:
    console.case()
    page = hand()
    page.wait_for_selector("#live >> text=实时更新中")
    assert page.locator("#cases li").count() == 1
    number = console.case(CHEST, chat="8")
    began = time.monotonic()
    page.wait_for_selector(f"#cases a[href$='/case/{number}']", timeout=1000 * AT_MOST)
    assert time.monotonic() - began < AT_MOST
    first = page.locator("#cases li").first
    assert first.locator(".badge").inner_text().startswith("P0") and f"#{number}" in first.inner_text()


@pytest.mark.parametrize("path", ["/case/{}", "/broadcasts/new", "/oversight", "/settings"])
def test_a_new_danger_stands_on_every_open_page(console: Console, hand: Hand, path: str) -> None:
    page = hand("boss", "admin", path=path.format(console.case()))
    with page.expect_request("**/desk/events"):
        page.reload()
    number = console.case(CHEST, chat="8")
    page.wait_for_selector(f"#alarms a[href$='/case/{number}']", timeout=1000 * AT_MOST)
    Desk(console.app.store, console.clock, "bob").take(number)
    page.wait_for_selector("#alarms a", state="detached", timeout=1000 * AT_MOST)


def test_after_a_form_that_was_refused_the_page_still_follows(console: Console, hand: Hand) -> None:
    number = console.case()
    page = hand(path=f"/case/{number}", refused=(400, 409))
    page.fill("#text", "____")
    send(page, ".write.answer button")
    assert page.url.endswith("/answer") and page.input_value("#text") == "____"
    page.wait_for_selector("#live >> text=实时更新中")
    console.says("又发烧了")
    page.wait_for_selector("#conversation >> text=又发烧了", timeout=1000 * AT_MOST)


def test_what_came_before_the_page_began_to_listen_is_not_missed(console: Console, hand: Hand) -> None:
    numbers: list[int] = []

    def between(route: Any) -> None:
        numbers.append(console.case(CHEST, chat="8"))
        route.continue_()

    page = hand(path="/settings")
    page.route("**/desk/events", between)
    page.goto(f"{console.url}/desk/")
    page.wait_for_selector("#live >> text=实时更新中")
    page.wait_for_selector(f"#cases a[href$='/case/{numbers[0]}']", timeout=1000 * AT_MOST)


def test_the_conversation_grows_and_whoever_writes_is_not_disturbed(console: Console, hand: Hand) -> None:
    number = console.case()
    page = hand(path=f"/case/{number}")
    page.wait_for_selector("#live >> text=实时更新中")
    page.click("#text")
    page.keyboard.type("您在")
    console.says("我们在五号楼，<i>快</i>")
    page.wait_for_selector("#conversation >> text=我们在五号楼，<i>快</i>", timeout=1000 * AT_MOST)
    page.keyboard.type("哪一层")
    assert page.input_value("#text") == "您在哪一层" and page.evaluate("document.activeElement.id") == "text"
    page.click("#why summary")
    page.fill("#reason", "等得太久")
    console.says("有人吗？")
    page.wait_for_selector("#conversation >> text=有人吗", timeout=1000 * AT_MOST)
    assert page.input_value("#reason") == "等得太久" and page.locator("#reason").is_visible()


def test_what_a_colleague_does_is_seen_without_loading(console: Console, hand: Hand) -> None:
    number = console.case()
    queue, case = hand("ann"), hand("ann", path=f"/case/{number}")
    for page in (queue, case):
        page.wait_for_selector("#live >> text=实时更新中")
    bob = hand("bob", path=f"/case/{number}", java_script_enabled=False)
    send(bob, "#acts [data-key=t]")
    bob.fill("#note", "我打了电话")
    send(bob, ".write.note button")
    queue.wait_for_selector("#cases li >> text=bob", timeout=1000 * AT_MOST)
    case.wait_for_selector("#head >> text=bob 正在处理", timeout=1000 * AT_MOST)
    case.wait_for_selector("#conversation .note >> text=我打了电话", timeout=1000 * AT_MOST)
    assert case.locator("[data-key=t]").count() == 0, "a case that a colleague has is not offered any more"


def test_a_page_that_is_cut_off_says_so(console: Console, hand: Hand) -> None:
    page = hand(path="/settings", refused=(403,))
    page.route("**/desk/events", lambda route: route.fulfill(status=403))
    page.goto(f"{console.url}/desk/")
    page.wait_for_selector("#live >> text=连接断了")


def test_news_does_not_take_the_focus_nor_close_what_is_open(console: Console, hand: Hand) -> None:
    number = console.case()
    queue, case = hand("ann"), hand("ann", path=f"/case/{number}")
    for page in (queue, case):
        page.wait_for_selector("#live >> text=实时更新中")
    queue.keyboard.press("j")
    case.focus("#why summary")
    case.keyboard.press("Enter")
    danger = console.case(CHEST, chat="8")
    queue.wait_for_selector(f"#cases a[href$='/case/{danger}']", timeout=1000 * AT_MOST)
    assert queue.evaluate("document.activeElement.getAttribute('href')") == f"/desk/case/{number}"
    bob = hand("bob", path=f"/case/{number}", java_script_enabled=False)
    bob.click("#why summary")
    bob.select_option("#level", "P3")
    bob.fill("#reason", "x")
    send(bob, "#why button")
    case.wait_for_selector("#why h2 >> text=P3", timeout=1000 * AT_MOST)
    assert case.locator("#reason").is_visible() and case.evaluate("document.activeElement.tagName") == "SUMMARY"
