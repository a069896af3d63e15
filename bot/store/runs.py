"""Runs of broadcasts: begun once for each slot, filled in steps with one row for each person, counted as they are settled."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bot.audience import Audience
from bot.broadcast import Counts, Run
from bot.clock import from_ms, to_ms
from bot.store import audience as audiences
from bot.store.connection import Connection, Row
from intents.broadcasts import CastKind


def begin(db: Connection, broadcast: int, slot: dt.datetime, kind: str, expires: dt.timedelta, now: dt.datetime) -> int:
    """Begin the run of a slot; its number, or 0 where another process has. One whose time is over counts as missed and is not filled."""
    over = slot + expires <= now
    row = db.one(
        """
        INSERT INTO runs (broadcast, slot, status, kind, begun_at, expires_at, ended_at)
        VALUES (:broadcast, :slot, :status, :kind, :now, :expires, :ended)
        ON CONFLICT (broadcast, slot) DO NOTHING RETURNING id
        """,
        broadcast=broadcast,
        slot=to_ms(slot),
        status="missed" if over else "filling",
        kind=kind,
        now=to_ms(now),
        expires=to_ms(slot + expires),
        ended=to_ms(now) if over else None,
    )
    return int(row["id"]) if row else 0


def outrun(db: Connection, broadcast: int, run: int, now: dt.datetime) -> None:
    """The newer slot is sent in place of those before it: nobody is to have the same text twice in one morning."""
    sql = "UPDATE runs SET expires_at = :now WHERE broadcast = :broadcast AND id <> :run AND status IN ('filling', 'sending')"
    db.execute(sql, broadcast=broadcast, run=run, now=to_ms(now))


@dataclass(frozen=True, slots=True)
class Flying:
    """A run that is not over."""

    id: int
    broadcast: int
    kind: str
    filling: bool
    paused: bool
    expires_at: dt.datetime
    quiet: bool
    version: int


def flying(db: Connection) -> list[Flying]:
    """The runs that are not over, emergencies first, then the oldest."""
    rows = db.query(
        """
        SELECT r.id, r.broadcast, r.kind, r.status, r.expires_at, b.status AS now_is, b.quiet, b.version
        FROM runs AS r JOIN broadcasts AS b ON b.id = r.broadcast
        WHERE r.status IN ('filling', 'sending') ORDER BY CASE WHEN r.kind = 'emergency' THEN 0 ELSE 1 END, r.id
        """
    )
    return [
        Flying(
            row["id"],
            row["broadcast"],
            row["kind"],
            row["status"] == "filling",
            row["now_is"] != "on",
            from_ms(row["expires_at"]),
            bool(row["quiet"]),
            row["version"],
        )
        for row in rows
    ]


def fill(db: Connection, run: int, audience: Audience, kind: CastKind, now: dt.datetime) -> int:
    """One step of filling a run; how many were put into it. After the last step it is being sent. -1: it is not being filled."""
    row = db.one("SELECT upto, status FROM runs WHERE id = :id FOR UPDATE", id=run)
    if row is None or row["status"] != "filling":
        return -1
    last, put = audiences.step(db, run, row["upto"], audience, kind, now)
    db.execute(
        "UPDATE runs SET upto = :upto, people = people + :put, status = :status WHERE id = :id",
        id=run,
        upto=last or row["upto"],
        put=put,
        status="filling" if last else "sending",
    )
    return put


def end_if_settled(db: Connection, run: int, now: dt.datetime) -> bool:
    """The run is done where nobody of it waits any more; whether it is now."""
    sql = """
        UPDATE runs SET status = 'done', ended_at = :now WHERE id = :id AND status = 'sending'
        AND NOT EXISTS (SELECT 1 FROM recipients WHERE run = :id AND status = 'waiting')
        AND NOT EXISTS (SELECT 1 FROM recipients WHERE run = :id AND status = 'queued')
        """
    return db.execute(sql, id=run, now=to_ms(now)) == 1


def end_early(db: Connection, run: int, status: str, now: dt.datetime) -> bool:
    """A run is ``expired`` or ``cancelled``: it ends as soon as nothing of it is on its way any more; whether it does now.

    Whoever still waits for it stays so for good; one that everybody had is done all the same.
    """
    sql = """
        UPDATE runs SET status = CASE WHEN status = 'filling' OR people > sent + failed + blocked + uncertain + skipped
                                 THEN :status ELSE 'done' END, ended_at = :now
        WHERE id = :id AND status IN ('filling', 'sending')
        AND NOT EXISTS (SELECT 1 FROM recipients WHERE run = :id AND status = 'queued')
        """
    return db.execute(sql, id=run, status=status, now=to_ms(now)) == 1


def of(db: Connection, broadcast: int, limit: int = 100) -> list[Run]:
    """The runs of a broadcast, the newest slot first."""
    rows = db.query("SELECT * FROM runs WHERE broadcast = :broadcast ORDER BY slot DESC LIMIT :limit", broadcast=broadcast, limit=limit)
    return [_run(db, row) for row in rows]


def one(db: Connection, run: int) -> Run | None:
    """A run by its number."""
    row = db.one("SELECT * FROM runs WHERE id = :id", id=run)
    return _run(db, row) if row else None


def is_in_flight(db: Connection, broadcast: int) -> bool:
    """Whether a run of it is not over."""
    sql = "SELECT 1 AS found FROM runs WHERE broadcast = :broadcast AND status IN ('filling', 'sending') LIMIT 1"
    return db.one(sql, broadcast=broadcast) is not None


def _run(db: Connection, row: Row) -> Run:
    queued = db.one("SELECT count(*) AS many FROM recipients WHERE run = :run AND status = 'queued'", run=row["id"])
    on_the_way = int(queued["many"]) if queued else 0
    settled = sum(int(row[name]) for name in ("sent", "failed", "blocked", "uncertain", "skipped"))
    counts = Counts(
        people=row["people"],
        waiting=max(0, int(row["people"]) - settled - on_the_way),
        queued=on_the_way,
        **{name: int(row[name]) for name in ("sent", "failed", "blocked", "uncertain", "skipped")},
    )
    return Run(
        row["id"],
        row["broadcast"],
        from_ms(row["slot"]),
        row["status"],
        counts,
        from_ms(row["begun_at"]),
        from_ms(row["expires_at"]),
        *(from_ms(row[name]) if row[name] is not None else None for name in ("ended_at", "first_at", "last_at")),
    )
