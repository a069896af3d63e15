"""The README's two pictures: the whole service as ``hotline run`` starts it, asked in a real browser."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PHONE = {"viewport": {"width": 412, "height": 915}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
ASKED = {
    "zh": ("zh-CN", "我妈要透析，小区封了怎么去医院，雁塔区"),
    "en": ("en-GB", "My mother needs dialysis, our compound in Yanta is sealed. How do we get there?"),
}


@pytest.fixture(scope="module")
def address(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the running service: a free port, a database of its own, the shipped replay. Needs the browser, so it starts last."""
    database = tmp_path_factory.mktemp("pictures") / "hotline.db"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HOTLINE_", "TELEGRAM_"))}
    kept |= {name: os.environ[name] for name in ("HOTLINE_CACHE", "HOTLINE_DATA") if name in os.environ}
    env = kept | {"HOTLINE_PORT": "0", "HOTLINE_DATABASE": str(database), "HOTLINE_LOG_LEVEL": "WARNING"}
    command = [sys.executable, "-m", "bot.cli", "run"]
    with subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True, encoding="utf-8") as service:
        assert service.stderr is not None
        said: list[str] = []
        for line in service.stderr:
            said.append(line)
            if found := re.search(r"http://127\.0\.0\.1:\d+/", line):
                yield found[0]
                break
        else:
            pytest.fail(f"the service did not start:\n{''.join(said)}")
        service.send_signal(signal.SIGTERM)
        rest = service.stderr.read()
        assert service.wait(20) == 0, rest


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_picture_of_the_page(lang: str, address: str, chromium: Any, shot: Callable[..., None]) -> None:
    locale, question = ASKED[lang]
    context = chromium.new_context(locale=locale, **PHONE)
    page = context.new_page()
    page.goto(address)
    page.fill("#text", question)
    page.tap("#send")
    page.wait_for_selector(".line.bot")
    assert question in page.inner_text(".line.mine")
    assert page.locator(".line.bot a[href^='tel:']").count() > 0
    page.evaluate("window.scrollTo(0, 0)")
    page.wait_for_function("window.scrollY === 0")
    shot(page, f"page-{lang}")
    context.close()
