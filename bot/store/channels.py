"""What holds for a whole channel or chat: a pause for all processes, a chat that moved, a resident who cannot be reached."""

from __future__ import annotations

import datetime as dt

from bot.clock import from_ms, to_ms
from bot.safe import storable
from bot.store import people, sites
from bot.store.connection import Connection
from bot.store.waits import ahead_of, later

SLOWEST, APART, EASES = 10, 1_000, 20_000
"""Steps that broadcasts are slowed down by at most; refusals that lie closer together than so many milliseconds are one; and after so
many milliseconds without one they go a step faster again."""


def pause(db: Connection, channel: str, until: dt.datetime, now: dt.datetime) -> None:
    """The channel refuses us: take nothing before ``until``, a pause that is longer already stays; and broadcasts go slower for a while."""
    db.execute(
        """
        INSERT INTO channels (channel, paused_at, paused_until, slow, slowed_at) VALUES (:channel, :now, :until, 1, :now)
        ON CONFLICT (channel) DO UPDATE SET
            paused_at = CASE WHEN channels.paused_until < :until OR channels.paused_at > :ahead THEN :now ELSE channels.paused_at END,
            paused_until = CASE WHEN channels.paused_until < :until OR channels.paused_at > :ahead THEN :until
                           ELSE channels.paused_until END,
            slow = CASE WHEN channels.slowed_at > :now - :apart AND channels.slowed_at <= :ahead THEN channels.slow
                   WHEN channels.slowed_at > :ahead OR channels.slow <= (:now - channels.slowed_at) / :eases THEN 1
                   WHEN channels.slow - (:now - channels.slowed_at) / :eases >= :slowest THEN :slowest
                   ELSE channels.slow - (:now - channels.slowed_at) / :eases + 1 END,
            slowed_at = :now
        """,
        channel=channel,
        now=to_ms(now),
        until=to_ms(until),
        ahead=ahead_of(now),
        apart=APART,
        eases=EASES,
        slowest=SLOWEST,
    )


