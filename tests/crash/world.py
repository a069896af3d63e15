"""What is around the service: the fake Bot API as a program, and the two databases."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.crash.checker import Evidence, Out, Row
from tests.postgres import Postgres

FAULTS: tuple[dict[str, Any], ...] = (
    {"fault": "429", "retry_after": 1, "chance": 0.01},
    {"fault": "500", "chance": 0.01},
    {"fault": "502", "chance": 0.01},
    {"fault": "garbage", "chance": 0.005},
    {"fault": "close", "chance": 0.01},
    {"fault": "close_after", "chance": 0.01},
    {"fault": "reset", "chance": 0.01},
    {"fault": "reset_after", "chance": 0.01},
    {"fault": "timeout", "seconds": 3, "chance": 0.005},
    {"fault": "timeout_after", "seconds": 3, "chance": 0.005},
    {"fault": "slow", "seconds": 0.5, "chance": 0.03},
    {"method": "getUpdates", "fault": "500", "chance": 0.05},
    {"method": "getUpdates", "fault": "close_after", "chance": 0.05},
    {"method": "getUpdates", "fault": "garbage", "chance": 0.02},
    {"method": "*Webhook", "fault": "close_after", "chance": 0.1},
    {"fault": "duplicate", "chance": 0.05},
    {"fault": "unknown", "chance": 0.02},
)
"""By chance, each at any number of calls."""


class Api:
    """The fake Bot API in a process of its own."""

    def __init__(self, folder: Path, seed: int, faults: Sequence[dict[str, Any]] = FAULTS) -> None:
        rules = folder / "faults.json"
        rules.write_text(json.dumps([{"times": 0, **fault} for fault in faults]), encoding="utf-8")
        command = [sys.executable, "-m", "tests.fakes.bot_api", "--rules", str(rules), "--seed", str(seed)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()

    def ask(self, what: str, body: Any = None) -> Any:
        """One question to the control endpoint."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/control/{what}", data=data, method="GET" if data is None else "POST")
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


Query = Callable[[str], list[Any]]


def sqlite(path: Path) -> Query:
    """Reads the file, as it is on the disk."""

    def query(statement: str) -> list[Any]:
        with closing(sqlite3.connect(path)) as db:
            return db.execute(statement).fetchall()

    return query


def postgres(server: Postgres, name: str) -> Query:
    """Reads a database of the server."""
    return lambda statement: server.run(statement, name)


def open_work(query: Query) -> int:
    """Messages that have no turn yet, and replies on their way."""
    inbox, outbox = "status = 'open'", "status IN ('pending', 'sending')"
    return sum(int(query(f"SELECT count(*) FROM {table} WHERE {which}")[0][0]) for table, which in (("inbox", inbox), ("outbox", outbox)))


def settle(api: Api, query: Query, seconds: float) -> bool:
    """Wait until nothing waits anywhere; whether that was so in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if api.ask("state")["waiting"] == 0 and open_work(query) == 0:
            return True
        time.sleep(0.2)
    return False


def gather(api: Api, query: Query, said: list[tuple[int, int]]) -> Evidence:
    """Everything there is to know at the end."""
    record = api.ask("record")
    ours = {update for update, _ in said}
    inbox = [
        Row(row, number, int(chat), status)
        for row, update, chat, status in query("SELECT id, update_id, chat, status FROM inbox ORDER BY id")
        if (number := int(update.rpartition(":")[2])) in ours
    ]
    turns = query("SELECT inbox_id, address FROM messages WHERE author = 'resident' ORDER BY id")
    outbox = query("SELECT id, key, address, text, status FROM outbox ORDER BY id")
    chats = {chat for _, chat in said}
    return Evidence(
        said=said,
        confirmed=set(record["confirmed"]),
        inbox=inbox,
        turns=[(row, chat) for row, address in turns if (chat := _chat(address)) in chats],
        outbox=[
            Out(row, int(key.split(":")[1]), chat, text.strip(), status)
            for row, key, address, text, status in outbox
            if (chat := _chat(address)) in chats
        ],
        received=[(sent["chat"], sent["text"].strip()) for sent in record["sent"]],
    )


def _chat(address: str) -> int:
    """The chat of an address; 0 for one that is nobody's."""
    number = address.rpartition(":")[2]
    return int(number) if number.lstrip("-").isdecimal() else 0
