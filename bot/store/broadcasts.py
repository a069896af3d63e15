"""Broadcasts as the staff keep them. Every change counts the version on; a change of an older version changes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from bot.audience import audience_of
from bot.broadcast import Broadcast, Draft, Plan, Status, digest
from bot.clock import from_ms, to_ms
from bot.reminder import loaded
from bot.safe import storable
from bot.store.connection import Connection, Row

_DAY = dt.timedelta(hours=24)


def _values(draft: Draft) -> dict[str, object]:
    plan = draft.plan
    return {
        "kind": draft.kind,
        "title": storable(draft.title),
        "zh": storable(draft.zh),
        "en": storable(draft.en),
        "digest": digest(draft.zh, draft.en),
        "audience": draft.audience.dumped(),
        "start_at": to_ms(plan.start) if plan.start else None,
        "rule": plan.rule.dumped() if plan.rule else "",
        "until_at": to_ms(plan.until) if plan.until else None,
        "quiet": int(plan.quiet),
        "expires": int(plan.expires.total_seconds() * 1000),
    }


def add(db: Connection, draft: Draft, by: str, now: dt.datetime, status: Status = "draft", why: str = "") -> int:
    """Keep a new one; its number, or 0 where the same suggestion is kept already."""
    row = db.one(
        """
        INSERT INTO broadcasts (status, kind, title, text_zh, text_en, digest, audience, start_at, rule, until_at, quiet, expires_ms,
                                version, made_by, made_at, why)
        VALUES (:status, :kind, :title, :zh, :en, :digest, :audience, :start_at, :rule, :until_at, :quiet, :expires, 1, :by, :now, :why)
        ON CONFLICT DO NOTHING RETURNING id
        """,
        status=status,
        by=by,
        now=to_ms(now),
        why=why,
        **_values(draft),
    )
    return int(row["id"]) if row else 0


def rewrite(db: Connection, number: int, version: int, draft: Draft, by: str) -> bool:
    """Write a draft anew; whatever was approved of it before is not approved any more. False where it has moved on."""
    return (
        db.execute(
            """
            UPDATE broadcasts SET kind = :kind, title = :title, text_zh = :zh, text_en = :en, digest = :digest, audience = :audience,
                   start_at = :start_at, rule = :rule, until_at = :until_at, quiet = :quiet, expires_ms = :expires,
                   status = 'draft', asked_by = '', approved_by = '', made_by = :by, version = version + 1
            WHERE id = :id AND version = :version AND status IN ('suggested', 'draft', 'waiting')
            """,
            id=number,
            version=version,
            by=by,
            **_values(draft),
        )
        == 1
    )


def one(db: Connection, number: int, *, hold: bool = False) -> Broadcast | None:
    """One of them. ``hold``: nobody else changes it before the commit."""
    row = db.one(f"SELECT * FROM broadcasts WHERE id = :id{' FOR UPDATE' if hold else ''}", id=number)  # noqa: S608  (a constant)
    return _broadcast(row) if row else None


def newest(db: Connection, limit: int, statuses: Sequence[Status] = ()) -> list[Broadcast]:
    """The newest, of these statuses where some are given."""
    # Broadcasts are written by hand: there are few, and they are read by their number.
    rows = db.query("SELECT * FROM broadcasts ORDER BY id DESC LIMIT :limit", limit=limit if not statuses else 5_000)
    found = [_broadcast(row) for row in rows if not statuses or row["status"] in statuses]
    return found[:limit]


def move(
    db: Connection,
    number: int,
    was: Sequence[Status],
    status: Status,
    *,
    asked_by: str | None = None,
    approved_by: str | None = None,
    next_at: dt.datetime | None = None,
    keep_next: bool = True,
    people: int | None = None,
    sent_at: dt.datetime | None = None,
) -> bool:
    """Another status, from one of ``was``; False where it had none of them. What is None stays, the next slot with ``keep_next``."""
    names = {f"was_{place}": one for place, one in enumerate(was)}
    sql = f"""
        UPDATE broadcasts SET status = :status, version = version + 1, asked_by = coalesce(:asked_by, asked_by),
               approved_by = coalesce(:approved_by, approved_by), people = coalesce(:people, people),
               sent_at = coalesce(:sent_at, sent_at), next_at = CASE WHEN :keep = 1 THEN next_at ELSE :next_at END
        WHERE id = :id AND status IN ({", ".join(f":{name}" for name in names)})
        """  # noqa: S608  (made of constants)
    return (
        db.execute(
            sql,
            id=number,
            status=status,
            asked_by=asked_by,
            approved_by=approved_by,
            people=people,
            sent_at=to_ms(sent_at) if sent_at else None,
            keep=int(keep_next),
            next_at=to_ms(next_at) if next_at else None,
            **names,
        )
        == 1
    )


def to_decide(db: Connection, by: str) -> int:
    """How many wait for an approval that ``by`` may give, or were suggested and nobody has looked at."""
    sql = """
        SELECT count(*) AS many FROM broadcasts
        WHERE status IN ('waiting', 'suggested') AND (status = 'suggested' OR :by NOT IN (made_by, coalesce(asked_by, '')))
        """
    row = db.one(sql, by=by)
    return int(row["many"]) if row else 0


def due(db: Connection, now: dt.datetime) -> list[int]:
    """Those whose slot has come, the longest due first."""
    sql = "SELECT id FROM broadcasts WHERE status = 'on' AND next_at IS NOT NULL AND next_at <= :now ORDER BY next_at, id LIMIT 100"
    return [int(row["id"]) for row in db.query(sql, now=to_ms(now))]


def set_next(db: Connection, number: int, moment: dt.datetime | None) -> None:
    """Its next slot; None where there is none any more."""
    db.execute("UPDATE broadcasts SET next_at = :next WHERE id = :id", id=number, next=to_ms(moment) if moment else None)


def same_text(db: Connection, draft: Draft, but: int, now: dt.datetime, *, waiting: bool = False) -> int:
    """The newest one with the same text that was sent, set on its way or cancelled when some had it, within a day; with ``waiting``
    also one that waits for an approval. 0: none."""
    sql = """
        SELECT id FROM broadcasts WHERE digest = :digest AND id <> :but AND ((status = 'waiting' AND :waiting = 1)
            OR (sent_at > :since AND (status <> 'cancelled' OR EXISTS (
                SELECT 1 FROM runs WHERE runs.broadcast = broadcasts.id AND (sent > 0 OR uncertain > 0)))))
        ORDER BY CASE WHEN status = 'waiting' THEN 1 ELSE 0 END, sent_at DESC LIMIT 1
        """
    row = db.one(sql, digest=digest(draft.zh, draft.en), since=to_ms(now - _DAY), but=but, waiting=int(waiting))
    return int(row["id"]) if row else 0


def _broadcast(row: Row) -> Broadcast:
    plan = Plan(
        from_ms(row["start_at"]) if row["start_at"] is not None else None,
        loaded(row["rule"]) if row["rule"] else None,
        from_ms(row["until_at"]) if row["until_at"] is not None else None,
        bool(row["quiet"]),
        dt.timedelta(milliseconds=row["expires_ms"]),
    )
    draft = Draft(row["kind"], row["text_zh"], row["text_en"], audience_of(row["audience"]), plan, row["title"])
    return Broadcast(
        int(row["id"]),
        row["status"],
        draft,
        int(row["version"]),
        row["made_by"],
        from_ms(row["made_at"]),
        row["asked_by"],
        row["approved_by"],
        from_ms(row["next_at"]) if row["next_at"] is not None else None,
        int(row["people"]),
        row["why"],
    )
