"""Counters by hour: what has no row of its own. Each process adds what it has counted, a few times a minute."""

from __future__ import annotations

from collections.abc import Mapping

from bot.safe import storable
from bot.store.connection import Connection

HOUR = 3_600_000
"""Milliseconds. The cities' hours begin with those of UTC."""
Counts = Mapping[tuple[int, str, str], int]
"""How many, by the hour's beginning (epoch ms), what is counted, and its id."""


def add(db: Connection, counts: Counts) -> None:
    """Add to what other processes have counted."""
    sql = """
        INSERT INTO tallies (hour, what, key, n) VALUES (:hour, :what, :key, :n)
        ON CONFLICT (hour, what, key) DO UPDATE SET n = tallies.n + excluded.n
        """
    # In one order, so that two processes never wait for each other's rows.
    rows = [{"hour": hour, "what": what, "key": storable(key), "n": n} for (hour, what, key), n in sorted(counts.items())]
    db.execute_many(sql, rows)


def sums(db: Connection, start: int, end: int) -> dict[tuple[str, str], int]:
    """What was counted in the hours from ``start`` to before ``end`` (epoch ms), by what and id."""
    rows = db.query(
        "SELECT what, key, sum(n) AS n FROM tallies WHERE hour >= :start AND hour < :end GROUP BY what, key", start=start, end=end
    )
    return {(row["what"], row["key"]): int(row["n"]) for row in rows}
