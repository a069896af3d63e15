"""Where each resident is and when they wrote last, and which broadcasts they want: kept beside the conversation, of private chats only."""

from __future__ import annotations

import datetime as dt

from bot.audience import TOPIC_DAYS
from bot.broadcast import Had
from bot.clock import from_ms, to_ms
from bot.model import Incoming
from bot.safe import storable
from bot.state import State
from bot.store.connection import Connection
from bot.store.outbox import PULLED

ALL = "*"
"""Every kind of broadcast without a row of its own; emergency notices never are among them."""
_FRESH = dt.timedelta(hours=1)
"""Within so long who writes on is not written down again: most messages cost no further write."""


def seen(db: Connection, incoming: Incoming, before: State, after: State, now: dt.datetime) -> None:
    """Somebody has written; what they were told to be before is ``before``."""
    if incoming.channel in PULLED or incoming.group or incoming.kind == "due":
        return
    there = (after.city, after.district, after.zone or before.zone, after.lang or after.spoke)
    was = (before.city, before.district, before.zone, before.lang or before.spoke)
    since = before.updated_at
    if there != was or since is None or not dt.timedelta() <= now - since < _FRESH:
        db.execute(
            """
            INSERT INTO residents (address, changed_at, city, district, zone, lang, seen_at)
            VALUES (:address, :now, :city, :district, :zone, :lang, :now)
            ON CONFLICT (address) DO UPDATE SET
                city = CASE WHEN excluded.city <> '' THEN excluded.city ELSE residents.city END,
                district = CASE WHEN excluded.city <> '' AND (excluded.district <> '' OR excluded.city <> residents.city)
                           THEN excluded.district ELSE residents.district END,
                zone = CASE WHEN excluded.zone <> '' THEN excluded.zone ELSE residents.zone END,
                lang = CASE WHEN excluded.lang <> '' THEN excluded.lang ELSE residents.lang END,
                seen_at = excluded.seen_at
            """,
            address=storable(incoming.address),
            city=there[0],
            district=there[1],
            zone=there[2],
            lang=there[3],
            now=to_ms(now),
        )
    stale = since is None or now - since >= _FRESH
    if stale and since is not None:
        # What somebody was ill with once is nobody's business for ever.
        old = to_ms(now - dt.timedelta(days=TOPIC_DAYS))
        db.execute("DELETE FROM resident_topics WHERE address = :address AND at < :old", address=storable(incoming.address), old=old)
    topics = [topic for topic in after.topics if stale or topic not in before.topics]
    if not topics:
        return
    db.execute_many(
        """
        INSERT INTO resident_topics (address, topic, at) VALUES (:address, :topic, :now)
        ON CONFLICT (address, topic) DO UPDATE SET at = excluded.at
        """,
        [{"address": storable(incoming.address), "topic": topic, "now": to_ms(now)} for topic in topics],
    )


def want(db: Connection, address: str, kind: str, wants: bool, now: dt.datetime) -> None:
    """Somebody wants broadcasts of a kind, or no more of them. :data:`ALL` ends what was said of each kind but emergencies."""
    values = {"address": storable(address)}
    if kind == ALL:
        db.execute("DELETE FROM preferences WHERE address = :address AND kind <> 'emergency'", **values)
    db.execute(
        """
        INSERT INTO preferences (address, kind, wants, at) VALUES (:address, :kind, :wants, :now)
        ON CONFLICT (address, kind) DO UPDATE SET wants = excluded.wants, at = excluded.at
        """,
        kind=kind,
        wants=int(wants),
        now=to_ms(now),
        **values,
    )


def forget(db: Connection, address: str) -> None:
    """Nothing of it is kept; nobody without a row here is sent a broadcast."""
    for row in db.query(
        "SELECT run FROM recipients WHERE address = :address AND status IN ('queued', 'uncertain')", address=storable(address)
    ):
        db.execute("DELETE FROM outbox WHERE key = :key", key=f"run:{row['run']}:{address}")
    for table in ("residents", "resident_topics", "preferences", "recipients"):
        db.execute(f"DELETE FROM {table} WHERE address = :address", address=storable(address))  # noqa: S608  (a constant)


