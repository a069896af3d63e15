"""A look at a database changes nothing and tells the same of both engines."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.store.connection import Connection
from bot.store.migrations import MIGRATIONS
from bot.store.open import open_engine
from bot.store.schema import migrate
from bot.store.store import Store
from bot.store.survey import survey
from tests.bot.store.play import answer, incoming
from tests.fakes.engine import NOON
from tests.postgres import Postgres


def test_what_waits(database: str, store: Store) -> None:
    for chat in ("1", "2", "3"):
        store.accept(incoming(chat))
    answer(store, "telegram:1")
    found = survey(database)
    assert (found.version, found.newest, found.half, found.writable) == (len(MIGRATIONS), len(MIGRATIONS), False, True)
    assert found.chats == 2 and found.outbox["pending"] == 1 and found.oldest == NOON and found.size > 10_000
    assert (found.free is None) == (found.engine == "postgresql")


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS)))
def test_an_earlier_version_stays_what_it_is(database: str, version: int) -> None:
    open_engine(database, lambda db: migrate(db, 0, version)).close()
    found = survey(database)
    assert found.version == version and found.chats == 0 and set(found.outbox.values()) == {0}
    assert survey(database).version == version


def test_a_database_without_tables(postgres: Postgres) -> None:
    found = survey(postgres.fresh())
    assert (found.version, found.chats, dict(found.outbox)) == (0, 0, {})


def test_the_roles_of_the_setup(postgres: Postgres) -> None:
    """deploy/postgresql.sql makes a role and a database that the service can use."""
    script = (Path(__file__).parents[3] / "deploy" / "postgresql.sql").read_text(encoding="utf-8")
    lines = [line for line in script.replace(":'password'", "'secret'").splitlines() if not line.startswith(("\\", "--"))]
    for statement in " ".join(lines).split(";"):
        if statement.strip():
            postgres.run(statement)
    url = postgres.url("hotline").replace("postgres@", "hotline@")
    store = Store(url)
    try:
        store.accept(incoming())
    finally:
        store.close()
    assert survey(url).writable and survey(url).chats == 1


def test_a_server_that_is_away() -> None:
    with pytest.raises(StoreError, match="cannot be used"):
        survey("postgresql://me:secret@127.0.0.1:1/hotline")


def test_it_cannot_write(database: str, store: Store) -> None:
    from bot.store.snapshot import open_snapshot

    def scribble(db: Connection) -> None:
        db.execute("DELETE FROM inbox")

    snapshot = open_snapshot(database)
    try:
        with pytest.raises(StoreError):
            snapshot.read(scribble)
    finally:
        snapshot.close()
