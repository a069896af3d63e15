"""What operators do with cases beside answering them: put off, hand over, merge, phone, many at once; with and without scripts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.console import CHEST, Console, Hand, send

SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "none"])


def opened(page: Any, words: str) -> Any:
    """The part of a case's page below these words, opened."""
    page.click(f"summary:has-text('{words}')")
    return page.locator(f"section:has(> details > summary:has-text('{words}'))")


@SCRIPTS
def test_handed_over_to_a_colleague_and_to_a_team(console: Console, hand: Hand, scripts: bool) -> None:
    number = console.case()
    console.account("bob", "operator")
    page = hand("ann", path=f"/case/{number}", java_script_enabled=scripts)
    part = opened(page, "交接")
    part.get_by_label("同事").first.check()
    part.locator("#colleague").select_option("bob")
    part.locator("#needs").fill("家属在南门等")
    send(page, "form[action$='/handover'] button")
    assert "交接好了" in page.inner_text(".done") and console.holder(number) == "bob"
    assert "家属在南门等" in page.inner_text("#conversation .note") and "家属在南门等" not in console.told()
    other = console.case(CHEST, chat="8")
    page.goto(f"{console.url}/desk/case/{other}")
    part = opened(page, "交接")
    part.get_by_label("班组").first.check()
    part.locator("#whom").fill("车队 <b>一</b>")
    part.locator("#needs").fill("要车")
    send(page, "form[action$='/handover'] button")
    assert "车队 <b>一</b>" in page.inner_text("#head") and page.locator("#head b, #conversation b").count() == 0
    page.click("text=交接单")
    page.wait_for_selector("#sheet")
    assert CHEST in page.inner_text("#sheet") and "要车" in page.inner_text("#sheet")


@SCRIPTS
def test_put_off_and_taken_up_again(console: Console, hand: Hand, scripts: bool) -> None:
    number = console.case()
    page = hand(path=f"/case/{number}", java_script_enabled=scripts)
    opened(page, "推迟").get_by_label("2 小时后", exact=True).check()
    send(page, "form[action$='/snooze'] button")
    page.goto(f"{console.url}/desk/")
    assert page.locator(f"#cases a[href$='/case/{number}']").count() == 0
    page.click("#views >> text=推迟的")
    page.click(f"#cases a[href$='/case/{number}']")
    send(page, "text=马上处理")
    page.goto(f"{console.url}/desk/")
    assert page.locator(f"#cases a[href$='/case/{number}']").count() == 1


def test_merged_and_taken_apart(console: Console, hand: Hand) -> None:
    main, other = console.case(), console.case("我妹妹也在替妈妈问透析的事，医院拒收，雁塔区", chat="8")
    page = hand(path=f"/case/{other}")
    opened(page, "合并").locator("#into").fill(str(main))
    send(page, "form[action$='/merge'] button")
    page.goto(f"{console.url}/desk/")
    assert page.locator("a[data-row]").count() == 1
    page.goto(f"{console.url}/desk/case/{main}")
    page.wait_for_selector("#live >> text=实时更新中")
    console.says("妹妹说在五号楼", chat="8")
    page.wait_for_selector("#conversation >> text=妹妹说在五号楼", timeout=2000)
    page.goto(f"{console.url}/desk/case/{other}")
    send(page, "form[action$='/unmerge'] button")
    page.goto(f"{console.url}/desk/")
    assert page.locator("a[data-row]").count() == 2


def test_a_call_to_make_and_a_shift(console: Console, hand: Hand) -> None:
    number = console.case()
    page = hand(path=f"/case/{number}")
    opened(page, "加一个要打的电话").locator("#call").fill("打给医院总值班")
    send(page, "form[action$='/call'] button")
    page.goto(f"{console.url}/desk/shift")
    assert "打给医院总值班" in page.inner_text("#calls")
    send(page, "form[action$='/shift/start'] button")
    assert "值班到" in page.inner_text("main .bar") and "ann" in page.inner_text("main .cards")
    page.goto(f"{console.url}/desk/case/{number}")
    send(page, "form[action$='/called'] button")
    page.goto(f"{console.url}/desk/shift")
    assert "没有要打的电话" in page.inner_text("#calls")


def test_a_ready_sentence_goes_in_where_the_cursor_stands_and_blanks_are_not_sent(console: Console, hand: Hand) -> None:
    number = console.case()
    page = hand(path=f"/case/{number}", refused=(409,))
    page.fill("#text", "您好，谢谢")
    page.evaluate("document.getElementById('text').setSelectionRange(3, 3)")
    page.select_option("#canned", label="收到，在办")
    text = page.input_value("#text")
    assert text.startswith("您好，您的求助") and text.endswith("谢谢") and f"{number}号" in text
    page.fill("#text", "{hospital} 那边")
    send(page, ".write.answer button")
    assert page.locator("#wrong").is_visible() and page.input_value("#text") == "{hospital} 那边"
    assert "staff.answer" not in console.kinds(number)


@SCRIPTS
def test_many_at_once_after_a_look_at_how_many(console: Console, hand: Hand, scripts: bool) -> None:
    free, held = console.case(), console.case(CHEST, chat="8")
    send(hand("bob", path=f"/case/{held}"), "#acts [data-key=t]")
    page = hand("eve", "supervisor", java_script_enabled=scripts)
    for box in page.locator("#cases input[name=number]").all():
        box.check()
    page.select_option("#act", "take")
    send(page, "#bulk button")
    assert "会动 1 件" in page.inner_text("main") and f"#{held}" in page.inner_text("main")
    assert console.holder(free) == "", "a look does nothing"
    send(page, "form[action$='/bulk/do'] button")
    assert "做好了 1 件" in page.inner_text("main")
    assert (console.holder(free), console.holder(held)) == ("eve", "bob")
