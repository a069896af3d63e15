"""Fifty operators at work beside residents who write a hundred messages a second, and how soon a danger stands on an open console.

``python -m tests.bench.desk_load``. The real service in a process of its own, with the real understanding, on SQLite; everybody comes over
HTTP. An operator asks for a page every two seconds: the queue, a case, a search; one in four takes a case or writes a note.
"""

from __future__ import annotations

import http.client
import itertools
import json
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from bot import passwords
from bot.accounts import Accounts
from bot.clock import SystemClock
from bot.login import LASTS
from bot.store import sessions
from bot.store.store import Store

OPERATORS, RATE, SECONDS, WRITERS = 50, 100, 30, 24
THINKS = 2.0
BAR = 2.0
"""Seconds from a resident's message to the console."""
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DANGER = "我爸胸口疼得厉害，喘不上气，出冷汗，雁塔区"
SAYS = ("雁塔区哪里可以做透析", "降压药吃完了，没人送药", "医院不收我妈，她要化疗", "怎么出小区去医院", "孩子发烧39度", "没菜了三天了")


@dataclass
class Took:
    """What was measured, in seconds."""

    residents: list[float] = field(default_factory=list)
    operators: list[float] = field(default_factory=list)
    dangers: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


def main() -> int:
    """Run it and print what came of it; 1 where a bar is missed."""
    with tempfile.TemporaryDirectory() as made:
        path = Path(made) / "load.db"
        port = _free_port()
        environment = {**os.environ, "HOTLINE_DATABASE": str(path), "HOTLINE_PORT": str(port), "HOTLINE_LOG_LEVEL": "ERROR"}
        environment |= {"HOTLINE_BRIEF_HOUR": "off", "TELEGRAM_BOT_TOKEN": ""}
        service = subprocess.Popen([sys.executable, "-m", "bot.cli", "run"], env=environment, stderr=subprocess.DEVNULL)
        try:
            _until_up(port)
            took = _work(port, _tokens(path))
        finally:
            service.terminate()
            service.wait(30)
    return _tell(took)


def _work(port: int, tokens: list[tuple[str, str]]) -> Took:
    took, end = Took(), threading.Event()
    for _ in range(20):  # some cases to work on
        _writes(port, random.choice(SAYS), took.failed)
    threads = [threading.Thread(target=_operator, args=(port, *token, took, end)) for token in tokens]
    ticket = itertools.count()
    begun = time.perf_counter()
    threads += [threading.Thread(target=_resident, args=(port, ticket, begun, took, end)) for _ in range(WRITERS)]
    threads.append(threading.Thread(target=_danger, args=(port, tokens[0][0], took, end)))
    for thread in threads:
        thread.start()
    time.sleep(SECONDS)
    end.set()
    for thread in threads:
        thread.join(30)
    return took


def _resident(port: int, ticket: itertools.count[int], begun: float, took: Took, end: threading.Event) -> None:
    """One of those who write, each at the moment that the common rate gives them."""
    dice = random.Random(threading.get_ident())
    while not end.is_set():
        at = begun + next(ticket) / RATE
        if (wait := at - time.perf_counter()) > 0 and end.wait(wait):
            return
        start = time.perf_counter()
        if _writes(port, dice.choice(SAYS), took.failed):
            took.residents.append(time.perf_counter() - start)


def _writes(port: int, text: str, failed: list[str], answer: list[str] | None = None) -> bool:
    return _ask(port, "POST", "/", failed, urllib.parse.urlencode({"text": text}), FORM, answer)


def _operator(port: int, token: str, csrf: str, took: Took, end: threading.Event) -> None:
    dice = random.Random(token)
    cookie = {"Cookie": f"hotline_desk={token}"}
    while not end.wait(dice.uniform(0, 2 * THINKS)):
        number = dice.randint(1, 20)
        kind = dice.randint(0, 7)
        start = time.perf_counter()
        if kind < 3:
            good = _ask(port, "GET", "/desk/", took.failed, None, cookie)
        elif kind < 5:
            good = _ask(port, "GET", f"/desk/case/{number}", took.failed, None, cookie)
        elif kind < 6:
            good = _ask(port, "GET", "/desk/search?text=%E9%80%8F%E6%9E%90", took.failed, None, cookie)
        else:
            body = urllib.parse.urlencode({"csrf": csrf, "note": "在办", "once": passwords.token()[:20]})
            good = _ask(port, "POST", f"/desk/case/{number}/{'note' if kind == 6 else 'take'}", took.failed, body, {**cookie, **FORM})
        if good:
            took.operators.append(time.perf_counter() - start)


