"""Looking after the database by hand."""

from __future__ import annotations

import datetime as dt
import json
from functools import partial
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.model import Reply
from bot.settings import Settings
from bot.store import outbox
from bot.store.connection import Connection
from bot.store.store import Store
from tests.bot.commands import hotline, lines


def _put(db: Connection, number: int, now: dt.datetime) -> None:
    outbox.put(db, "telegram", f"telegram:{number}", number, (Reply("secretword"),), "reply", now)


@pytest.fixture
def waiting(settings: Settings) -> Store:
    """A database with one message in each state that needs a look."""
    store = Store("hotline.db")
    now = SystemClock().now()
    for number in range(4):
        store.write(partial(_put, number=number, now=now))
    rows = store.take("telegram", 3, now)
    store.dead(rows[0].id, 1, "blocked", now)
    store.uncertain(rows[1].id, 1, "timeout", now)
    store.close()
    return store


def test_the_outbox_is_shown_with_reasons_and_without_words(waiting: Store) -> None:
    shown = hotline("outbox")
    assert shown.exit_code == 0 and "secretword" not in shown.output
    assert [word for word in ("dead", "blocked", "uncertain", "timeout", "pending", "sending") if word not in shown.stdout] == []
    assert shown.stderr.strip() == "1 pending, 1 sending, 1 dead, 1 uncertain"
    items = lines(hotline("outbox", "--jsonl"))
    assert [item["status"] for item in items] == ["dead", "uncertain", "sending", "pending"]
    assert len(lines(hotline("outbox", "--jsonl", "--limit", "2"))) == 2


def test_what_is_dead_or_uncertain_is_sent_again(waiting: Store) -> None:
    dead = lines(hotline("outbox", "--jsonl"))[0]["id"]
    assert hotline("outbox", "retry").exit_code == 2
    assert hotline("outbox", "retry", "1", "--all").exit_code == 2
    assert "1 will be sent again" in hotline("outbox", "retry", str(dead)).stderr
    assert "1 will be sent again" in hotline("outbox", "retry", "--all").stderr
    assert "0 will be sent again" in hotline("outbox", "retry", "--all").stderr
    assert hotline("outbox").stderr.strip() == "3 pending, 1 sending, 0 dead, 0 uncertain"


def test_without_a_database(settings: Settings, tmp_path: Path) -> None:
    for args in (("outbox",), ("outbox", "retry", "--all")):
        result = hotline(*args)
        assert result.exit_code == 0 and "does not exist" in result.stderr
    assert not (tmp_path / "hotline.db").exists()


def test_a_database_is_copied(waiting: Store, tmp_path: Path) -> None:
    result = hotline("migrate-database", "hotline.db", "other.db")
    assert result.exit_code == 0 and "4 outbox" in result.stdout and "HOTLINE_DATABASE" in result.stderr
    assert json.dumps(lines(hotline("outbox", "--jsonl", HOTLINE_DATABASE="other.db"))) == json.dumps(lines(hotline("outbox", "--jsonl")))
    again = hotline("migrate-database", "hotline.db", "other.db")
    assert again.exit_code == 2 and "not empty" in again.stderr


def test_a_password_is_never_shown(settings: Settings) -> None:
    away = "postgresql://me:top%5Esecret@127.0.0.1:1/hotline"
    for args in (("queue",), ("outbox",), ("migrate-database", away, "other.db"), ("migrate-database", "x.db", away)):
        Store("x.db").close()
        result = hotline(*args, HOTLINE_DATABASE=away)
        assert result.exit_code == 2 and "127.0.0.1:1/hotline" in result.stderr and "refused" in result.stderr
        assert "top" not in result.output and "secret" not in result.output
    for broken in ("postgresql://me:top%secret@h/d", "postgresql://me:top@secret:x@h:port/d"):
        result = hotline("queue", HOTLINE_DATABASE=broken)
        assert result.exit_code == 2 and "no PostgreSQL URL" in result.stderr and "secret" not in result.output


def test_a_backup_is_written_and_restored(waiting: Store, tmp_path: Path) -> None:
    result = hotline("backup", "backup.db")
    assert result.exit_code == 0 and "4 outbox" in result.stdout and "whole" in result.stderr
    again = hotline("backup", "backup.db")
    assert again.exit_code == 2 and "not overwritten" in again.stderr
    assert hotline("restore", "backup.db").exit_code == 2
    restored = hotline("restore", "backup.db", HOTLINE_DATABASE="other.db")
    assert restored.exit_code == 0 and "4 outbox" in restored.stdout
    assert lines(hotline("outbox", "--jsonl", HOTLINE_DATABASE="other.db")) == lines(hotline("outbox", "--jsonl"))
