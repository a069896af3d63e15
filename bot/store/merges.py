"""Cases that are worked on as one, taken apart again, and split in two."""

from __future__ import annotations

import datetime as dt

from bot.clock import to_ms
from bot.model import Case
from bot.store import audit, clocks, leases, search
from bot.store.cases import case_of
from bot.store.connection import Connection
from bot.store.desk import Act, begin, hold
from bot.store.leases import Leases


def merged(db: Connection, number: int) -> list[Case]:
    """The cases that are worked on with this one."""
    rows = db.query("SELECT * FROM cases WHERE merged_into = :number AND merged_into <> 0 ORDER BY number", number=number)
    return [case_of(row) for row in rows]


def merge(db: Connection, act: Act, into: int, lengths: Leases, now: dt.datetime) -> str:
    """Work on a case with another one from now on; why that cannot be, empty where it is done.

    Raises :class:`bot.store.desk.NoCase`, ``MovedOn`` or ``Held``.
    """
    # Held in one order, whichever is merged into which: two that merge each other must not wait for each other.
    for number in sorted((act.number, into)):
        hold(db, number)
    case = begin(db, act, "merge", lengths, now)
    if case is None:
        return ""
    main = hold(db, into)
    if case.number == main.number:
        return "merge_itself"
    if case.status != "open" or main.status != "open":
        return "merge_closed"
    if main.merged_into or case.merged_into:
        return "merge_merged"
    if merged(db, case.number):
        return "merge_main"
    db.execute(
        "UPDATE cases SET merged_into = :into, updated_at = :now WHERE number = :number", into=into, now=to_ms(now), number=case.number
    )
    leases.free(db, case.number, now)
    clocks.settle(db, case.number)
    audit.record(db, case.number, "case.merged", {"by": act.by, "into": into}, now)
    audit.record(db, into, "case.joined", {"by": act.by, "case": case.number}, now)
    return ""


def unmerge(db: Connection, act: Act, lengths: Leases, now: dt.datetime) -> bool:
    """A merged case is worked on by itself again; False where it is none."""
    case = begin(db, act, "unmerge", lengths, now)
    if case is None:
        return True
    if not case.merged_into:
        return False
    db.execute("UPDATE cases SET merged_into = 0, updated_at = :now WHERE number = :number", now=to_ms(now), number=act.number)
    clocks.settle(db, act.number)
    audit.record(db, act.number, "case.unmerged", {"by": act.by, "from": case.merged_into}, now)
    audit.record(db, case.merged_into, "case.parted", {"by": act.by, "case": act.number}, now)
    return True


def split(db: Connection, act: Act, words: str, lengths: Leases, now: dt.datetime) -> int:
    """A second case of the same chat, for another patient; its number, 0 where the first is closed or it was done before."""
    case = begin(db, act, "split", lengths, now)
    if case is None or case.status != "open":
        return 0
    row = db.one(
        """
        INSERT INTO cases (address, priority, reason, topics, city, district, hospital, words, facts, site, site_number,
                           opened_at, updated_at, since_at, part)
        SELECT address, priority, reason, topics, city, district, '', :words, '{}', site, site_number, :now, :now, :now, number
        FROM cases WHERE number = :number RETURNING number
        """,
        words=words,
        now=to_ms(now),
        number=act.number,
    )
    assert row is not None  # noqa: S101  (it was written just now)
    number = int(row["number"])
    # A part of its own: a second split of the same case is another one.
    db.execute("UPDATE cases SET part = number WHERE number = :number", number=number)
    sql = "INSERT INTO case_topics (topic, case_number) SELECT topic, :number FROM case_topics WHERE case_number = :own"
    db.execute(sql, number=number, own=act.number)
    search.mark(db, number)
    audit.record(db, number, "case.split", {"by": act.by, "from": act.number}, now)
    clocks.settle(db, number)
    audit.record(db, act.number, "case.split_off", {"by": act.by, "case": number}, now)
    return number


def link(db: Connection, act: Act, other: int, why: str, now: dt.datetime) -> bool:
    """Link two cases by hand; False where they were."""
    for number in sorted((act.number, other)):
        hold(db, number)
    one, two = sorted((act.number, other))
    sql = "INSERT INTO case_links (one, other, why, at) VALUES (:one, :two, :why, :now) ON CONFLICT (one, other, why) DO NOTHING"
    if not db.execute(sql, one=one, two=two, why=why, now=to_ms(now)):
        return False
    for number, with_ in ((one, two), (two, one)):
        audit.record(db, number, "case.linked", {"by": act.by, "case": with_, "why": why}, now)
    return True


def unlink(db: Connection, act: Act, other: int, now: dt.datetime) -> bool:
    """Take all links between two cases away; False where there is none."""
    for number in sorted((act.number, other)):
        hold(db, number)
    one, two = sorted((act.number, other))
    if not db.execute("DELETE FROM case_links WHERE one = :one AND other = :two", one=one, two=two):
        return False
    for number, with_ in ((one, two), (two, one)):
        audit.record(db, number, "case.unlinked", {"by": act.by, "case": with_}, now)
    return True
