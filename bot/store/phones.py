"""Reports of telephone numbers that nobody answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from bot.clock import from_ms, to_ms
from bot.phones import READ_BACK, Kind, Report, Standings, standings
from bot.safe import storable
from bot.store.connection import Connection

MOST_READ = 5000
"""So many reports, the newest, are read: a wave of them must not slow the answers down."""
FRESH = dt.timedelta(seconds=5)
"""So long what was read is used again. A report by this process is seen at once, one by another within this time."""
OPERATOR = ""
"""The address of what an operator says."""


def report(db: Connection, number: str, kind: Kind, address: str, now: dt.datetime) -> None:
    """Keep what is said of a number. Somebody who got through, or an operator who restores it, ends an operator's demotion."""
    if kind in {"answered", "restored"}:
        db.execute("DELETE FROM phone_reports WHERE number = :number AND kind = 'demoted'", number=storable(number))
    db.execute(
        "INSERT INTO phone_reports (number, address, at, kind) VALUES (:number, :address, :at, :kind)",
        number=storable(number),
        address=storable(address),
        at=to_ms(now),
        kind=kind,
    )


def reports(db: Connection, now: dt.datetime) -> list[Report]:
    """What still may count of all numbers, oldest first."""
    rows = db.query(
        """
        SELECT id, number, address, at, kind FROM (
            SELECT id, number, address, at, kind FROM phone_reports WHERE at >= :since ORDER BY at DESC, id DESC LIMIT :most
        ) AS recent
        UNION ALL
        SELECT id, number, address, at, kind FROM phone_reports WHERE kind = 'demoted' AND at < :since
        """,
        since=to_ms(now - READ_BACK),
        most=MOST_READ,
    )
    rows.sort(key=lambda row: (row["at"], row["id"]))
    return [Report(row["number"], row["address"], from_ms(row["at"]), row["kind"]) for row in rows]


def count(db: Connection, address: str) -> int:
    """So many reports a chat has given."""
    row = db.one("SELECT count(*) AS many FROM phone_reports WHERE address = :address", address=storable(address))
    return int(row["many"]) if row else 0


def forget(db: Connection, address: str) -> None:
    """Delete what a chat has reported."""
    db.execute("DELETE FROM phone_reports WHERE address = :address", address=storable(address))


class Board:
    """How all numbers stand, read anew after a few seconds. Safe to use from any thread: what is kept is replaced as a whole."""

    def __init__(self) -> None:
        self._read: tuple[dt.datetime, Standings] | None = None

    def look(self, read: Callable[[], list[Report]], now: dt.datetime) -> Standings:
        """How the numbers stand."""
        kept = self._read
        if kept is None or not dt.timedelta() <= now - kept[0] < FRESH:
            kept = (now, standings(read(), now))
            self._read = kept
        return kept[1]

    def stale(self) -> None:
        """Something was reported: read anew."""
        self._read = None
