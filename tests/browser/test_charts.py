"""The brief and its charts in a real browser: nothing is cut off or overlaps, on a phone, on a screen and on paper.

With HOTLINE_SHOTS set to a folder the pictures are left there to be looked at.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from bot.brief import render
from bot.figures import Figures
from bot.names import Names
from intents.load import data_folder, load
from tests.fakes.engine import NOON
from tests.fakes.figures import busy, due, empty

OVERLAPS = """() => {
  const wrong = [];
  for (const svg of document.querySelectorAll('svg')) {
    const frame = svg.getBoundingClientRect();
    const boxes = [...svg.querySelectorAll('text')].map((text) => [text.textContent, text.getBoundingClientRect()]);
    for (const [i, [words, box]] of boxes.entries()) {
      if (box.left < frame.left - 2 || box.right > frame.right + 2) wrong.push(`outside: ${words}`);
      for (const [other, its] of boxes.slice(i + 1))
        if (box.left < its.right - 1 && its.left < box.right - 1 && box.top < its.bottom - 3 && its.top < box.bottom - 3)
          wrong.push(`${words} over ${other}`);
    }
  }
  return wrong;
}"""


@pytest.fixture(scope="module")
def names() -> Names:
    return Names(load(data_folder()))


@pytest.mark.parametrize("day", [busy(), busy(1), busy(24), empty()], ids=["busy", "morning", "evening", "empty"])
@pytest.mark.parametrize("width", [320, 820, 1280])
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_of_it_can_be_read(chromium: Any, names: Names, day: Figures, width: int, lang: str, scheme: str, request: Any) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 700}, color_scheme=scheme, device_scale_factor=2)
    wrong: list[str] = []
    try:
        page = context.new_page()
        page.on("console", lambda message: wrong.append(message.text))
        page.on("request", lambda asked: wrong.append(asked.url) if asked.url.startswith("http") else None)
        page.set_content(render(day, due(), names, lang, NOON))
        assert page.evaluate(OVERLAPS) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        least = page.evaluate("Math.min(...[...document.querySelectorAll('svg text')].map((each) => each.getBoundingClientRect().height))")
        assert least >= 11
        if folder := os.environ.get("HOTLINE_SHOTS"):
            page.screenshot(path=str(Path(folder) / f"brief-{request.node.callspec.id}.png"), full_page=True)
    finally:
        context.close()
    assert wrong == []


def test_it_prints_on_few_sheets(chromium: Any, names: Names) -> None:
    context = chromium.new_context()
    try:
        page = context.new_page()
        page.set_content(render(busy(24), due(), names, "zh", NOON))
        pdf = page.pdf(format="A4", prefer_css_page_size=True, print_background=True)
    finally:
        context.close()
    if folder := os.environ.get("HOTLINE_SHOTS"):
        (Path(folder) / "brief.pdf").write_bytes(pdf)
    assert 1 <= pdf.count(b"/Type /Page\n") <= 3
