"""What has changed lately in any case: read off the audit, for pages that show it as it happens."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bot.clock import from_ms, to_ms
from bot.store.connection import Connection

MOST = 500
"""Changes that are read at once."""


@dataclass(frozen=True, slots=True)
class Change:
    """One link of a case's audit."""

    case: int
    seq: int
    kind: str
    at: dt.datetime


def since(db: Connection, at: dt.datetime) -> list[Change]:
    """The changes from a moment on, oldest first; the newest :data:`MOST` where there are more."""
    sql = "SELECT case_number, seq, kind, at FROM audit WHERE at >= :at ORDER BY at DESC LIMIT :most"
    rows = db.query(sql, at=to_ms(at), most=MOST)
    return [Change(row["case_number"], row["seq"], row["kind"], from_ms(row["at"])) for row in reversed(rows)]
