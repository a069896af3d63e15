"""What the staff wrote in their group for residents, and what came of it: ids only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.store.connection import Connection
from bot.store.group import posted

Came = Literal["waits", "sent", "dead", "uncertain", "gone"]


@dataclass(frozen=True, slots=True)
class Answer:
    """Something that the staff wrote there for a resident, and what came of it."""

    message: int
    number: int
    came: Came
    reason: str


def answered(db: Connection, chat: int, message: int, number: int, due: int) -> None:
    """A message of the staff goes to the resident of a case as the moment ``due``."""
    sql = """
        INSERT INTO staff_answers (chat, message, case_number, due) VALUES (:chat, :message, :number, :due)
        ON CONFLICT (chat, message) DO NOTHING
        """
    db.execute(sql, chat=chat, message=message, number=number, due=due)
    posted(db, chat, message, number, "said")


def was_answer(db: Connection, chat: int, message: int) -> bool:
    """Whether a message of the staff went to a resident."""
    sql = "SELECT 1 AS found FROM staff_answers WHERE chat = :chat AND message = :message"
    return db.one(sql, chat=chat, message=message) is not None


def open_answers(db: Connection, most: int) -> list[Answer]:
    """What the staff have not been told the end of."""
    rows = db.query(
        """
        SELECT a.message, a.case_number, a.due, c.address FROM staff_answers AS a JOIN cases AS c ON c.number = a.case_number
        WHERE a.told = 0 ORDER BY a.case_number, a.message LIMIT :most
        """,
        most=most,
    )
    return [Answer(int(row["message"]), int(row["case_number"]), *_came(db, row["address"], int(row["due"]))) for row in rows]


def _came(db: Connection, address: str, due: int) -> tuple[Came, str]:
    channel, _, chat = address.partition(":")
    sql = "SELECT id, status FROM inbox WHERE channel = :channel AND chat = :chat AND update_id = :update"
    row = db.one(sql, channel=channel, chat=chat, update=f"due:{due}")
    if row is None:
        waits = db.one("SELECT 1 AS found FROM dues WHERE id = :due", due=due)
        return ("waits" if waits else "gone"), ""
    if row["status"] == "open":
        return "waits", ""
    sent = db.one("SELECT status, reason FROM outbox WHERE key = :key", key=f"reply:{row['id']}:0")
    if sent is None:
        return "gone", ""
    status: Came = "waits" if sent["status"] in ("pending", "sending") else sent["status"]
    return status, sent["reason"]


def told(db: Connection, chat: int, message: int) -> None:
    """The staff know what came of what they wrote."""
    db.execute("UPDATE staff_answers SET told = 1 WHERE chat = :chat AND message = :message", chat=chat, message=message)
