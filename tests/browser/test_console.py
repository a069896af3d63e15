"""An operator's work in a real browser, from the first link to a case that is solved, with and without scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.console import PASSWORD, REFUSED, Console, Hand, send, waits_until

Open = Callable[..., Any]
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "none"])


@SCRIPTS
def test_the_first_link_leads_to_the_queue(console: Console, stranger: Open, scripts: bool) -> None:
    number = console.case()
    page = stranger(java_script_enabled=scripts, refused=(401, 410), viewport={"width": 900, "height": 700})
    page.goto(f"{console.url}/desk/link/{console.app.accounts.first_link()}")
    page.get_by_label("用户名").fill("boss")
    page.get_by_label("新密码").fill(PASSWORD)
    page.get_by_label("再写一次").fill(PASSWORD)
    page.get_by_role("button", name="设好，登录").click()
    assert page.url == f"{console.url}/desk/" and f"#{number}" in page.inner_text("#cases")
    page.get_by_role("button", name="退出").click()
    assert page.url == f"{console.url}/desk/login"
    page.get_by_label("用户名").fill("boss")
    page.get_by_label("密码", exact=True).fill("wrong words here")
    page.get_by_role("button", name="登录").click()
    assert "不对" in page.inner_text("[role=alert]#wrong")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("#cases")
    page.goto(f"{console.url}/desk/link/{console.app.accounts.first_link()}")
    assert "链接用过了" in page.inner_text("main")


def test_whoever_is_not_signed_in_comes_to_the_page_they_asked_for_after_the_login(console: Console, stranger: Open) -> None:
    number = console.case()
    console.app.accounts.use_link(console.app.accounts.create("ann", "operator"), PASSWORD)
    page = stranger()
    page.goto(f"{console.url}/desk/case/{number}")
    assert "/desk/login" in page.url and str(number) not in page.inner_text("body")
    page.get_by_label("用户名").fill("ann")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    assert page.url == f"{console.url}/desk/case/{number}"


@SCRIPTS
def test_a_case_from_the_queue_to_its_end(console: Console, hand: Hand, scripts: bool) -> None:
    number = console.case()
    page = hand(java_script_enabled=scripts)
    page.click(f"#cases a[href$='/case/{number}']")
    assert REFUSED in page.inner_text("#conversation")
    send(page, "#acts [data-key=t]")
    assert "在您手上" in page.inner_text("#head") and console.holder(number) == "ann"
    page.fill("#text", "车三点到 <b>南门</b>")
    send(page, ".write.answer button")
    waits_until(lambda: "车三点到 <b>南门</b>" in console.told())
    page.goto(f"{console.url}/desk/case/{number}")
    assert "车三点到 <b>南门</b>" in page.inner_text("#conversation") and page.locator("#conversation b").count() == 0
    page.fill("#note", "家属很着急")
    send(page, ".write.note button")
    note = page.locator("#conversation .line.note")
    assert "家属很着急" in note.inner_text() and "家属很着急" not in console.told()
    assert note.evaluate("e => getComputedStyle(e).backgroundColor") != _ground(page, ".line.bot")
    page.click("#why summary")
    page.select_option("#level", "P3")
    page.fill("#reason", "已经上车")
    send(page, "#why button")
    assert "P3" in page.inner_text("h1") and "已经上车" in page.inner_text("#conversation")
    page.click("summary[data-key=s]")
    page.get_by_label("已帮到").check()
    send(page, "text=/^结案$/")
    waits_until(lambda: console.status(number) == "closed")
    page.goto(f"{console.url}/desk/")
    assert page.locator(f"#cases a[href$='/case/{number}']").count() == 0
    page.goto(f"{console.url}/desk/case/{number}")
    assert "已结案" in page.inner_text("h1")
    send(page, "text=重新打开")
    waits_until(lambda: console.status(number) == "open")
    kinds = ["staff.answer", "case.noted", "case.priority", "staff.close", "case.closed", "staff.reopen", "case.reopened"]
    assert [kind for kind in console.kinds(number) if kind in kinds] == kinds and console.app.store.intact(number)


def _ground(page: Any, selector: str) -> str:
    found: str = page.evaluate("s => getComputedStyle(document.querySelector(s)).backgroundColor", selector)
    return found
