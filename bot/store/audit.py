"""The audit of a case: a chain of hashes over ids and kinds, never over anybody's words."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.clock import from_ms, to_ms
from bot.store import cards
from bot.store.connection import Connection
from bot.store.rows import dump

_ID = re.compile(r"[A-Za-z0-9_.:+-]{0,80}")
Detail = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One link of a case's chain."""

    case: int
    seq: int
    at: dt.datetime
    kind: str
    detail: Detail
    previous: str
    hash: str


def record(db: Connection, case: int, kind: str, detail: Detail, now: dt.datetime) -> None:
    """Add a link. A value that does not look like an id is replaced by ``?``: words never get in."""
    safe = {name: value if isinstance(value, int) or _ID.fullmatch(value) else "?" for name, value in detail.items()}
    last = db.one("SELECT seq, hash FROM audit WHERE case_number = :case ORDER BY seq DESC LIMIT 1", case=case)
    seq, previous = (int(last["seq"]) + 1, str(last["hash"])) if last else (1, "")
    text, at = dump(safe), to_ms(now)
    db.execute(
        """
        INSERT INTO audit (case_number, seq, at, kind, detail, previous, hash)
        VALUES (:case, :seq, :at, :kind, :detail, :previous, :hash)
        """,
        case=case,
        seq=seq,
        at=at,
        kind=kind,
        detail=text,
        previous=previous,
        hash=chained(previous, case, seq, at, kind, text),
    )
    # In the same transaction: whatever changes a case, from wherever, its card in the staff's group is shown anew (bot/store/cards.py).
    cards.show(db, case, seq)


def version(db: Connection, case: int) -> int:
    """The number of the newest link; 0 where there is none."""
    row = db.one("SELECT max(seq) AS newest FROM audit WHERE case_number = :case", case=case)
    return int(row["newest"] or 0) if row else 0


def trail(db: Connection, case: int, after: int = 0) -> list[AuditRow]:
    """The links of a case with numbers above ``after``, oldest first."""
    rows = db.query("SELECT * FROM audit WHERE case_number = :case AND seq > :after ORDER BY seq", case=case, after=after)
    return [AuditRow(case, r["seq"], from_ms(r["at"]), r["kind"], json.loads(r["detail"]), r["previous"], r["hash"]) for r in rows]


def intact(db: Connection, case: int) -> bool:
    """Whether no link of the case was changed or taken out of the middle."""
    previous = ""
    for number, row in enumerate(db.query("SELECT * FROM audit WHERE case_number = :case ORDER BY seq", case=case), 1):
        expected = chained(previous, case, number, row["at"], row["kind"], row["detail"])
        if row["seq"] != number or row["previous"] != previous or row["hash"] != expected:
            return False
        previous = row["hash"]
    return True


def chained(previous: str, *link: int | str) -> str:
    """The hash of a link after the one before: whose chain, number, time, kind, detail."""
    return hashlib.sha256(dump([previous, *link]).encode()).hexdigest()
