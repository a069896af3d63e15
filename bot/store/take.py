"""Taking messages up to send them: by lane, in order within a chat, within the pacer's limits, each by one process at a time."""

from __future__ import annotations

import datetime as dt

from bot.clock import from_ms, to_ms
from bot.store.channels import paused_until, slowness
from bot.store.connection import Connection, Row
from bot.store.lanes import LANES, choose
from bot.store.outbox import Lane, OutRow, out_row
from bot.store.pacer import CHAT_IS_FREE, Pace, chat_free_at, gentle, gentle_at, grant, room, room_at, windows
from bot.store.translate import without_locks
from bot.store.waits import ahead_of, later

LEASE = 30.0
"""Seconds a message belongs to who took it up."""
_HEADS = f"""
    SELECT o.* FROM outbox AS o
    WHERE o.channel = :channel AND o.lane = :lane AND o.status IN ('pending', 'sending')
    AND (o.not_before <= :now OR o.updated_at > :ahead)
    AND o.id = (SELECT min(older.id) FROM outbox AS older WHERE older.address = o.address
                AND older.status IN ('pending', 'sending') AND older.lane || '' IN (:lane, :beside))
    {CHAT_IS_FREE}
    ORDER BY o.id LIMIT :limit FOR UPDATE OF o SKIP LOCKED
    """  # noqa: S608  (made of constants)
"""What one lane can send now: of each chat the oldest, where replies and emergencies count as one row of talk.

It is written so that a server which has not counted its rows yet still looks for the oldest by the chat: as a join, or with
the bare lane, it may read everything that waits for each row.
"""
_LOOK = without_locks(_HEADS)
_BESIDE: dict[Lane, Lane] = {"emergency": "reply", "reply": "emergency", "reminder": "reminder", "broadcast": "broadcast"}


def take(
    db: Connection, channel: str, limit: int, now: dt.datetime, *, lease_s: float, worker: str, pace: Pace, turn: int
) -> tuple[list[OutRow], int]:
    """Up to ``limit`` messages marked as being sent, their attempt counted, and the number of the lanes' next turn."""
    doubt(db, channel, now)
    # Processes take one after the other: two that count at once would both find room, and two that choose at once would
    # only wait for each other's rows. It is soon over; a process that is stopped in the middle loses its turn (postgres.py).
    if paused_until(db, channel, now, hold=True) is not None:
        return [], turn
    most = room(db, pace, channel, now, limit)
    if most <= 0:
        return [], turn
    waiting = {lane: _heads(db, channel, lane, most, now, pace) for lane in LANES}
    if waiting["broadcast"] and pace.bulk:
        waiting["broadcast"] = waiting["broadcast"][: gentle(db, pace, channel, now, slowness(db, channel, now))]
    rows, turn = choose(pace.turns, turn, waiting, most, _Once(pace))
    db.execute_many(
        """
        UPDATE outbox SET status = 'sending', attempts = attempts + 1, not_before = :until, updated_at = :now, worker = :worker
        WHERE id = :id
        """,
        [{"id": row["id"], "until": later(now, lease_s), "now": to_ms(now), "worker": worker} for row in rows],
    )
    if rows and pace.limited:
        grant(db, channel, [row["address"] for row in rows], now)
    return [out_row(row, attempt=row["attempts"] + 1) for row in rows], turn


class _Once:
    """At most one message to a chat is taken at once where chats have a limit."""

    def __init__(self, pace: Pace) -> None:
        self._limited = bool(pace.chat or pace.group)
        self._seen: set[str] = set()

    def __call__(self, row: Row) -> bool:
        if self._limited and row["address"] in self._seen:
            return False
        self._seen.add(row["address"])
        return True


def doubt(db: Connection, channel: str, now: dt.datetime) -> None:
    """Reminders and broadcasts whose sender has not reported in time: they may have arrived, so nobody sends them again unasked."""
    db.execute(
        """
        UPDATE outbox SET status = 'uncertain', reason = 'lease', updated_at = :now
        WHERE channel = :channel AND status = 'sending' AND lane IN ('reminder', 'broadcast')
              AND (not_before <= :now OR updated_at > :ahead)
        """,
        channel=channel,
        now=to_ms(now),
        ahead=ahead_of(now),
    )


def is_waiting(db: Connection, channel: str) -> bool:
    """Whether a channel has anything that is not settled; asked of a reader first, so that a look in vain costs no commit."""
    sql = """
        SELECT 1 AS found FROM outbox WHERE channel = :channel AND lane IN ('emergency', 'reply', 'reminder', 'broadcast')
        AND status IN ('pending', 'sending') LIMIT 1
        """
    return db.one(sql, channel=channel) is not None


def next_due(db: Connection, channel: str, now: dt.datetime, pace: Pace) -> dt.datetime | None:
    """When :func:`take` could next give something, never before ``now``; None where nothing waits."""
    if not is_waiting(db, channel):
        return None
    at = to_ms(now)
    floor = max(at, paused_until(db, channel, now, hold=False) or 0, room_at(db, pace, channel, now))
    if any(_heads(db, channel, lane, 1, now, pace, sql=_LOOK) for lane in LANES if lane != "broadcast"):
        return from_ms(floor)
    if _heads(db, channel, "broadcast", 1, now, pace, sql=_LOOK):
        gently = gentle_at(db, pace, channel, now, slowness(db, channel, now)) if pace.bulk else 0
        return from_ms(max(floor, gently))
    row = db.one(
        """
        SELECT min(not_before) AS due FROM outbox
        WHERE channel = :channel AND status IN ('pending', 'sending') AND not_before > :now AND updated_at <= :ahead
        """,
        channel=channel,
        now=at,
        ahead=ahead_of(now),
    )
    ends = [int(row["due"])] if row and row["due"] is not None else []
    free = chat_free_at(db, pace, channel, now)
    ends += [] if free is None else [free]
    return from_ms(max(floor, min(ends, default=at + 1_000)))


def _heads(db: Connection, channel: str, lane: Lane, limit: int, now: dt.datetime, pace: Pace, *, sql: str = _HEADS) -> list[Row]:
    values = windows(pace, channel, now)
    return db.query(sql, channel=channel, lane=lane, beside=_BESIDE[lane], limit=limit, now=to_ms(now), **values)
