"""A backup that is made while residents write is a whole moment of the service: restored, it goes on from there."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from tests.crash.checker import check
from tests.crash.fleet import Balancer, Member, environment
from tests.crash.play import Engine, Residents, database
from tests.crash.world import Api, Query, gather, postgres, settle, sqlite
from tests.postgres import Postgres

SEED, HANDLED, SECONDS = 11, 120, 120.0


def hotline(*given: str, env: dict[str, str]) -> None:
    command = [str(Path(sys.executable).with_name("hotline")), *given]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stderr


def until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not done():
        assert time.monotonic() < end
        time.sleep(0.05)


def empty(engine: Engine, folder: Path, server: Postgres | None) -> tuple[str, Query]:
    if server is None:
        return str(folder / "restored.db"), sqlite(folder / "restored.db")
    server.run("CREATE DATABASE restored")
    return server.url("restored"), postgres(server, "restored")


@pytest.mark.parametrize("engine", get_args(Engine))
def test_a_backup_under_load_is_a_whole_moment(engine: Engine, tmp_path: Path) -> None:
    later = tmp_path / "later"
    later.mkdir()
    with database(engine, tmp_path) as (url, query, server):
        api = Api(tmp_path, SEED)
        members = [Member(tmp_path, number, environment(tmp_path, url, api.url)) for number in range(2 if server else 1)]
        balancer = Balancer([member.port for member in members])
        try:
            for member in members:
                member.start(balancer.url)
                assert member.listens()
            residents = Residents(api, SEED)
            try:
                until(lambda: int(query("SELECT count(*) FROM inbox WHERE status = 'done'")[0][0]) > HANDLED)
                before = set(api.ask("record")["confirmed"])
                hotline("backup", str(tmp_path / "backup.db"), env=environment(tmp_path, url, ""))
                during = set(api.ask("record")["confirmed"])
            finally:
                residents.close()
            assert during > before  # they wrote on meanwhile
        finally:
            for member in members:
                member.kill()
            balancer.close()
        restored, kept = empty(engine, tmp_path, server)
        hotline("restore", str(tmp_path / "backup.db"), env={**os.environ, **environment(tmp_path, restored, "")})
        other = Api(later, SEED, ())
        again = Member(later, 0, environment(later, restored, other.url))
        try:
            again.start("")
            assert again.listens() and settle(other, kept, SECONDS) and again.end() == 0
            found = gather(api, kept, [(update, chat) for update, chat in residents.said if update in before])
            found.received += [(sent["chat"], sent["text"].strip()) for sent in other.ask("record")["sent"]]
        finally:
            again.kill()
            other.close()
            api.close()
    assert len(found.said) > HANDLED / 2
    assert check(found, arrivals=False).wrong == []
    ours = {row.id for row in found.inbox}
    due = Counter((out.chat, out.text) for out in found.outbox if out.inbox in ours)
    assert due - Counter(found.received) == Counter()
