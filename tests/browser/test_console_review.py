"""What was not understood, from a cluster to another answer and back; a case split, and two linked."""

from __future__ import annotations

from tests.browser.console import CHEST, Console, Hand, send

ODD = "咱这片儿咋弄那个绿本本"


def test_a_topic_is_proposed_approved_by_another_and_taken_back(console: Console, hand: Hand) -> None:
    console.says(ODD)
    before = console.told()
    console.says(ODD, chat="8")
    ann = hand("ann", path="/unmatched")
    assert "2 ×" in ann.inner_text(".cluster >> nth=0") and ODD in ann.inner_text(".cluster >> nth=0")
    ann.click(".cluster summary:has-text('提建议')")
    ann.select_option("#topic-1", "care.entry")
    assert ann.input_value("#phrases-1") == ODD
    send(ann, "form:has(#topic-1) > button")
    assert "等班长批准" in ann.inner_text(".done") and ann.locator("text=批准，马上生效").count() == 0
    boss = hand("boss", "supervisor", path="/unmatched")
    assert "2 / 2" in boss.inner_text("main")
    send(boss, "text=批准，马上生效")
    console.says(ODD, chat="9")
    assert (after := console.told("9")) != before and "核酸" in after
    send(boss, "button:has-text('撤回')")
    console.says(ODD, chat="10")
    assert console.told("10") == before


def test_who_proposed_it_cannot_approve_it(console: Console, hand: Hand) -> None:
    console.app.desk.review.propose("boss", "care.entry", [ODD])
    boss = hand("boss", "supervisor", path="/unmatched")
    assert "要由另一个人批准" in boss.inner_text("main") and boss.locator("text=批准，马上生效").count() == 0


def test_a_second_patient_and_two_that_belong_together(console: Console, hand: Hand) -> None:
    number, other = console.case(), console.case(CHEST, chat="8")
    page = hand(path=f"/case/{number}")
    page.click("summary:has-text('合并')")
    page.fill("#about", "奶奶也要透析")
    send(page, "form[action$='/split'] button")
    page.goto(f"{console.url}/desk/")
    assert page.locator("#cases >> text=奶奶也要透析").count() == 1
    page.goto(f"{console.url}/desk/case/{number}")
    page.click("summary:has-text('合并')")
    page.fill("#other", str(other))
    page.select_option("#why-linked", "household")
    send(page, "form[action$='/link'] button")
    assert "可能是一家人" in page.inner_text("main")
    page.click(f"section a[href$='/case/{other}']")
    page.wait_for_selector(f"section a[href$='/case/{number}']")
    send(page, "text=取消关联")
    assert page.locator("text=可能是一家人").count() == page.locator("option:has-text('可能是一家人')").count()


def test_the_directory_names_its_sources(console: Console, hand: Hand) -> None:
    page = hand("eve", "readonly", path="/directory?district=yanta")
    assert page.locator("table >> nth=0 >> tbody tr").count() > 3
    assert "可信度" in page.inner_text("table >> nth=0") and "没有公布电话" in page.inner_text("main")
