"""Between the people of a run and the outbox: a few at a time are put there, taken back where they must not go out, and settled.

The outbox never holds more of a broadcast than goes out in a moment. So a broadcast that is paused, cancelled or late stops at once,
and replies never wait behind a million rows. A row of the outbox is made and taken back in the same transaction as the person's
status: nobody is there twice, whatever is killed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from bot.clock import to_ms
from bot.model import Button
from bot.safe import storable
from bot.store.connection import Connection, Row
from bot.store.rows import dump_buttons

AT_ONCE = 500
"""Rows of one transaction."""
_DAY, _HOUR = dt.timedelta(hours=24), dt.timedelta(hours=1)
Rendered = tuple[str, tuple[Button, ...]]
Render = Callable[[Row], Rendered]
"""What one person is sent; the row has address, lang, city and district."""


def lock(db: Connection, now: dt.datetime) -> None:
    """Of several processes one feeds at a time: the limits of a person hold over all of them."""
    sql = "UPDATE feeders SET at = :now WHERE name = 'broadcast'"
    if not db.execute(sql, now=to_ms(now)):
        db.execute("INSERT INTO feeders (name, at) VALUES ('broadcast', :now) ON CONFLICT (name) DO NOTHING", now=to_ms(now))
        db.execute(sql, now=to_ms(now))


def on_the_way(db: Connection, channel: str) -> int:
    """How much of any broadcast the outbox holds that is not settled."""
    sql = "SELECT count(*) AS many FROM outbox WHERE channel = :channel AND lane = 'broadcast' AND status IN ('pending', 'sending')"
    row = db.one(sql, channel=channel)
    return int(row["many"]) if row else 0


def feed(db: Connection, run: int, kind: str, most: int, cap: int, render: Render, now: dt.datetime) -> int:
    """Put up to ``most`` of those who wait into the outbox; how many were looked at. Who must not have it now is left out for good.

    ``cap``: who was sent so many broadcasts within a day has no more; 0: no limit.
    """
    rows = db.query(
        """
        SELECT p.address, coalesce(r.lang, '') AS lang, coalesce(r.city, s.city, '') AS city,
               coalesce(r.district, s.district, '') AS district, coalesce(r.unreachable, '') AS unreachable,
               coalesce(own.wants, CASE WHEN :kind = 'emergency' THEN 1 ELSE others.wants END, 1) AS wants,
               (SELECT count(*) FROM recipients AS had JOIN runs ON runs.id = had.run
                WHERE had.address = p.address AND had.at > :since AND had.status IN ('queued', 'sent', 'uncertain')
                AND runs.kind <> 'emergency') AS had
        FROM recipients AS p LEFT JOIN residents AS r ON r.address = p.address LEFT JOIN sites AS s ON s.address = p.address
        LEFT JOIN preferences AS own ON own.address = p.address AND own.kind = :kind
        LEFT JOIN preferences AS others ON others.address = p.address AND others.kind = '*'
        WHERE p.run = :run AND p.status = 'waiting' ORDER BY p.address LIMIT :most FOR UPDATE OF p SKIP LOCKED
        """,
        run=run,
        kind=kind,
        since=to_ms(now - _DAY),
        most=min(most, AT_ONCE),
    )
    out: list[dict[str, object]] = []
    moved: list[dict[str, object]] = []
    for row in rows:
        why = "gone" if row["unreachable"] else "left" if not row["wants"] else "cap" if cap and row["had"] >= cap else ""
        moved.append({"run": run, "address": row["address"], "status": "skipped" if why else "queued", "why": why, "now": to_ms(now)})
        if why:
            continue
        text, buttons = render(row)
        out.append(
            {
                "key": _key(run, row["address"]),
                "channel": str(row["address"]).partition(":")[0],
                "address": row["address"],
                "text": storable(text),
                "buttons": dump_buttons(buttons),
                "now": to_ms(now),
            }
        )
    db.execute_many("UPDATE recipients SET status = :status, why = :why, at = :now WHERE run = :run AND address = :address", moved)
    db.execute_many(
        """
        INSERT INTO outbox (key, channel, address, lane, text, buttons, status, created_at, updated_at)
        VALUES (:key, :channel, :address, 'broadcast', :text, :buttons, 'pending', :now, :now)
        """,
        out,
    )
    skipped = len(moved) - len(out)
    if skipped:
        db.execute("UPDATE runs SET skipped = skipped + :skipped WHERE id = :id", id=run, skipped=skipped)
    return len(rows)


def withdraw(db: Connection, run: int) -> int:
    """Take back what is in the outbox and nobody has begun to send; how many wait again."""
    rows = _queued(db, run, "AND o.status = 'pending'")
    back = 0
    for row in rows:
        # Another process may have taken it up since it was read.
        if db.execute("DELETE FROM outbox WHERE id = :id AND status = 'pending'", id=row["id"]):
            sql = "UPDATE recipients SET status = 'waiting' WHERE run = :run AND address = :address"
            back += db.execute(sql, run=run, address=row["address"])
    return back


def reap(db: Connection, run: int, now: dt.datetime) -> int:
    """What became of those in the outbox; how many were settled. What has arrived, or never will, leaves the outbox; what is
    uncertain stays there until somebody decides."""
    rows = _queued(db, run, "AND o.status IN ('sent', 'dead', 'uncertain')") + _known_again(db, run)
    counts: dict[str, int] = {}
    first = last = None
    moved, gone = [], []
    for row in rows:
        status = {"sent": "sent", "uncertain": "uncertain"}.get(row["status"]) or ("blocked" if row["unreachable"] else "failed")
        counts[status] = counts.get(status, 0) + 1
        if row["was"] == "uncertain":
            counts["uncertain"] = counts.get("uncertain", 0) - 1
        if status == "sent":
            first = min(first or row["updated_at"], row["updated_at"])
            last = max(last or row["updated_at"], row["updated_at"])
        why = "" if status == "sent" else row["reason"]
        moved.append({"run": run, "address": row["address"], "status": status, "why": why, "at": row["updated_at"]})
        if status != "uncertain":
            gone.append({"id": row["id"]})
    if not rows:
        return 0
    db.execute_many("UPDATE recipients SET status = :status, why = :why, at = :at WHERE run = :run AND address = :address", moved)
    db.execute_many("DELETE FROM outbox WHERE id = :id", gone)
    changes = {name: counts.get(name, 0) for name in ("sent", "failed", "blocked", "uncertain")}
    db.execute(
        """
        UPDATE runs SET sent = sent + :sent, failed = failed + :failed, blocked = blocked + :blocked, uncertain = uncertain + :uncertain,
               first_at = CASE WHEN first_at IS NULL THEN CAST(:first AS BIGINT) ELSE first_at END,
               last_at = coalesce(CAST(:last AS BIGINT), last_at)
        WHERE id = :id
        """,
        id=run,
        first=first,
        last=last,
        **changes,
    )
    return len(rows)


def known_again(db: Connection, since: dt.datetime) -> list[int]:
    """Runs that have ended since then and of which somebody counted as uncertain whose sender has reported after all."""
    sql = "SELECT id FROM runs WHERE uncertain > 0 AND ended_at > :since ORDER BY id DESC LIMIT 20"
    rows = db.query(sql, since=to_ms(since))
    return [int(row["id"]) for row in rows if _known_again(db, row["id"])]


def uncertain(db: Connection, run: int, limit: int) -> list[tuple[str, str, int]]:
    """Of whom nobody knows whether they have it: address, why, since when (epoch milliseconds)."""
    sql = "SELECT address, why, at FROM recipients WHERE run = :run AND status = 'uncertain' ORDER BY address LIMIT :limit"
    return [(row["address"], row["why"], int(row["at"])) for row in db.query(sql, run=run, limit=limit)]


def again(db: Connection, run: int, addresses: Sequence[str] | None, now: dt.datetime, until: dt.datetime | None = None) -> int:
    """Send again to those of whom nobody knows, all or these: a person has decided that twice is better than not at all. How many."""
    rows = db.query(
        "SELECT address FROM recipients WHERE run = :run AND status = 'uncertain' ORDER BY address LIMIT :most", run=run, most=10_000
    )
    chosen = [row["address"] for row in rows if addresses is None or row["address"] in addresses]
    done = 0
    for address in chosen:
        sql = """
            UPDATE outbox SET status = 'pending', not_before = 0, updated_at = :now WHERE key = :key AND status = 'uncertain'
            """
        if db.execute(sql, key=_key(run, address), now=to_ms(now)):
            sql = "UPDATE recipients SET status = 'queued', at = :now WHERE run = :run AND address = :address"
            done += db.execute(sql, run=run, address=address, now=to_ms(now))
    if done:
        # Whoever else waited when the run was over is not sent it now: only those who were chosen are.
        sql = """
            UPDATE recipients SET status = 'skipped', why = 'late', at = :now WHERE run = :run AND status = 'waiting'
            AND EXISTS (SELECT 1 FROM runs WHERE id = :run AND ended_at IS NOT NULL)
            """
        late = db.execute(sql, run=run, now=to_ms(now))
        # Who sends it again after its time wants it to go out: it has an hour for that, at night until an hour after the morning.
        sql = """
            UPDATE runs SET uncertain = uncertain - :done, skipped = skipped + :late, status = 'sending', ended_at = NULL,
                   expires_at = CASE WHEN expires_at < :until THEN :until ELSE expires_at END WHERE id = :id
            """
        db.execute(sql, id=run, done=done, late=late, until=to_ms(max(now, until or now) + _HOUR))
    return done


def answers(db: Connection, run: int) -> tuple[int, int]:
    """Of those who were sent it: how many wrote afterwards, and how many of them asked for help."""
    row = db.one(
        """
        SELECT count(*) AS wrote, coalesce(sum(CASE WHEN case_number > 0 THEN 1 ELSE 0 END), 0) AS helped
        FROM recipients WHERE run = :run AND answered_at IS NOT NULL
        """,
        run=run,
    )
    return (int(row["wrote"]), int(row["helped"])) if row else (0, 0)


def skipped(db: Connection, run: int) -> dict[str, int]:
    """Why people of a run that is over were left out, failed or are uncertain: short ids, and how many."""
    sql = "SELECT why, count(*) AS many FROM recipients WHERE run = :run AND why <> '' GROUP BY why ORDER BY why"
    return {row["why"]: int(row["many"]) for row in db.query(sql, run=run)}


def _queued(db: Connection, run: int, more: str) -> list[Row]:
    sql = f"""
        SELECT p.address, p.status AS was, o.id, o.status, o.reason, o.updated_at, coalesce(r.unreachable, '') AS unreachable
        FROM recipients AS p JOIN outbox AS o ON o.key = 'run:' || p.run || ':' || p.address {more}
        LEFT JOIN residents AS r ON r.address = p.address
        WHERE p.run = :run AND p.status = 'queued' ORDER BY p.address LIMIT :most
        """  # noqa: S608  (made of constants)
    return db.query(sql, run=run, most=AT_ONCE * 8)


def _known_again(db: Connection, run: int) -> list[Row]:
    """Those that counted as uncertain until their sender reported after all."""
    sql = """
        SELECT p.address, p.status AS was, o.id, o.status, o.reason, o.updated_at, '' AS unreachable
        FROM recipients AS p JOIN outbox AS o ON o.key = 'run:' || p.run || ':' || p.address AND o.status IN ('sent', 'dead')
        WHERE p.run = :run AND p.status = 'uncertain' ORDER BY p.address LIMIT :most
        """
    return db.query(sql, run=run, most=AT_ONCE)


def _key(run: int, address: str) -> str:
    return f"run:{run}:{address}"
