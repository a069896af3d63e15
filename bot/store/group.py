"""The staff's group in Telegram: which cases' cards are to be shown anew there, which of its messages is of which case.

The rows hold ids only; what stands on a card is read when it is shown. A link of a case's audit (:mod:`bot.store.audit`) and an alarm
are kept here with the transaction that made them, so that neither is lost to a kill.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.clock import to_ms
from bot.model import Case
from bot.safe import storable
from bot.store import audit
from bot.store.cases import case_of
from bot.store.connection import Connection
from bot.store.pacer import MINUTE, SECOND, Pace, grant
from bot.store.waits import ahead_of

LEASE = 20.0
"""Seconds that a card is one process's to show."""
SPARE = 6
"""So many of a minute's messages to the group are kept for lives."""
_SETTLED = ("shown", "thread", "message", "rung", "alarm", "line")
Kind = Literal["card", "line", "said"]


@dataclass(frozen=True, slots=True)
class Card:
    """A case whose card is to be shown anew, or that rings."""

    case: Case
    version: int
    shown: int
    thread: int
    """The forum topic; 0: none."""
    message: int
    """The card's message; 0: it was never posted."""
    ring: int
    rung: int
    alarm: int
    """The message of the last alarm; 0: none."""
    line: int
    """The last line of the conversation that was posted."""
    busy: int
    """The claim; only its holder settles."""


def use(db: Connection, chat: int) -> int:
    """The group that is set, 0 for none; the number it has now. Another one than before starts without cards."""
    row = db.one("SELECT named, chat FROM staff_groups WHERE name = 'group'")
    if row is not None and row["named"] == chat:
        return int(row["chat"])
    db.execute("DELETE FROM staff_groups WHERE name = 'group'")
    if row is not None:
        _anew(db)
    if chat:
        db.execute("INSERT INTO staff_groups (name, named, chat) VALUES ('group', :chat, :chat)", chat=chat)
    return chat


def moved(db: Connection, old: int, new: int) -> None:
    """Telegram has given the group another number, and its messages with it: the cards are posted anew."""
    if db.execute("UPDATE staff_groups SET chat = :new WHERE name = 'group' AND chat = :old", old=old, new=new) == 1:
        _anew(db)


def _anew(db: Connection) -> None:
    """No message of before can be found any more. What was shown of a closed case is not shown again."""
    db.execute("DELETE FROM staff_posts")
    db.execute("DELETE FROM staff_answers")
    db.execute(
        """
        UPDATE staff_cards SET thread = 0, message = 0, alarm = 0, busy_until = 0, shown = 0
        WHERE case_number IN (SELECT number FROM cases WHERE status = 'open')
        """
    )


def room(db: Connection, pace: Pace, address: str, now: dt.datetime) -> int:
    """How many more messages the group takes at this moment."""
    most = 1_000
    for limit, span in ((pace.chat, SECOND), (pace.group, MINUTE)):
        if limit:
            sql = "SELECT count(*) AS sent FROM grants WHERE address = :address AND at > :since AND at <= :ahead"
            row = db.one(sql, address=address, since=to_ms(now) - span, ahead=ahead_of(now))
            most = min(most, limit - int(row["sent"] if row else 0))
    return most


def any_due(db: Connection, now: dt.datetime) -> bool:
    """Whether :func:`claim` may have anything; costs no commit."""
    sql = "SELECT 1 AS found FROM staff_cards WHERE (wanted > shown OR ring > rung) AND busy_until <= :now LIMIT 1"
    return db.one(sql, now=to_ms(now)) is not None