def slowness(db: Connection, channel: str, now: dt.datetime) -> int:
    """By how many steps broadcasts are slowed down now, 0 to :data:`SLOWEST`."""
    row = db.one("SELECT slow, slowed_at FROM channels WHERE channel = :channel", channel=channel)
    if row is None or not row["slow"] or row["slowed_at"] > ahead_of(now):
        return 0
    return max(0, int(row["slow"]) - max(0, to_ms(now) - int(row["slowed_at"])) // EASES)


def paused_until(db: Connection, channel: str, now: dt.datetime, *, hold: bool) -> int | None:
    """Epoch milliseconds of the end of a pause; None without one. ``hold``: no other process reads it so before the commit."""
    if hold:
        sql = "SELECT paused_at, paused_until FROM channels WHERE channel = :channel FOR UPDATE"
        row = db.one(sql, channel=channel)
        if row is None:
            db.execute("INSERT INTO channels (channel) VALUES (:channel) ON CONFLICT (channel) DO NOTHING", channel=channel)
            row = db.one(sql, channel=channel)
    else:
        row = db.one("SELECT paused_at, paused_until FROM channels WHERE channel = :channel", channel=channel)
    if row is None or row["paused_until"] <= to_ms(now) or row["paused_at"] > ahead_of(now):
        return None
    return int(row["paused_until"])


def pause_of(db: Connection, channel: str, now: dt.datetime) -> dt.datetime | None:
    """The end of a channel's pause; None without one."""
    until = paused_until(db, channel, now, hold=False)
    return None if until is None else from_ms(until)


def poll(db: Connection, channel: str, worker: str, now: dt.datetime, lease_s: float) -> bool:
    """Whether this process is the one that fetches from a channel for so long; whoever holds it keeps it while it asks in time."""
    changed = db.execute(
        """
        INSERT INTO channels (channel, poller, polled_at, polled_until) VALUES (:channel, :worker, :now, :until)
        ON CONFLICT (channel) DO UPDATE
        SET poller = excluded.poller, polled_at = excluded.polled_at, polled_until = excluded.polled_until
        WHERE channels.poller = excluded.poller OR channels.polled_until <= :now OR channels.polled_at > :ahead
        """,
        channel=channel,
        worker=worker,
        now=to_ms(now),
        until=later(now, lease_s),
        ahead=ahead_of(now),
    )
    return changed == 1


def reroute(db: Connection, channel: str, old: str, new: str, now: dt.datetime) -> None:
    """A chat has another address from now on: what waits, its conversation, its lines and its cases go with it.

    Where both have an open case, or a conversation, each keeps its case, and the conversation that moved last is kept.
    Of a group, everybody's conversation goes with it, and its site.
    """
    old, new = storable(old), storable(new)
    if old == new:
        return
    for member in sites.members(db, old):
        moved_to = new + member.removeprefix(old)
        sites.move_member(db, member, moved_to)
        reroute(db, channel, member, moved_to, now)
    sites.move(db, old, new)
    values = {"channel": channel, "old": old, "new": new}
    # The number of the chat as it came stays: by it the same update is known when it comes again.
    db.execute("UPDATE inbox SET address = :new WHERE address = :old AND status = 'open'", old=old, new=new)
    sql = """
        UPDATE outbox SET address = :new, updated_at = :now
        WHERE channel = :channel AND address = :old AND status IN ('pending', 'sending')
        """
    db.execute(sql, now=to_ms(now), **values)
    rows = db.query("SELECT address, updated_at FROM conversations WHERE address IN (:old, :new) FOR UPDATE", old=old, new=new)
    moved = {row["address"]: row["updated_at"] for row in rows}
    if old in moved:
        loser = new if moved[old] > moved.get(new, -1) else old
        db.execute("DELETE FROM conversations WHERE address = :loser", loser=loser)
        db.execute("UPDATE conversations SET address = :new WHERE address = :old", old=old, new=new)
    db.execute("UPDATE messages SET address = :new WHERE address = :old", old=old, new=new)
    db.execute("UPDATE phone_reports SET address = :new WHERE address = :old", old=old, new=new)
    db.execute("UPDATE dues SET address = :new WHERE address = :old", old=old, new=new)
    people.move(db, old, new)
    there = "SELECT 1 FROM register AS there WHERE there.address = :new AND there.grp = register.grp AND there.patient = register.patient"
    sql = f"UPDATE register SET address = :new WHERE address = :old AND NOT EXISTS ({there})"  # noqa: S608  (a constant)
    db.execute(sql, old=old, new=new)
    db.execute("DELETE FROM register WHERE address = :old", old=old)
    db.execute(
        """
        UPDATE cases SET address = :new WHERE address = :old AND (status <> 'open' OR NOT EXISTS (
            SELECT 1 FROM cases AS there WHERE there.address = :new AND there.status = 'open'))
        """,
        old=old,
        new=new,
    )


def unreachable(db: Connection, address: str, reason: str, now: dt.datetime) -> None:
    """The resident has blocked the bot, or put it out of the group; ``reason`` is a short id."""
    db.execute(
        """
        INSERT INTO residents (address, unreachable, changed_at) VALUES (:address, :reason, :now)
        ON CONFLICT (address) DO UPDATE SET unreachable = excluded.unreachable, changed_at = excluded.changed_at
        """,
        address=storable(address),
        reason=storable(reason)[:60] or "unknown",
        now=to_ms(now),
    )


def reachable(db: Connection, address: str, now: dt.datetime) -> None:
    """The resident can be reached again."""
    sql = "UPDATE residents SET unreachable = '', changed_at = :now WHERE address = :address AND unreachable <> ''"
    db.execute(sql, address=storable(address), now=to_ms(now))


def why_unreachable(db: Connection, address: str) -> str:
    """Why a resident cannot be reached; empty where nothing is known against it."""
    row = db.one("SELECT unreachable FROM residents WHERE address = :address", address=storable(address))
    return str(row["unreachable"]) if row else ""
