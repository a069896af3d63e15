"""Two of the staff at one case: each sees the other, nobody overwrites, and what was typed is never lost."""

from __future__ import annotations

from bot.web.console.gate import COOKIE
from tests.browser.console import Console, Hand, send, waits_until


def test_who_else_has_the_case_open_is_shown_to_both(console: Console, hand: Hand) -> None:
    number = console.case()
    ann = hand("ann")
    ann.clock.install()
    ann.goto(f"{console.url}/desk/case/{number}")
    assert ann.locator("#others").is_hidden()
    bob = hand("bob", path=f"/case/{number}")
    assert "ann" in bob.inner_text("#others")
    ann.clock.run_for(11_000)  # the page gives a sign of life every ten seconds
    ann.wait_for_selector("#others >> text=bob")


def test_the_second_is_told_who_works_on_it_and_keeps_their_words(console: Console, hand: Hand) -> None:
    number = console.case()
    bob = hand("bob", path=f"/case/{number}", java_script_enabled=False, refused=(409,))
    send(hand("ann", path=f"/case/{number}", java_script_enabled=False), "#acts [data-key=t]")
    send(bob, "#acts [data-key=t]")
    assert "ann 正在处理" in bob.inner_text("#wrong") and "ann" in bob.inner_text("#head")
    assert bob.locator(".bar button", has_text="接").count() == 0
    bob.fill("#text", "我也来问一句")
    send(bob, ".write.answer button")
    assert "ann 正在处理" in bob.inner_text("#wrong") and bob.input_value("#text") == "我也来问一句"
    assert "staff.answer" not in console.kinds(number) and console.holder(number) == "ann"
    eve = hand("eve", "supervisor", path=f"/case/{number}", java_script_enabled=False)
    send(eve, "text=从 ann 手上接过来")
    assert "在您手上" in eve.inner_text("#head") and console.holder(number) == "eve"


def test_an_answer_after_a_change_is_refused_says_what_changed_and_keeps_the_words(console: Console, hand: Hand) -> None:
    number = console.case()
    ann = hand("ann", path=f"/case/{number}", java_script_enabled=False, refused=(409,))
    ann.fill("#text", "几号楼？")
    bob = hand("bob", path=f"/case/{number}", java_script_enabled=False)
    bob.fill("#text", "车已经安排")
    send(bob, ".write.answer button")
    waits_until(lambda: "车已经安排" in console.told())
    send(ann, ".write.answer button")
    assert "写了回复（bob）" in ann.inner_text("#wrong") and ann.input_value("#text") == "几号楼？"
    assert "车已经安排" in ann.inner_text("#conversation") and console.kinds(number).count("staff.answer") == 1
    send(ann, ".write.answer button")
    waits_until(lambda: "几号楼" in console.told())
    assert console.kinds(number).count("staff.answer") == 2


def test_a_form_that_is_sent_again_is_one_answer(console: Console, hand: Hand) -> None:
    number = console.case()
    page = hand(path=f"/case/{number}", java_script_enabled=False)
    page.fill("#text", "马上到")
    page.evaluate("document.querySelector('.write.answer form').setAttribute('target', '_blank')")
    for _ in range(2):
        with page.context.expect_page() as opened:
            page.click(".write.answer button")
        opened.value.wait_for_load_state()
        opened.value.close()
    assert console.kinds(number).count("staff.answer") == 1


def test_a_draft_stays_when_the_page_is_left_and_is_gone_with_the_answer(console: Console, hand: Hand) -> None:
    number = console.case()
    page = hand(path=f"/case/{number}")
    page.fill("#text", "还没写完")
    page.fill("#note", "只是草稿")
    page.goto(f"{console.url}/desk/")
    page.goto(f"{console.url}/desk/case/{number}")
    assert page.input_value("#text") == "还没写完" and page.input_value("#note") == "只是草稿"
    send(page, ".write.answer button")
    page.wait_for_selector(".done")
    assert page.input_value("#text") == "" and page.input_value("#note") == "只是草稿"


def test_whoever_was_signed_out_finds_the_words_again(console: Console, hand: Hand) -> None:
    number = console.case()
    page = hand(path=f"/case/{number}")
    page.fill("#text", "几号楼？")
    console.app.store.write(lambda db: db.execute("DELETE FROM sessions"))
    send(page, ".write.answer button")
    assert "/login" in page.url and "staff.answer" not in console.kinds(number)
    console.tokens.clear()
    page.context.add_cookies([{"name": COOKIE, "value": console.token("ann"), "url": f"{console.url}/desk/"}])
    page.goto(f"{console.url}/desk/case/{number}")
    assert page.input_value("#text") == "几号楼？"
    send(page, ".write.answer button")
    page.goto(f"{console.url}/desk/case/{number}")
    assert page.input_value("#text") == "" and console.kinds(number).count("staff.answer") == 1


def test_words_begun_before_a_colleague_acted_are_not_sent_unseen_though_the_page_follows(console: Console, hand: Hand) -> None:
    number = console.case()
    ann = hand("ann", path=f"/case/{number}", refused=(409,))
    ann.fill("#text", "几号楼？")
    bob = hand("bob", path=f"/case/{number}")
    bob.fill("#text", "车已经安排")
    send(bob, ".write.answer button")
    ann.wait_for_selector("#conversation >> text=车已经安排")
    send(ann, ".write.answer button")
    assert "写了回复（bob）" in ann.inner_text("#wrong") and ann.input_value("#text") == "几号楼？"
    send(ann, ".write.answer button")
    waits_until(lambda: "几号楼" in console.told())


def test_what_a_resident_adds_meanwhile_does_not_hold_an_answer_back(console: Console, hand: Hand) -> None:
    number = console.case()
    ann = hand("ann", path=f"/case/{number}")
    ann.fill("#text", "几号楼？")
    console.says("医院还是不收，我妈很难受")
    ann.wait_for_selector("#conversation >> text=我妈很难受")
    send(ann, ".write.answer button")
    waits_until(lambda: "几号楼" in console.told())