def claim(db: Connection, pace: Pace, chat: int, now: dt.datetime) -> Card | None:
    """The most urgent card that is to be shown anew, within what the group takes; of several processes each gets another."""
    address = f"telegram:{chat}"
    left = room(db, pace, address, now)
    if left <= 0:
        return None
    minute = room(db, Pace(chat=0, group=pace.group), address, now)
    row = db.one(
        """
        SELECT s.* FROM staff_cards AS s JOIN cases AS c ON c.number = s.case_number
        WHERE (s.wanted > s.shown OR s.ring > s.rung) AND s.busy_until <= :now AND c.priority <= :least
        ORDER BY c.priority, s.case_number LIMIT 1 FOR UPDATE OF s SKIP LOCKED
        """,
        now=to_ms(now),
        least="P3" if minute > min(SPARE, pace.group // 3) else "P0",
    )
    if row is None:
        return None
    number, busy = int(row["case_number"]), to_ms(now + dt.timedelta(seconds=LEASE))
    db.execute("UPDATE staff_cards SET busy_until = :busy WHERE case_number = :number", busy=busy, number=number)
    grant(db, "telegram", [address], now)
    found = db.one("SELECT * FROM cases WHERE number = :number", number=number)
    assert found is not None  # noqa: S101  (joined above)
    version = audit.version(db, number)
    names = ("shown", "thread", "message", "ring", "rung", "alarm", "line")
    return Card(case_of(found), version, **{name: int(row[name]) for name in names}, busy=busy)


def settle(db: Connection, card: Card, values: Mapping[str, int], *, until: int = 0) -> bool:
    """What became of a claimed card: columns by name, no others are touched; free for others from ``until`` on.

    False where another holds it by now.
    """
    kept = [name for name in _SETTLED if name in values]
    columns = ", ".join(f"{name} = :{name}" for name in (*kept, "busy_until"))
    sql = f"UPDATE staff_cards SET {columns} WHERE case_number = :number AND busy_until = :busy"  # noqa: S608  (constants)
    given = {name: values[name] for name in kept}
    return db.execute(sql, **given, busy_until=until, number=card.case.number, busy=card.busy) == 1


def lines(db: Connection, address: str, after: int, most: int) -> list[tuple[int, str]]:
    """What a resident wrote after a line: ids and words, the oldest first."""
    sql = """
        SELECT id, text FROM messages WHERE address = :address AND author = 'resident' AND copy = 0 AND id > :after ORDER BY id LIMIT :most
        """
    return [(int(row["id"]), row["text"]) for row in db.query(sql, address=storable(address), after=after, most=most)]


def newest_line(db: Connection, address: str) -> int:
    """The id of the last line of a conversation; 0 where there is none."""
    row = db.one("SELECT max(id) AS newest FROM messages WHERE address = :address", address=storable(address))
    return int(row["newest"] or 0) if row else 0


def posted(db: Connection, chat: int, message: int, number: int, kind: Kind) -> None:
    """One of the group's messages is of a case."""
    sql = """
        INSERT INTO staff_posts (chat, message, case_number, kind) VALUES (:chat, :message, :number, :kind)
        ON CONFLICT (chat, message) DO NOTHING
        """
    db.execute(sql, chat=chat, message=message, number=number, kind=kind)


def posts(db: Connection, number: int, kind: Kind) -> list[int]:
    """The messages of a case of one kind."""
    sql = "SELECT message FROM staff_posts WHERE case_number = :number AND kind = :kind ORDER BY message"
    return [int(row["message"]) for row in db.query(sql, number=number, kind=kind)]


def unposted(db: Connection, number: int, kind: Kind) -> None:
    """The messages of a case of one kind are gone."""
    db.execute("DELETE FROM staff_posts WHERE case_number = :number AND kind = :kind", number=number, kind=kind)


def case_at(db: Connection, chat: int, thread: int, message: int) -> int:
    """The case of a topic, or else of the message that is answered; 0 where there is none."""
    row = db.one("SELECT case_number FROM staff_cards WHERE thread = :thread AND thread <> 0", thread=thread) if thread else None
    sql = "SELECT case_number FROM staff_posts WHERE chat = :chat AND message = :message"
    row = row or (db.one(sql, chat=chat, message=message) if message else None)
    return int(row["case_number"]) if row else 0


def place_of(db: Connection, number: int) -> tuple[int, int]:
    """The topic and the card's message of a case; 0 where it has none."""
    row = db.one("SELECT thread, message FROM staff_cards WHERE case_number = :number", number=number)
    return (int(row["thread"]), int(row["message"])) if row else (0, 0)
