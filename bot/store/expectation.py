"""How long somebody will probably wait: the place in the queue, and what cases like theirs took of late at this hour."""

from __future__ import annotations

import datetime as dt
from statistics import median

from bot.clock import CITY_TIME, from_ms, to_ms
from bot.model import Expectation
from bot.store import cases
from bot.store.connection import Connection

MOST_AHEAD = 200
"""Cases before this one are counted so far; beyond it the number helps nobody."""
LATELY = dt.timedelta(days=14)
HOURS = 1
"""An hour of the day and so many beside it on either side are one kind of time."""
FEWEST = 5
"""Of fewer cases nothing is said: one that was quick by chance would be a promise."""
MOST_READ = 400
"""The newest cases that are looked at, so that it costs the same among a million."""


def of(db: Connection, number: int, now: dt.datetime) -> Expectation:
    """What a case's resident may expect."""
    own = cases.known(db, number).case
    if own is not None and own.answered_at is not None:
        return Expectation(0, taken=True)
    before = cases.ahead(db, number, MOST_AHEAD + 1)
    return Expectation(min(before, MOST_AHEAD), before > MOST_AHEAD, *_usual(db, number, now))


def _usual(db: Connection, number: int, now: dt.datetime) -> tuple[int | None, bool]:
    """Minutes until a person first acted on cases of the same priority: the median of this hour of the day, else of all hours.

    None where there are too few. And whether it is of this hour.
    """
    rows = db.query(
        """
        SELECT other.opened_at, other.answered_at FROM cases AS other
        WHERE other.answered_at IS NOT NULL AND other.opened_at >= :since
        AND other.priority = (SELECT own.priority FROM cases AS own WHERE own.number = :number)
        ORDER BY other.opened_at DESC LIMIT :most
        """,
        number=number,
        since=to_ms(now - LATELY),
        most=MOST_READ,
    )
    hour = now.astimezone(CITY_TIME).hour
    waits = [(from_ms(row["opened_at"]).astimezone(CITY_TIME).hour, (row["answered_at"] - row["opened_at"]) / 60_000) for row in rows]
    near = [wait for at, wait in waits if min((at - hour) % 24, (hour - at) % 24) <= HOURS]
    if len(near) >= FEWEST:
        return round(median(near)), True
    return (round(median(wait for _, wait in waits)), False) if len(waits) >= FEWEST else (None, False)
