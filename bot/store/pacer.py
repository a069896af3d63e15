"""The pacer: what a channel lets through in a while, counted in the database for all processes together.

Every attempt is a row with its time; a window is full when it holds as many as the limit. So no stretch of that length, wherever
it begins, ever holds more, which a bucket that refills would allow.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.clock import to_ms
from bot.store.connection import Connection
from bot.store.lanes import cycle
from bot.store.outbox import Lane
from bot.store.waits import ahead_of

SECOND, MINUTE = 1_005, 60_000
"""Milliseconds. A little more than a second: times are kept in whole milliseconds, and two that lie 999 µs closer would be one too many."""
_WEIGHTS: dict[Lane, int] = {"emergency": 8, "reply": 4, "reminder": 2, "broadcast": 1}

STEP = 100
"""Milliseconds in which broadcasts go out a few at a time."""


@dataclass(frozen=True, slots=True)
class Pace:
    """A channel's limits (0: none) and the lanes' shares."""

    bulk: int = 30
    """Messages a second, all chats together."""
    chat: int = 1
    """Messages a second to one chat."""
    group: int = 20
    """Messages a minute to one group: a chat with a negative number."""
    turns: tuple[Lane, ...] = field(default_factory=lambda: cycle(_WEIGHTS))

    @property
    def limited(self) -> bool:
        """Whether anything has to be counted."""
        return bool(self.bulk or self.chat or self.group)


CHAT_IS_FREE = """
    AND (:chat = 0 OR :chat > (SELECT count(*) FROM grants AS g WHERE g.address = o.address AND g.at > :second AND g.at <= :ahead))
    AND (:members = 0 OR o.address NOT LIKE :groups
         OR :members > (SELECT count(*) FROM grants AS g WHERE g.address = o.address AND g.at > :minute AND g.at <= :ahead))
    """
"""A condition on the outbox row ``o``; its values are :func:`windows`."""


def windows(pace: Pace, channel: str, now: dt.datetime) -> dict[str, int | str]:
    """The values of :data:`CHAT_IS_FREE`."""
    at = to_ms(now)
    limits: dict[str, int | str] = {"chat": pace.chat, "members": pace.group, "groups": f"{channel}:-%"}
    return {**limits, "second": at - SECOND, "minute": at - MINUTE, "ahead": ahead_of(now)}


def room(db: Connection, pace: Pace, channel: str, now: dt.datetime, most: int) -> int:
    """How many more messages the channel takes at this moment, at most ``most``."""
    if not pace.bulk:
        return most
    sql = "SELECT count(*) AS sent FROM grants WHERE channel = :channel AND at > :second AND at <= :ahead"
    row = db.one(sql, channel=channel, second=to_ms(now) - SECOND, ahead=ahead_of(now))
    return max(0, min(most, pace.bulk - int(row["sent"] if row else 0)))


def gentle(db: Connection, pace: Pace, channel: str, now: dt.datetime, slow: int) -> int:
    """How many broadcasts may go out at this moment; ``slow``: by how many steps they are slowed down.

    They go in small steps. All of a second's at once would arrive in a heap, and the network brings some heaps closer together than
    they were sent; and a reply that comes just after a heap would wait for the next second.
    """
    sql = "SELECT count(*) AS sent FROM grants WHERE channel = :channel AND at > :since AND at <= :ahead"
    left = []
    for most, span in _broadcasts(pace, slow):
        row = db.one(sql, channel=channel, since=to_ms(now) - span, ahead=ahead_of(now))
        left.append(most - int(row["sent"] if row else 0))
    return max(0, min(left))


def gentle_at(db: Connection, pace: Pace, channel: str, now: dt.datetime, slow: int) -> int:
    """Epoch milliseconds at which another broadcast may go; 0 where it may now."""
    sql = """
        SELECT at FROM grants WHERE channel = :channel AND at > :since AND at <= :ahead ORDER BY at DESC LIMIT 1 OFFSET :before
        """
    ends = [0]
    for most, span in _broadcasts(pace, slow):
        row = db.one(sql, channel=channel, since=to_ms(now) - span, ahead=ahead_of(now), before=most - 1)
        ends += [int(row["at"]) + span] if row else []
    return max(ends)


def _broadcasts(pace: Pace, slow: int) -> tuple[tuple[int, int], ...]:
    """How many messages of all kinds there may be in how many milliseconds for another broadcast to go.

    A little more than a tenth of a second's: what is late for one step is made up for in the next. Each step of slowness takes four in a
    hundred off: a network that brings messages closer together than they were sent is found out by being refused.
    """
    rate = max(1, pace.bulk - -(-pace.bulk * 4 * slow // 100))
    steps = ((max(1, -(-rate // 8)), STEP),)
    return (*steps, (rate, SECOND)) if slow else steps


def grant(db: Connection, channel: str, addresses: Iterable[str], now: dt.datetime) -> None:
    """Count one attempt to each address, and forget what no window holds any more."""
    at = to_ms(now)
    sql = "DELETE FROM grants WHERE channel = :channel AND (at <= :minute OR at > :ahead)"
    db.execute(sql, channel=channel, minute=at - MINUTE, ahead=ahead_of(now))
    rows = [{"channel": channel, "address": address, "at": at} for address in addresses]
    db.execute_many("INSERT INTO grants (channel, address, at) VALUES (:channel, :address, :at)", rows)


def room_at(db: Connection, pace: Pace, channel: str, now: dt.datetime) -> int:
    """Epoch milliseconds at which the channel takes another message; 0 where it does now."""
    if not pace.bulk:
        return 0
    sql = """
        SELECT at FROM grants WHERE channel = :channel AND at > :second AND at <= :ahead ORDER BY at DESC LIMIT 1 OFFSET :before
        """
    row = db.one(sql, channel=channel, second=to_ms(now) - SECOND, ahead=ahead_of(now), before=pace.bulk - 1)
    return int(row["at"]) + SECOND if row else 0


def chat_free_at(db: Connection, pace: Pace, channel: str, now: dt.datetime) -> int | None:
    """Epoch milliseconds at which the first of the chats that have had their share can have more; None where there is none."""
    at = to_ms(now)
    ends: list[int] = []
    for limit, span in ((pace.chat, SECOND), (pace.group, MINUTE)):
        if limit:
            sql = """
                SELECT min(first) AS first FROM (
                    SELECT min(g.at) AS first FROM grants AS g WHERE g.channel = :channel AND g.at > :since AND g.at <= :ahead
                    AND EXISTS (SELECT 1 FROM outbox AS o WHERE o.address = g.address AND o.status IN ('pending', 'sending'))
                    GROUP BY g.address HAVING count(*) >= :limit
                ) AS full_chats
                """
            row = db.one(sql, channel=channel, since=at - span, ahead=ahead_of(now), limit=limit)
            if row and row["first"] is not None:
                ends.append(int(row["first"]) + span)
    return min(ends, default=None)
