"""A run: residents write without a pause, processes are killed at random moments, and in the end all is counted."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal

from tests.crash.checker import Verdict, check
from tests.crash.fleet import Balancer, Member, environment
from tests.crash.world import Api, Query, gather, open_work, postgres, settle, sqlite
from tests.postgres import Postgres, serve

Engine = Literal["sqlite", "postgresql"]
SAYS = ("/start", "我妈要透析，小区封了怎么去医院，雁塔区", "谢谢", "给我讲个笑话", "fever clinic near Wangjing?")
"""Few, because reading them costs the time; neighbours have different replies, so that a missing one shows."""
CHATS = 30
MOST_WAITING = 100
"""Residents fall silent while so many messages wait."""
MOST_OPEN = 300
"""And while so many have no turn yet or so many replies are on their way: what piles up in half an hour of kills, of which each
leaves the chats on their way waiting for a lease, would take longer to settle than the run."""
SETTLE_SECONDS = 180.0
SERVER_RESTARTS = 8
"""One restart of the database server for so many kills."""


@dataclass
class Result:
    """What a run came to."""

    engine: Engine
    kills: int = 0
    early: int = 0
    """Kills while the process was still starting."""
    server_restarts: int = 0
    seconds: float = 0.0
    said: int = 0
    stored: int = 0
    received: int = 0
    settled: bool = False
    exits: list[int] = field(default_factory=list)
    """Of the graceful end."""
    verdict: Verdict = field(default_factory=Verdict)

    @property
    def fine(self) -> bool:
        """Whether nothing is wrong."""
        return self.settled and not self.verdict.wrong and not any(self.exits)


class Residents:
    """Write to the bot from a thread of their own until they are told to stop."""

    def __init__(self, api: Api, seed: int, behind: Callable[[], int] = lambda: 0) -> None:
        """``behind``: how much the service has to do still; what it raises counts as nothing."""
        self.said: list[tuple[int, int]] = []
        self._api = api
        self._behind = behind
        self._chance = random.Random(f"{seed} residents")
        self._turns = dict.fromkeys(range(1, CHATS + 1), 0)
        self._stop = threading.Event()
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            while not self._stop.wait(0.1):
                if self._api.ask("state")["waiting"] < MOST_WAITING and self._open() < MOST_OPEN:
                    self._write()
        except Exception as error:
            self._failure = error

    def _open(self) -> int:
        try:
            return self._behind()
        except Exception:
            return 0  # the database server is being restarted, and residents know nothing of that

    def _write(self) -> None:
        chats = [self._chance.randint(1, CHATS) for _ in range(self._chance.randint(1, 5))]
        lines = []
        for chat in chats:
            lines.append({"chat": chat, "text": SAYS[(self._turns[chat] + chat) % len(SAYS)]})
            self._turns[chat] += 1
        self.said += zip(self._api.ask("says", lines), chats, strict=True)

    def close(self) -> None:
        """Fall silent. Raises what they met."""
        self._stop.set()
        self._thread.join()
        if self._failure is not None:
            raise self._failure


@contextmanager
def database(engine: Engine, folder: Path) -> Iterator[tuple[str, Query, Postgres | None]]:
    """A new database: its setting, a way to read it, and its server where there is one."""
    if engine == "sqlite":
        yield str(folder / "hotline.db"), sqlite(folder / "hotline.db"), None
        return
    with serve() as server:
        server.run("CREATE DATABASE crash")
        yield server.url("crash"), postgres(server, "crash"), server


def play(engine: Engine, kills: int, seed: int, folder: Path, tick: Callable[[], object] = lambda: None) -> Result:
    """Run it; ``tick`` is called after each kill. The moments are drawn from ``seed``."""
    result, begun = Result(engine), time.monotonic()
    chance = random.Random(f"{seed} {engine}")
    with database(engine, folder) as (url, query, server):
        api = Api(folder, seed)
        members = [Member(folder, number, environment(folder, url, api.url)) for number in range(3 if server else 1)]
        balancer = Balancer([member.port for member in members])
        try:
            for member in members:
                _start(member, balancer.url, may_fail=False)
            residents = Residents(api, seed, partial(open_work, query))
            try:
                for number in range(1, kills + 1):
                    time.sleep(chance.uniform(0.05, 1.0))
                    _kill(chance.choice(members), chance, result, balancer.url, switch=server is None)
                    if server is not None and number % SERVER_RESTARTS == 0:
                        _restart(server, chance)
                        result.server_restarts += 1
                        _revive(members, balancer.url)
                    tick()
            finally:
                residents.close()
            _revive(members, balancer.url)
            result.settled = settle(api, query, SETTLE_SECONDS)
            result.exits = [member.end() for member in members]
            found = gather(api, query, residents.said)
        finally:
            for member in members:
                member.kill()
            balancer.close()
            api.close()
    result.verdict = check(found)
    result.said, result.stored, result.received = len(found.said), len(found.inbox), len(found.received)
    result.seconds = time.monotonic() - begun
    return result


def _kill(member: Member, chance: random.Random, result: Result, webhook: str, *, switch: bool) -> None:
    """Kill one and start it again: of a single process, now polling and now with a webhook; now and then before it is ready."""
    member.kill()
    result.kills += 1
    where = "" if switch and chance.random() < 0.5 else webhook
    member.start(where)
    if chance.random() < 0.2 and not member.listens(chance.uniform(0.0, 1.5)):
        result.early += 1
        member.kill()
        member.start(where)
    if switch:
        _start(member, where, may_fail=False, running=True)


def _start(member: Member, webhook: str, *, may_fail: bool, running: bool = False) -> None:
    if not running:
        member.start(webhook)
    while not member.listens():
        if not may_fail:
            raise RuntimeError(f"the service does not start: {member.last_lines()}")
        member.kill()
        member.start(webhook)


def _restart(server: Postgres, chance: random.Random) -> None:
    server.stop()
    time.sleep(chance.uniform(0.0, 1.0))
    server.start()


def _revive(members: list[Member], webhook: str) -> None:
    """A process that started while the server was away has ended, as it says it will; whatever runs it starts it again."""
    for member in members:
        _start(member, webhook, may_fail=True, running=True)
