"""No serious barrier on any page of the console, by axe-core, which comes with its package."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.console import CHEST, Console, Hand, broadcasts, send

axe_playwright_python = pytest.importorskip("axe_playwright_python.sync_playwright")
GRAVE = ("serious", "critical")


def barriers(page: Any) -> list[str]:
    """What is grave by day or by night, with where. The script runs beside the page's own; its policy stays."""
    wrong = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = [one for one in axe_playwright_python.Axe().run(page).response["violations"] if one["impact"] in GRAVE]
        wrong += [f"{one['id']}: {scheme} {node['target']} {node['html'][:120]}" for one in found for node in one["nodes"]]
    return wrong


def test_a_barrier_would_be_found(console: Console, hand: Hand) -> None:
    page = hand()
    page.evaluate("document.querySelector('label[for=find]').remove(); document.getElementById('find').removeAttribute('placeholder')")
    page.evaluate("document.querySelector('h1').style.color = 'silver'")
    assert {found.partition(":")[0] for found in barriers(page)} == {"label", "color-contrast"}


def test_before_the_login(console: Console, stranger: Callable[..., Any]) -> None:
    page = stranger(refused=(401, 404, 410))
    page.goto(f"{console.url}/desk/login")
    assert barriers(page) == []
    page.fill("#name", "nobody")
    page.fill("#password", "wrong words here")
    send(page, "button.main")
    assert barriers(page) == []
    page.goto(f"{console.url}/desk/link/{console.app.accounts.first_link()}")
    assert page.locator("#again").count() == 1 and barriers(page) == []
    page.goto(f"{console.url}/desk/link/none")
    assert barriers(page) == []


def test_the_pages(console: Console, hand: Hand) -> None:
    number = console.case()
    console.case(CHEST, chat="8")
    console.says("咱这片儿咋弄那个绿本本", chat="9")
    console.app.desk.review.propose("bob", "care.entry", ["咱这片儿咋弄那个绿本本"])
    console.app.accounts.create("bob", "operator", by="boss")
    console.app.accounts.disable("bob", "boss")
    draft, flying = broadcasts(console)
    page = hand("boss", "admin", refused=(404,))
    for path in (
        "/broadcasts",
        "/broadcasts/new",
        f"/broadcasts/{draft}",
        f"/broadcasts/{flying}",
        "/",
        "/?status=closed",
        "/search",
        "/search?text=透析",
        "/settings",
        "/accounts",
        "/shift",
        "/audit",
        "/oversight",
        "/people",
        "/directory?district=yanta",
        "/unmatched",
        f"/case/{number}/sheet",
        "/case/99",
    ):
        page.goto(f"{console.url}/desk{path}")
        assert barriers(page) == [], path
    page.goto(f"{console.url}/desk/settings")
    send(page, "form[action$='/totp'] button")
    assert page.locator(".qr").count() == 1 and barriers(page) == []
    page.goto(f"{console.url}/desk/case/{number}")
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible() and barriers(page) == []


def test_a_broadcast_with_everything_open(console: Console, hand: Hand) -> None:
    page = hand("boss", "admin")
    for number in broadcasts(console):
        page.goto(f"{console.url}/desk/broadcasts/{number}")
        page.evaluate("document.querySelectorAll('details').forEach(box => { box.open = true; })")
        assert barriers(page) == []


def test_a_case_with_everything_open(console: Console, hand: Hand) -> None:
    number = console.case()
    page = hand("boss", "admin", path=f"/case/{number}?understood=1")
    page.fill("#note", "a note")
    send(page, ".write.note button")
    hand("bob", path=f"/case/{number}")
    page.goto(f"{console.url}/desk/case/{number}?understood=1")
    page.evaluate("document.querySelectorAll('details').forEach(box => { box.open = true; })")
    assert page.locator("#others").is_visible() and page.locator(".line.note").count() == 1
    assert barriers(page) == []
    page.set_viewport_size({"width": 320, "height": 568})
    assert barriers(page) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_a_screen_reader_is_told(console: Console, hand: Hand, lang: str) -> None:
    number = console.case()
    page = hand(lang=lang, path=f"/case/{number}")
    for role in ("banner", "navigation", "search", "main"):
        assert page.get_by_role(role).count() == 1, role
    assert page.get_by_role("heading", level=1).count() == 1
    assert page.get_by_role("alert").count() == 1 and page.get_by_role("status").count() >= 1
    for name in ("回复居民", "内部备注") if lang == "zh" else ("Answer the resident", "Private note"):
        assert page.get_by_role("textbox", name=name).count() == 1
    assert page.locator("nav [aria-current=page]").count() == 1
    twice = "[...document.querySelectorAll('[id]')].map(e => e.id).filter((id, at, all) => all.indexOf(id) !== at)"
    assert page.evaluate(twice) == []
