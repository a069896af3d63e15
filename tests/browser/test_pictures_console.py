"""The README's pictures of the console: the queue and a case on a busy noon, with residents, words and places made up for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.clock import FrozenClock
from bot.desk import Desk
from intents.engine import Engine
from tests.browser.conftest import watched
from tests.browser.console import Console, broadcasts, open_console, sign_in
from tests.fakes.engine import NOON

SAID = {
    "zh": (
        ("我妈在雁塔区，要透析，医院说没有核酸报告不收", 34),
        ("碑林区的高血压药快吃完了，小区封着出不去，想找志愿者帮忙买药", 22),
        ("莲湖区，我怀孕三十八周，快生了，医院不让进，找人工", 9),
        ("120打不通，我爸胸口疼得厉害，出冷汗，在雁塔区", 2),
    ),
    "en": (
        ("My mother needs dialysis, we are in Yanta, and the hospital refused her without a PCR report", 34),
        ("My blood pressure medicine in Beilin runs out, our compound is sealed, I need a person to bring it", 22),
        ("I am 38 weeks pregnant in Lianhu and the hospital refuses to let me in, I want to talk to a person", 9),
        ("120 does not answer, my father has bad chest pain and a cold sweat, we are in Yanta", 2),
    ),
}
MINUTES = 60
WROTE = {
    "zh": ("我们正在联系医院，请把手机放在手边。她上次透析是哪天？", "星期五做的，今天腿肿了", "家属说走路能到小区南门；已请值班电话回拨"),
    "en": (
        "We are calling the hospital; please keep your phone at hand. When was her last dialysis?",
        "On Friday, and her legs are swollen today",
        "The family can walk to the south gate; the duty line was asked to call back",
    ),
}


@pytest.fixture
def noon(chromium: Any, real_engine: Engine, tmp_path: Path) -> Iterator[Console]:
    """The service at a moment of the replay."""
    with open_console(tmp_path / "hotline.db", real_engine, FrozenClock(NOON)) as found:
        yield found


def busy(console: Console, lang: str) -> int:
    """Fill the queue; the case that somebody works on."""
    clock = console.clock
    assert isinstance(clock, FrozenClock)
    since, numbers = MINUTES, []
    for chat, (text, ago) in enumerate(SAID[lang], 11):
        clock.advance(60 * (since - ago))
        since = ago
        numbers.append(console.case(text, str(chat)))
    console.account("lin", "operator", lang)
    desk, (answer, back, note) = Desk(console.app.store, clock, "lin", hurry=console.app.hotline.hurry), WROTE[lang]
    desk.take(numbers[0])
    desk.answer(numbers[0], answer)
    clock.advance(60)
    console.says(back, "11")
    desk.note(numbers[0], note)
    # As if Telegram had taken everything.
    console.app.store.write(lambda db: db.execute("UPDATE outbox SET status = 'sent'"))
    return numbers[0]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_picture_of_the_console(lang: str, noon: Console, chromium: Any, shot: Callable[..., None]) -> None:
    number = busy(noon, lang)
    with watched(chromium, noon.url) as open_page:
        page = sign_in(noon, open_page, "lin", "operator", lang=lang, theme="light", viewport={"width": 1200, "height": 560})
        page.wait_for_selector("#cases li")
        assert page.locator("#cases li").count() == len(SAID[lang])
        assert page.locator("#cases .badge").first.inner_text().startswith("P0")
        page.mouse.move(0, 0)
        shot(page, f"desk-queue-{lang}")
        page.set_viewport_size({"width": 1200, "height": 800})
        page.goto(f"{noon.url}/desk/case/{number}")
        for words in WROTE[lang]:
            assert words in page.inner_text("#conversation")
        shot(page, f"desk-case-{lang}")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_picture_of_a_broadcast(lang: str, noon: Console, chromium: Any, shot: Callable[..., None]) -> None:
    _, number = broadcasts(noon)
    with watched(chromium, noon.url) as open_page:
        page = sign_in(noon, open_page, "lin", "operator", lang=lang, theme="light", viewport={"width": 1200, "height": 620})
        page.goto(f"{noon.url}/desk/broadcasts/{number}")
        assert "80 / 130" in page.inner_text("#flight")
        page.mouse.move(0, 0)
        shot(page, f"desk-broadcast-{lang}")
