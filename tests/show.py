"""The pictures of the sheets in ``data/show``, made in the real browser and shipped.

python -m tests.show check     names the pictures whose words have changed since they were made
python -m tests.show update    makes those anew (make pictures); --all makes every one
"""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from bot.settings import REPLAY
from bot.show import FOLDER, HASHES, KINDS, Sheet, Shows
from bot.texts import Texts
from bot.web.app import create
from bot.web.serve import server
from intents.load import data_folder, load
from tests.fakes.desk import SECRET, FakeDesk
from tests.png import pixels, small

CHROMIUM = Path("/usr/bin/chromium")
WIDTH = 480
"""CSS pixels; twice as many in the file."""
ACCENT = (0xA8, 0x07, 0x1A)
"""The red of the lines in show.css."""


@cache
def shows() -> Shows:
    """The sheets of the data that ships, at the day that is replayed."""
    return Shows(Texts(load()), data_folder(), lambda: REPLAY)


def sheets() -> list[Sheet]:
    """Every sheet that has a choice of rules of its own."""
    found = [shows().sheet(kind, place[0]) for kind in KINDS for place in shows().places(kind)]
    return [sheet for sheet in found if sheet is not None]


def written() -> dict[str, str]:
    """Which words each picture was made of."""
    path = data_folder() / FOLDER / HASHES
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def stale() -> list[Sheet]:
    """The sheets without a picture of the present words."""
    made = written()
    return [s for s in sheets() if made.get(s.name) != s.fingerprint or not (data_folder() / FOLDER / f"{s.name}.png").is_file()]


@contextmanager
def site() -> Iterator[str]:
    """The page on a free port; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    desk = FakeDesk()
    texts = Texts(load())
    web = server(create(desk, texts, secret=SECRET, cases=desk, replay=REPLAY, shows=shows()), "127.0.0.1", port)
    thread = threading.Thread(target=lambda: asyncio.run(web.serve()), daemon=True)
    thread.start()
    end = time.monotonic() + 10
    while not web.started and time.monotonic() < end:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    web.should_exit = True
    thread.join(10)


def update(wanted: list[Sheet]) -> None:
    """Make the pictures of these sheets, and write down what all of them are made of."""
    from playwright.sync_api import sync_playwright

    folder = data_folder() / FOLDER
    with site() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": WIDTH, "height": 600}, device_scale_factor=2)
        empty = browser.new_page()
        # As it is printed: black on white, without what belongs to the page only.
        page.emulate_media(media="print", color_scheme="light")
        for sheet in wanted:
            page.goto(f"{url}/show/{sheet.kind}?city={sheet.city}")
            picture = small(pixels(empty, page.locator("body").screenshot()), ACCENT)
            (folder / f"{sheet.name}.png").write_bytes(picture)
            print(f"{sheet.name}.png")
        browser.close()
    made = {sheet.name: sheet.fingerprint for sheet in sheets()}
    (folder / HASHES).write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")


def main() -> int:
    """Name or make what is stale."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("do", choices=["check", "update"])
    parser.add_argument("--all", action="store_true", help="make every picture anew")
    args = parser.parse_args()
    if args.do == "check":
        for sheet in stale():
            print(f"data/{FOLDER}/{sheet.name}.png is older than its words: make pictures")
        return 1 if stale() else 0
    wanted = sheets() if args.all else stale()
    if wanted:
        update(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
