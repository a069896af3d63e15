"""Messages that were not understood, and what the staff propose for messages like them. The words stay in the inbox alone."""

from __future__ import annotations

import datetime as dt
import json

from bot.clock import from_ms, to_ms
from bot.overlay import Proposal, Status
from bot.safe import storable
from bot.store.connection import Connection, Row
from bot.store.rows import dump
from intents.understanding import Understanding


def why(got: Understanding | None) -> str:
    """Why a message counts as not understood; empty for any other."""
    if got is None or got.flags or got.alarms:
        return ""
    if got.action == "clarify":
        return "clarify"
    return "other" if got.action in ("handoff", "decline") and got.main in ("other", "out_of_scope") else ""


def note(db: Connection, inbox_id: int, reason: str, now: dt.datetime) -> None:
    """Keep that a message was not understood; ``judged``: the resident says that the answer was not useful."""
    sql = """
        INSERT INTO unmatched (inbox_id, why, at) VALUES (:inbox, :why, :now) ON CONFLICT (inbox_id) DO NOTHING
        """
    db.execute(sql, inbox=inbox_id, why=reason, now=to_ms(now))


def recent(db: Connection, most: int) -> list[tuple[int, str]]:
    """The newest of them whose words are still there: rows of the inbox and words."""
    rows = db.query(
        """
        SELECT unmatched.inbox_id, inbox.text FROM (SELECT inbox_id, at FROM unmatched ORDER BY at DESC LIMIT :most) AS unmatched
        JOIN inbox ON inbox.id = unmatched.inbox_id WHERE inbox.text <> '' ORDER BY unmatched.at DESC
        """,
        most=most,
    )
    return [(int(row["inbox_id"]), str(row["text"])) for row in rows]


def add(db: Connection, made: Proposal, now: dt.datetime) -> int:
    """Keep a proposal; its number."""
    row = db.one(
        """
        INSERT INTO proposals (topic, phrases, answer_zh, answer_en, proposed_by, proposed_at, status)
        VALUES (:topic, :phrases, :zh, :en, :by, :now, 'draft') RETURNING id
        """,
        topic=made.topic,
        phrases=storable(dump(list(made.phrases))),
        zh=storable(made.answer_zh),
        en=storable(made.answer_en),
        by=made.proposed_by,
        now=to_ms(now),
    )
    assert row is not None  # noqa: S101  (it was written just now)
    return int(row["id"])


def reported(db: Connection, number: int, report: str) -> None:
    """Keep what a replay showed."""
    db.execute("UPDATE proposals SET report = :report WHERE id = :id", report=storable(report), id=number)


def decide(db: Connection, number: int, was: Status, status: Status, by: str, now: dt.datetime) -> bool:
    """Change a proposal's status; False where it is not any more what it was."""
    sql = "UPDATE proposals SET status = :status, decided_by = :by, decided_at = :now WHERE id = :id AND status = :was"
    return db.execute(sql, status=status, by=by, now=to_ms(now), id=number, was=was) == 1


def proposal(db: Connection, number: int) -> Proposal | None:
    """A proposal by its number."""
    row = db.one("SELECT * FROM proposals WHERE id = :id", id=number)
    return _proposal(row) if row else None


def proposals(db: Connection, most: int) -> list[Proposal]:
    """The newest proposals, newest first."""
    return [_proposal(row) for row in db.query("SELECT * FROM proposals ORDER BY id DESC LIMIT :most", most=most)]


def approved(db: Connection) -> tuple[Proposal, ...]:
    """What is in force, oldest first."""
    return tuple(_proposal(row) for row in db.query("SELECT * FROM proposals WHERE status = 'approved' ORDER BY id"))


def _proposal(row: Row) -> Proposal:
    return Proposal(
        id=row["id"],
        topic=row["topic"],
        phrases=tuple(json.loads(row["phrases"])),
        answer_zh=row["answer_zh"],
        answer_en=row["answer_en"],
        proposed_by=row["proposed_by"],
        proposed_at=from_ms(row["proposed_at"]),
        status=row["status"],
        decided_by=row["decided_by"],
        report=row["report"],
    )