def _danger(port: int, token: str, took: Took, end: threading.Event) -> None:
    """Every three seconds somebody is in danger; an open console hears of it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/desk/events", headers={"Cookie": f"hotline_desk={token}"})
    stream = connection.getresponse()
    opened: dict[int, float] = {}

    def listen() -> None:
        while not end.is_set():
            line = stream.fp.readline() if stream.fp else b""
            if line.startswith(b"data: "):
                now = time.perf_counter()
                opened.update((number, now) for number in json.loads(line[6:]).get("opened", ()) if number not in opened)

    threading.Thread(target=listen, daemon=True).start()
    while not end.wait(3):
        start = time.perf_counter()
        answer: list[str] = []
        _writes(port, DANGER, took.failed, answer)
        found = re.search(r"(?:编号|#)\s*(\d+)", answer[0]) if answer else None
        if found is None:
            took.failed.append("no case in the answer")
            continue
        while int(found[1]) not in opened and time.perf_counter() < start + 10:
            time.sleep(0.005)
        took.dangers.append(opened.get(int(found[1]), float("inf")) - start)


def _ask(
    port: int,
    method: str,
    path: str,
    failed: list[str],
    body: str | None = None,
    headers: dict[str, str] | None = None,
    kept: list[str] | None = None,
) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        text = answer.read()
        if kept is not None:
            kept.append(text.decode("utf-8", "replace"))
        if answer.status >= 500 or answer.status in (401, 403, 429):
            failed.append(f"{path} {answer.status}")
        # 409: somebody else was quicker, which is an answer.
        return answer.status < 500
    except OSError as error:
        failed.append(type(error).__name__)
        return False
    finally:
        connection.close()


def _tokens(path: Path) -> list[tuple[str, str]]:
    """Fifty operators who are signed in; no password is hashed."""
    clock, made = SystemClock(), []
    store = Store(str(path), clock)
    accounts = Accounts(store, clock)
    for number in range(OPERATORS):
        name = f"op{number}"
        accounts.create(name, "operator")
        token, csrf, now = passwords.token(), passwords.token(), clock.now()
        store.write(
            lambda db, given=(name, token, csrf, now): sessions.add(  # type: ignore[misc]
                db, given[0], passwords.fingerprint(given[1]), given[2], "", given[3], given[3] + LASTS
            )
        )
        made.append((token, csrf))
    store.close()
    return made


def _tell(took: Took) -> int:
    table = Table(title=f"{OPERATORS} operators beside {RATE} messages a second for {SECONDS} s (SQLite): milliseconds")
    for name in ("what", "a second", "p50", "p95", "most"):
        table.add_column(name, justify="left" if name == "what" else "right")
    for name, samples in (("residents: written and answered", took.residents), ("operators: a page or an act", took.operators)):
        p50, p95 = np.percentile(samples, [50, 95]) * 1000 if samples else (0.0, 0.0)
        table.add_row(name, f"{len(samples) / SECONDS:.1f}", f"{p50:.0f}", f"{p95:.0f}", f"{max(samples, default=0) * 1000:.0f}")
    most = max(took.dangers, default=float("inf"))
    table.add_row(f"danger: written to console ({len(took.dangers)})", "", "", "", f"{most * 1000:.0f}")
    Console(width=110).print(table)
    holds = most <= BAR and not took.failed
    print(f"danger to the console in at most {BAR:.0f} s: {'holds' if most <= BAR else 'MISSED'}; failed: {took.failed[:5] or 'none'}")
    return 0 if holds else 1


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _until_up(port: int) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the service did not start")


if __name__ == "__main__":
    sys.exit(main())
