"""What has changed lately in any case: read off the audit and the conversations, for pages that show it as it happens."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bot.clock import from_ms, to_ms
from bot.store.connection import Connection

MOST = 500
"""Changes that are read at once."""


SAID = "said"
"""The kind of a line of a conversation."""


@dataclass(frozen=True, slots=True)
class Change:
    """One link of a case's audit; or a line of the conversation of an open case, whose ``seq`` is its number below zero."""

    case: int
    seq: int
    kind: str
    at: dt.datetime


def since(db: Connection, at: dt.datetime) -> list[Change]:
    """The changes from a moment on, oldest first; the newest :data:`MOST` where there are more."""
    sql = "SELECT case_number, seq, kind, at FROM audit WHERE at >= :at ORDER BY at DESC LIMIT :most"
    rows = db.query(sql, at=to_ms(at), most=MOST)
    changes = [Change(row["case_number"], row["seq"], row["kind"], from_ms(row["at"])) for row in reversed(rows)]
    # By the number of the line: of the times there is no index, and the newest lines have the highest numbers.
    sql = """
        SELECT cases.number, messages.id, messages.at FROM messages JOIN cases ON cases.address = messages.address AND cases.status = 'open'
        WHERE messages.id > (SELECT coalesce(max(id), 0) FROM messages) - :most AND messages.at >= :at ORDER BY messages.id
        """
    rows = db.query(sql, at=to_ms(at), most=MOST)
    return changes + [Change(row["number"], -row["id"], SAID, from_ms(row["at"])) for row in rows]