def move(db: Connection, old: str, new: str) -> None:
    """A chat has another address: who was sent something under one is not sent it again under the other."""
    values = {"old": old, "new": new}
    for row in db.query("SELECT run FROM recipients WHERE address = :old AND status IN ('queued', 'uncertain')", old=old):
        keys = {"key": f"run:{row['run']}:{old}", "to": f"run:{row['run']}:{new}"}
        if db.one("SELECT 1 AS found FROM recipients WHERE run = :run AND address = :new", run=row["run"], new=new):
            sql = "UPDATE outbox SET status = 'dead', reason = 'moved' WHERE key = :key AND status IN ('pending', 'sending')"
            db.execute(sql, key=keys["key"])
        else:
            db.execute("UPDATE outbox SET key = :to WHERE key = :key", **keys)
    for table, key in (("resident_topics", "topic"), ("preferences", "kind"), ("recipients", "run")):
        there = f"SELECT 1 FROM {table} AS there WHERE there.address = :new AND there.{key} = {table}.{key}"  # noqa: S608  (constants)
        db.execute(f"UPDATE {table} SET address = :new WHERE address = :old AND NOT EXISTS ({there})", **values)  # noqa: S608
    db.execute("DELETE FROM residents WHERE address = :new AND seen_at = 0", new=new)
    db.execute(
        "UPDATE residents SET address = :new WHERE address = :old AND NOT EXISTS (SELECT 1 FROM residents WHERE address = :new)", **values
    )
    db.execute("DELETE FROM residents WHERE address = :old", old=old)
    for row in db.query("SELECT run FROM recipients WHERE address = :old AND status = 'waiting'", old=old):
        db.execute("UPDATE recipients SET status = 'skipped', why = 'moved' WHERE run = :run AND address = :old", run=row["run"], old=old)
        db.execute("UPDATE runs SET skipped = skipped + 1 WHERE id = :run", run=row["run"])


def counted_in(db: Connection, address: str) -> int:
    """How many broadcasts somebody was sent, or may have been."""
    sql = "SELECT count(*) AS many FROM recipients WHERE address = :address AND status IN ('sent', 'uncertain', 'queued')"
    row = db.one(sql, address=storable(address))
    return int(row["many"]) if row else 0


def sent_to(db: Connection, address: str, limit: int) -> tuple[Had, ...]:
    """The broadcasts that somebody was sent lately, or may have been, the newest first."""
    rows = db.query(
        """
        SELECT runs.broadcast, p.status, p.at FROM recipients AS p JOIN runs ON runs.id = p.run
        WHERE p.address = :address AND p.status IN ('sent', 'uncertain') ORDER BY p.at DESC LIMIT :limit
        """,
        address=storable(address),
        limit=limit,
    )
    return tuple(Had(int(row["broadcast"]), row["status"], from_ms(row["at"])) for row in rows)


def preferences(db: Connection, address: str) -> dict[str, bool]:
    """What somebody has said of kinds of broadcast."""
    rows = db.query("SELECT kind, wants FROM preferences WHERE address = :address ORDER BY kind", address=storable(address))
    return {row["kind"]: bool(row["wants"]) for row in rows}


def place(db: Connection, address: str) -> tuple[str, str, str]:
    """City, district and zone of somebody, as they were told last."""
    row = db.one("SELECT city, district, zone FROM residents WHERE address = :address", address=storable(address))
    return (row["city"], row["district"], row["zone"]) if row else ("", "", "")


def topics(db: Connection, address: str) -> tuple[str, ...]:
    """What somebody asked about lately."""
    sql = "SELECT topic FROM resident_topics WHERE address = :address ORDER BY topic"
    return tuple(row["topic"] for row in db.query(sql, address=storable(address)))


def answered(db: Connection, address: str, case: int, now: dt.datetime, within: dt.timedelta) -> None:
    """Somebody who was sent a broadcast lately has written; ``case``: the one that this opened or added to, or 0."""
    db.execute(
        """
        UPDATE recipients SET answered_at = coalesce(answered_at, :now),
               case_number = CASE WHEN case_number = 0 THEN :number ELSE case_number END
        WHERE address = :address AND at > :since AND status IN ('sent', 'uncertain') AND (answered_at IS NULL OR case_number = 0)
        """,
        address=storable(address),
        number=case,
        now=to_ms(now),
        since=to_ms(now - within),
    )
