"""What the staff did that is no case's: a chain of hashes for each account, over ids and kinds, never over anybody's words."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.clock import from_ms, to_ms
from bot.store.audit import chained
from bot.store.connection import Connection, Row
from bot.store.rows import dump

_ID = re.compile(r"[A-Za-z0-9_.:+-]{0,80}")
NOBODY = "?"
"""The chain of what no account can be named for: a name that was typed may be anything, even a password."""


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One link of an account's chain."""

    name: str
    seq: int
    at: dt.datetime
    kind: str
    detail: Mapping[str, str | int]


def record(db: Connection, name: str, kind: str, detail: Mapping[str, str | int], now: dt.datetime) -> None:
    """Add a link. A value that does not look like an id is replaced by ``?``."""
    safe = {key: value if isinstance(value, int) or _ID.fullmatch(value) else "?" for key, value in detail.items()}
    # The row of the chain is held until the transaction ends: two processes add one after the other.
    last = db.one(
        """
        INSERT INTO staff_chains (name, seq, hash) VALUES (:name, 1, '')
        ON CONFLICT (name) DO UPDATE SET seq = staff_chains.seq + 1 RETURNING seq, hash
        """,
        name=name,
    )
    assert last is not None  # noqa: S101  (it was written just now)
    seq, previous, text, at = int(last["seq"]), str(last["hash"]), dump(safe), to_ms(now)
    values = {"name": name, "seq": seq, "at": at, "kind": kind, "detail": text, "previous": previous}
    link = chained(previous, name, seq, at, kind, text)
    db.execute(
        """
        INSERT INTO staff_audit (name, seq, at, kind, detail, previous, hash) VALUES (:name, :seq, :at, :kind, :detail, :previous, :hash)
        """,
        **values,
        hash=link,
    )
    db.execute("UPDATE staff_chains SET hash = :hash WHERE name = :name", hash=link, name=name)


def trail(db: Connection, name: str, after: int = 0) -> list[StaffRow]:
    """The links of an account with numbers above ``after``, oldest first."""
    return [
        _row(row) for row in db.query("SELECT * FROM staff_audit WHERE name = :name AND seq > :after ORDER BY seq", name=name, after=after)
    ]


def newest(db: Connection, before: dt.datetime, most: int) -> list[StaffRow]:
    """The links of all accounts up to a moment, newest first."""
    sql = "SELECT * FROM staff_audit WHERE at <= :before ORDER BY at DESC, name, seq DESC LIMIT :most"
    return [_row(row) for row in db.query(sql, before=to_ms(before), most=most)]


def intact(db: Connection, name: str) -> bool:
    """Whether no link of an account was changed or taken out, the last one included."""
    previous, number = "", 0
    for number, row in enumerate(db.query("SELECT * FROM staff_audit WHERE name = :name ORDER BY seq", name=name), 1):
        expected = chained(previous, name, number, row["at"], row["kind"], row["detail"])
        if row["seq"] != number or row["previous"] != previous or row["hash"] != expected:
            return False
        previous = row["hash"]
    end = db.one("SELECT seq, hash FROM staff_chains WHERE name = :name", name=name)
    return (int(end["seq"]), end["hash"]) == (number, previous) if end else number == 0


def _row(row: Row) -> StaffRow:
    return StaffRow(row["name"], row["seq"], from_ms(row["at"]), row["kind"], json.loads(row["detail"]))
