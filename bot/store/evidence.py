"""What residents tell us about our own answers, for those who review them. Ids only: the words stay in the inbox."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bot.clock import from_ms, to_ms
from bot.effects import Judge, Pick
from bot.store import unmatched
from bot.store.connection import Connection
from bot.store.rows import dump


@dataclass(frozen=True, slots=True)
class Picked:
    """What somebody picked whose message was not clear."""

    inbox: int
    """The row of the unclear message."""
    topic: str
    at: dt.datetime


def judge(db: Connection, effect: Judge, now: dt.datetime) -> None:
    """Keep whether an answer was useful."""
    db.execute(
        "INSERT INTO judgements (inbox_id, topics, provisions, value, at) VALUES (:inbox, :topics, :provisions, :value, :at)",
        inbox=effect.row,
        topics=dump(list(effect.topics)),
        provisions=dump(list(effect.provisions)),
        value=effect.value,
        at=to_ms(now),
    )
    if effect.value < 0:
        unmatched.note(db, effect.row, "judged", now)


def pick(db: Connection, effect: Pick, now: dt.datetime) -> None:
    """Keep what was picked of what was offered."""
    sql = "INSERT INTO picks (inbox_id, topic, at) VALUES (:inbox, :topic, :at)"
    db.execute(sql, inbox=effect.row, topic=effect.topic, at=to_ms(now))


def picks(db: Connection, limit: int) -> list[Picked]:
    """The last picks, newest first."""
    rows = db.query("SELECT inbox_id, topic, at FROM picks ORDER BY id DESC LIMIT :limit", limit=limit)
    return [Picked(row["inbox_id"], row["topic"], from_ms(row["at"])) for row in rows]
