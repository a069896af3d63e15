"""Cases: what a person must look at. A chat has at most one open case; new facts are added to it."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from bot.clock import from_ms, to_ms
from bot.errors import Overtaken
from bot.model import Case, CaseDraft, Known
from bot.priority import more_urgent
from bot.safe import storable
from bot.store import audit
from bot.store.connection import Connection
from bot.store.rows import dump


def log_case(db: Connection, address: str, draft: CaseDraft, *, words: str, inbox_id: int, now: dt.datetime) -> int:
    """Open a case, or add the draft to the chat's open one: it never becomes less urgent. Its number."""
    sql = "SELECT * FROM cases WHERE address = :address AND status = 'open' FOR UPDATE"
    found = db.one(sql, address=storable(address))
    if found is None:
        opened = _open(db, address, draft, words=words, inbox_id=inbox_id, now=now)
        if opened is not None:
            return opened
        found = db.one(sql, address=storable(address))
        if found is None:
            raise Overtaken("the chat's case was opened and closed in the meantime")
    number = int(found["number"])
    raised = draft.priority < found["priority"]
    db.execute(
        """
        UPDATE cases SET priority = :priority, reason = :reason, topics = :topics, city = :city, district = :district,
               hospital = :hospital, words = :words, updated_at = :now
        WHERE number = :number
        """,
        number=number,
        priority=more_urgent(draft.priority, found["priority"]),
        reason=storable(draft.reason) if raised else found["reason"],
        topics=dump(list(dict.fromkeys([*json.loads(found["topics"]), *draft.topics]))),
        city=draft.city or found["city"],
        district=draft.district or found["district"],
        hospital=storable(draft.hospital) or found["hospital"],
        words=storable(words) or found["words"],
        now=to_ms(now),
    )
    detail = {"inbox": inbox_id, "priority": draft.priority, "reason": draft.reason}
    audit.record(db, number, "case.raised" if raised else "case.added", detail, now)
    return number


def _open(db: Connection, address: str, draft: CaseDraft, *, words: str, inbox_id: int, now: dt.datetime) -> int | None:
    """A new case's number; None where another process opened one for this chat at the same moment."""
    row = db.one(
        """
        INSERT INTO cases (address, priority, reason, topics, city, district, hospital, words, opened_at, updated_at)
        VALUES (:address, :priority, :reason, :topics, :city, :district, :hospital, :words, :now, :now)
        ON CONFLICT (address) WHERE status = 'open' DO NOTHING RETURNING number
        """,
        address=storable(address),
        priority=draft.priority,
        reason=storable(draft.reason),
        topics=dump(list(draft.topics)),
        city=draft.city,
        district=draft.district,
        hospital=storable(draft.hospital),
        words=storable(words),
        now=to_ms(now),
    )
    if row is None:
        return None
    number = int(row["number"])
    audit.record(db, number, "case.opened", {"inbox": inbox_id, "priority": draft.priority, "reason": draft.reason}, now)
    return number


def known(db: Connection, number: int) -> Known:
    """What a decision needs to know of a case; nothing where there is no such case."""
    row = db.one("SELECT * FROM cases WHERE number = :number", number=number)
    return Known(_case(row)) if row else Known()


def newest(db: Connection, address: str) -> Case | None:
    """The last case that a chat had opened, open or closed."""
    row = db.one("SELECT * FROM cases WHERE address = :address ORDER BY number DESC LIMIT 1", address=storable(address))
    return _case(row) if row else None


def waiting(db: Connection, limit: int) -> list[Case]:
    """The open cases, most urgent first, then the longest waiting."""
    sql = "SELECT * FROM cases WHERE status = 'open' ORDER BY priority, opened_at, number LIMIT :limit"
    return [_case(row) for row in db.query(sql, limit=limit)]


def _case(row: dict[str, Any]) -> Case:
    return Case(
        number=row["number"],
        address=row["address"],
        status=row["status"],
        priority=row["priority"],
        reason=row["reason"],
        topics=tuple(json.loads(row["topics"])),
        city=row["city"],
        district=row["district"],
        opened_at=from_ms(row["opened_at"]),
        updated_at=from_ms(row["updated_at"]),
        words=row["words"],
    )
