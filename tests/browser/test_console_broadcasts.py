"""A broadcast's life in the console: written, counted, approved by a second person, paused, gone on with, reported; and what is refused."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.bot.store.casts import people
from tests.browser.console import Console, Hand, send

SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "none"])
MANY = 120
"""More than may be written to without a second person."""


def look(page: Any, name: str) -> None:
    """Keep a picture where somebody wants to look at the pages."""
    if folder := os.environ.get("HOTLINE_LOOK"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def written(page: Any, zh: str = "明天停水", en: str = "No water tomorrow") -> None:
    """Write the two texts into the form."""
    page.fill("#zh", zh)
    page.fill("#en", en)


def deliver(console: Console, many: int = 10_000) -> list[str]:
    """What Telegram would take now, and the look of the schedule after it."""
    store, clock = console.app.store, console.clock
    console.app.desk.caster.tick()
    rows: list[dict[str, Any]] = []
    # The pacer lets thirty a second through: the test does not wait for it.
    while len(rows) < many and (taken := _take(console, many - len(rows))):
        rows += taken
        for row in taken:
            store.delivered(row["id"], row["attempts"], clock.now())
        console.app.desk.caster.tick()
    return [row["address"] for row in rows]


def _take(console: Console, many: int) -> list[dict[str, Any]]:
    return console.app.store.write(lambda db: _taken(db, many))


def _taken(db: Any, many: int) -> list[dict[str, Any]]:
    sql = """
        UPDATE outbox SET status = 'sending', attempts = attempts + 1, updated_at = 0, not_before = 4611686018427387904
        WHERE id IN (SELECT id FROM outbox WHERE lane = 'broadcast' AND status = 'pending' ORDER BY id LIMIT :many) RETURNING *
        """
    rows: list[dict[str, Any]] = db.query(sql, many=many)
    return rows


@SCRIPTS
def test_written_counted_approved_paused_and_reported(console: Console, hand: Hand, scripts: bool) -> None:
    people(console.app.store, MANY, console.clock.now())
    people(console.app.store, 5, console.clock.now(), first=900, district="beilin")
    ann = hand("ann", path="/broadcasts/new", java_script_enabled=scripts)
    written(ann, "{district}明天停水，透析照常", "No water in {district} tomorrow; dialysis goes on")
    ann.click("summary:has-text('区') >> nth=0")
    ann.check("input[name=districts][value='xian/yanta']")
    send(ann, "button[formaction*='/count']")
    assert f"{MANY}人" in ann.inner_text("#preview h2") and "另一个人批准" in ann.inner_text("#preview")
    assert "雁塔区明天停水" in ann.inner_text("#preview .words >> nth=0")
    assert ann.is_checked("input[name=districts][value='xian/yanta']"), "what was chosen stays"
    look(ann, "new")
    ann.uncheck("input[name=quiet]")
    send(ann, "form.cast button.main")
    assert "还没有发" in ann.inner_text(".done")
    look(ann, "draft")
    send(ann, "form[action$='/send'] button")
    assert "等批准" in ann.inner_text("h1") and ann.locator("form[action$='/approve']").count() == 0, "not by who wrote it"
    assert deliver(console) == []
    assert ann.locator("nav .mark").count() == 0
    eve = hand("eve", "supervisor", path="/broadcasts", java_script_enabled=scripts)
    assert eve.inner_text("nav .mark").startswith("1"), "whoever may decide is told on every page"
    send(eve, "#casts a >> nth=0")
    look(eve, "waiting")
    assert "夜里也发" in eve.inner_text("main"), "whoever approves sees when it goes out"
    send(eve, "form[action$='/approve'] button")
    assert "在发" in eve.inner_text("h1")
    assert len(deliver(console, 50)) == 50
    eve.reload()
    assert "50 / 120" in eve.inner_text("#flight")
    look(eve, "flying")
    send(eve, "form[action$='/pause'] button")
    assert deliver(console) == [] and "暂停" in eve.inner_text("h1")
    send(eve, "form[action$='/resume'] button")
    assert len(deliver(console)) == MANY - 50
    asks = console.says("我妈要透析，医院不收，区里没有水", chat="1")
    assert asks is not None
    eve.goto(f"{console.url}/desk/case/{asks.number}")
    assert "收到过的群发" in eve.inner_text(".side")
    eve.click(".side a:has-text('群发')")
    flight = eve.inner_text("#flight")
    assert "发完" in eve.inner_text("h1") and "120 / 120" in flight
    assert eve.locator(".tiles li:has-text('48小时内回话') strong").inner_text() == "1"
    look(eve, "report")
    eve.goto(f"{console.url}/desk/broadcasts")
    look(eve, "list")
    assert "发完" in eve.inner_text("main")


def test_what_may_not_be_sent_is_refused_and_nothing_written_is_lost(console: Console, hand: Hand) -> None:
    people(console.app.store, 3, console.clock.now())
    page = hand("ann", path="/broadcasts/new", refused=(400, 409))
    written(page, "{name}您好", "Hello {name}")
    page.uncheck("input[name=quiet]")  # the clock is the machine's, and it may be night in the cities
    page.check("input[name=when][value=every]")
    page.fill("#every", "每周一早上9点")
    send(page, "form.cast button.main")
    assert "没有 {name} 这个占位" in page.inner_text(".notice") and page.input_value("#zh") == "{name}您好"
    assert page.input_value("#every") == "每周一早上9点" and page.is_checked("input[name=when][value=every]")
    written(page)
    page.check("input[name=when][value=now]")
    send(page, "form.cast button.main")
    assert "选的却是“马上”" in page.inner_text(".notice") and page.input_value("#every") == "每周一早上9点"
    page.fill("#every", "")
    page.check("input[name=when][value=at]")
    send(page, "form.cast button.main")
    assert "请写从什么时候发" in page.inner_text(".notice"), "never at once because the time is missing"
    page.check("input[name=when][value=now]")
    send(page, "form.cast button.main")
    send(page, "form[action$='/test'] button")
    assert "没有连上Telegram" in page.inner_text(".notice")
    send(page, "form[action$='/send'] button")
    assert len(deliver(console)) == 3
    page.goto(f"{console.url}/desk/broadcasts/new")
    written(page, "明天 停水！", "no water tomorrow")
    page.uncheck("input[name=quiet]")
    send(page, "form.cast button.main")
    send(page, "form[action$='/send'] button")
    assert "一样的文字" in page.inner_text(".notice") and deliver(console) == []
    send(page, "form:has(input[name=anyway]) button")
    assert len(deliver(console)) == 3


def test_a_planned_one_stands_in_the_calendar_and_can_be_cancelled(console: Console, hand: Hand) -> None:
    people(console.app.store, 3, console.clock.now())
    page = hand("ann", path="/broadcasts/new")
    written(page)
    page.check("input[name=when][value=every]")
    page.fill("#every", "每天早上8点")
    send(page, "form.cast button.main")
    send(page, "form[action$='/send'] button")
    page.goto(f"{console.url}/desk/broadcasts")
    assert 13 <= page.locator("section:has(h2:has-text('14天')) li").count() <= 14
    look(page, "calendar")
    page.click("section:has(h2:has-text('14天')) a >> nth=0")
    send(page, "form[action$='/cancel'] button")
    assert "取消" in page.inner_text("h1")
    page.goto(f"{console.url}/desk/broadcasts")
    assert page.locator("section:has(h2:has-text('14天')) li").count() == 0


def test_the_uncertain_are_listed_without_their_number_and_sent_again_by_hand(console: Console, hand: Hand) -> None:
    store, clock = console.app.store, console.clock
    people(store, 3, clock.now(), first=70001)
    page = hand("ann", path="/broadcasts/new")
    written(page)
    page.uncheck("input[name=quiet]")
    send(page, "form.cast button.main")
    send(page, "form[action$='/send'] button")
    console.app.desk.caster.tick()
    for row in _take(console, 2):
        assert store.uncertain(row["id"], row["attempts"], "timeout", clock.now())
    deliver(console)
    page.reload()
    assert page.locator(".tiles li:has-text('不确定') strong").inner_text() == "2"
    page.click("summary:has-text('不确定')")
    look(page, "uncertain")
    assert "7000" not in page.inner_text("main")
    page.locator("input[name=key]").first.check()
    send(page, "form[action$='/again'] button")
    assert len(deliver(console)) == 1
    page.reload()
    assert page.locator(".tiles li:has-text('不确定') strong").inner_text() == "1"


def test_somebodys_words_are_only_words_and_who_may_only_look_sees_no_form(console: Console, hand: Hand) -> None:
    people(console.app.store, 1, console.clock.now())
    page = hand("ann", path="/broadcasts/new")
    page.fill("#title", "<script>alert(1)</script>")
    written(page, "<img src=x onerror=alert(1)> *明天*", "<b>tomorrow</b> \u202egnp.exe")
    send(page, "form.cast button.main")
    assert page.locator("main b, main img, main script").count() == 0 and "<b>tomorrow</b>" in page.inner_text("main")
    reader = hand("rea", "readonly", path="/broadcasts", refused=(403,))
    assert reader.locator("main form").count() == 0
    reader.goto(f"{console.url}/desk/broadcasts/new")
    assert reader.locator("#zh").count() == 0


def test_while_it_is_sent_the_page_follows(console: Console, hand: Hand) -> None:
    people(console.app.store, 20, console.clock.now())
    page = hand("ann", path="/broadcasts/new")
    written(page)
    page.uncheck("input[name=quiet]")
    send(page, "form.cast button.main")
    send(page, "form[action$='/send'] button")
    deliver(console, 7)
    page.locator("#flight:has-text('7 / 20')").wait_for()
    deliver(console)
    page.locator("#flight:has-text('20 / 20')").wait_for()
