"""All cases of a span of time, read in pieces: no transaction stays open while somebody writes them down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from bot.clock import to_ms
from bot.model import Case
from bot.store.cases import case_of
from bot.store.opened import Opened

BATCH = 500


def opened(store: Opened, start: dt.datetime, end: dt.datetime) -> Iterator[Case]:
    """The cases opened from ``start`` to before ``end``, by time of opening."""
    at, number = to_ms(start), 0
    while True:
        rows = store.read(
            lambda db, at=at, number=number: db.query(  # type: ignore[misc]
                """
                SELECT * FROM cases WHERE opened_at >= :at AND opened_at < :end AND (opened_at > :at OR number > :number)
                ORDER BY opened_at, number LIMIT :batch
                """,
                at=at,
                number=number,
                end=to_ms(end),
                batch=BATCH,
            )
        )
        yield from map(case_of, rows)
        if len(rows) < BATCH:
            return
        at, number = int(rows[-1]["opened_at"]), int(rows[-1]["number"])
