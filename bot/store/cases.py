"""Cases: what a person must look at. A chat has at most one open case; new facts are added to it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
from typing import Any

from bot.clock import from_ms, to_ms
from bot.errors import Overtaken
from bot.model import REOPENS, Case, CaseDraft, Known
from bot.priority import more_urgent
from bot.safe import storable
from bot.staff import Lease
from bot.store import alarms, audit, clocks, links, search, sites
from bot.store.connection import Connection
from bot.store.rows import dump


def log_case(db: Connection, address: str, draft: CaseDraft, *, words: str, inbox_id: int, now: dt.datetime) -> int:
    """Open a case, or add the draft to the chat's open one: it never becomes less urgent. Its number."""
    sql = "SELECT * FROM cases WHERE address = :address AND status = 'open' AND part = 0 FOR UPDATE"
    found = db.one(sql, address=storable(address))
    if found is None and draft.reopens and _reopen(db, address, draft.reopens, inbox_id, now):
        found = db.one(sql, address=storable(address))
    if found is None:
        opened = _open(db, address, draft, words=words, inbox_id=inbox_id, now=now)
        if opened is not None:
            return opened
        found = db.one(sql, address=storable(address))
        if found is None:
            raise Overtaken("the chat's case was opened and closed in the meantime")
    number = int(found["number"])
    raised = draft.priority < found["priority"]
    db.execute(
        """
        UPDATE cases SET priority = :priority, reason = :reason, topics = :topics, city = :city, district = :district,
               hospital = :hospital, words = :words, facts = :facts, site = :site, site_number = :site_number, updated_at = :now
        WHERE number = :number
        """,
        number=number,
        priority=more_urgent(draft.priority, found["priority"]),
        reason=storable(draft.reason) if raised else found["reason"],
        topics=dump(list(dict.fromkeys([*json.loads(found["topics"]), *draft.topics]))),
        city=draft.city or found["city"],
        district=draft.district or found["district"],
        hospital=storable(draft.hospital) or found["hospital"],
        words=storable(words) or found["words"],
        facts=storable(dump({**json.loads(found["facts"]), **dict(draft.facts)})),
        site=(sites.name_of(db, draft.site) if draft.site else "") or found["site"],
        site_number=draft.site or found["site_number"],
        now=to_ms(now),
    )
    detail = {"inbox": inbox_id, "priority": draft.priority, "reason": draft.reason}
    audit.record(db, number, "case.raised" if raised else "case.added", detail, now)
    clocks.resident_told(db, number, now)
    if main := int(found["merged_into"]):
        clocks.resident_told(db, main, now)
        audit.record(db, main, "case.added", {"inbox": inbox_id, "case": number}, now)
        _moved(db, main, now, danger=False)
    _moved(db, number, now, danger=draft.priority == "P0" and raised)
    _found_by(db, number, draft)
    if draft.facts:
        _link(db, number, now)
    return number


def _moved(db: Connection, number: int, now: dt.datetime, *, danger: bool) -> None:
    """The clocks go on from here; a danger to life alarms in the same transaction."""
    clocks.settle(db, number)
    if danger:
        alarms.ring(db, number, now)


def _found_by(db: Connection, number: int, draft: CaseDraft) -> None:
    """It can be found by its topics at once, by its words soon."""
    sql = "INSERT INTO case_topics (topic, case_number) VALUES (:topic, :number) ON CONFLICT (topic, case_number) DO NOTHING"
    db.execute_many(sql, [{"topic": topic, "number": number} for topic in sorted(set(draft.topics))])
    search.mark(db, number)


def _link(db: Connection, number: int, now: dt.datetime) -> None:
    if (row := db.one("SELECT * FROM cases WHERE number = :number", number=number)) is not None:
        links.link(db, row, now)


def _open(db: Connection, address: str, draft: CaseDraft, *, words: str, inbox_id: int, now: dt.datetime) -> int | None:
    """A new case's number; None where another process opened one for this chat at the same moment."""
    row = db.one(
        """
        INSERT INTO cases
            (address, priority, reason, topics, city, district, hospital, words, facts, site, site_number, opened_at, updated_at, since_at)
        VALUES
            (:address, :priority, :reason, :topics, :city, :district, :hospital, :words, :facts, :site, :site_number, :now, :now, :now)
        ON CONFLICT (address, part) WHERE status = 'open' DO NOTHING RETURNING number
        """,
        address=storable(address),
        priority=draft.priority,
        reason=storable(draft.reason),
        topics=dump(list(draft.topics)),
        city=draft.city,
        district=draft.district,
        hospital=storable(draft.hospital),
        words=storable(words),
        facts=storable(dump(dict(draft.facts))),
        site=sites.name_of(db, draft.site),
        site_number=draft.site,
        now=to_ms(now),
    )
    if row is None:
        return None
    number = int(row["number"])
    audit.record(db, number, "case.opened", {"inbox": inbox_id, "priority": draft.priority, "reason": draft.reason}, now)
    _moved(db, number, now, danger=draft.priority == "P0")
    _found_by(db, number, draft)
    if draft.facts:
        _link(db, number, now)
    return number


def _reopen(db: Connection, address: str, number: int, inbox_id: int, now: dt.datetime) -> bool:
    """Open a closed case of this chat again, while that can be; whether it was."""
    sql = """
        UPDATE cases SET status = 'open', closed_at = NULL, updated_at = :now
        WHERE number = :number AND address = :address AND status = 'closed' AND closed_at >= :since
        """
    since = to_ms(now - REOPENS)
    if db.execute(sql, number=number, address=storable(address), since=since, now=to_ms(now)) != 1:
        return False
    audit.record(db, number, "case.reopened", {"inbox": inbox_id}, now)
    clocks.began_again(db, number, now)
    return True


def close(db: Connection, address: str, number: int, why: str, now: dt.datetime) -> None:
    """Close the chat's open case; nothing where it is not open any more."""
    sql = """
        UPDATE cases SET status = 'closed', closed_at = :now, updated_at = :now, owner = '', owner_at = 0, owner_until = 0
        WHERE number = :number AND address = :address AND status = 'open'
        """
    if db.execute(sql, number=number, address=storable(address), now=to_ms(now)) == 1:
        audit.record(db, number, "case.closed", {"why": why}, now)
        clocks.settle(db, number)
        alarms.quiet(db, number, now)


def answered(db: Connection, address: str, number: int, by: str, now: dt.datetime) -> None:
    """A person has acted on the chat's case; the first time is kept."""
    sql = """
        UPDATE cases SET answered_at = coalesce(answered_at, :now), updated_at = :now WHERE number = :number AND address = :address
        """
    if db.execute(sql, number=number, address=storable(address), now=to_ms(now)) == 1:
        audit.record(db, number, "case.answered", {"by": by}, now)
        clocks.staff_spoke(db, number, now)


def rate(db: Connection, address: str, number: int, rating: int, now: dt.datetime) -> None:
    """Keep what the resident says of the help with their case; the last word counts."""
    sql = "UPDATE cases SET rating = :rating, updated_at = :now WHERE number = :number AND address = :address"
    if db.execute(sql, rating=rating, number=number, address=storable(address), now=to_ms(now)) == 1:
        audit.record(db, number, "case.rated", {"rating": rating}, now)


def ahead(db: Connection, number: int, most: int) -> int:
    """How many open cases are taken up before this one; counted to ``most``."""
    row = db.one(
        """
        SELECT count(*) AS many FROM (
            SELECT 1 FROM cases AS other JOIN cases AS own ON own.number = :number
            WHERE other.status = 'open' AND other.merged_into = 0 AND other.number <> own.number
            AND (other.rank, other.due_at, other.opened_at, other.number) < (own.rank, own.due_at, own.opened_at, own.number)
            ORDER BY other.rank, other.due_at, other.opened_at, other.number LIMIT :most
        ) AS before
        """,
        number=number,
        most=most,
    )
    return int(row["many"]) if row else 0


def known(db: Connection, number: int) -> Known:
    """What a decision needs to know of a case; nothing where there is no such case."""
    row = db.one("SELECT * FROM cases WHERE number = :number", number=number)
    return Known(case_of(row)) if row else Known()


def newest(db: Connection, address: str) -> Case | None:
    """The last case that a chat had opened, open or closed."""
    row = db.one("SELECT * FROM cases WHERE address = :address AND part = 0 ORDER BY number DESC LIMIT 1", address=storable(address))
    return case_of(row) if row else None


def all_of(db: Connection, address: str) -> list[Case]:
    """All cases of a chat, open or closed, oldest first."""
    return [case_of(row) for row in db.query("SELECT * FROM cases WHERE address = :address ORDER BY number", address=storable(address))]


def waiting(db: Connection, limit: int, hospital: str = "", *, site: int = 0, named: str = "") -> list[Case]:
    """The open cases, most urgent first, then the longest waiting; with ``hospital`` those refused where the name holds these words.

    Of one site by its number, or of all sites of a name.
    """
    where, values = "status = 'open' AND merged_into = 0", dict[str, Any]()
    if hospital:
        where += " AND lower(hospital) LIKE :name ESCAPE '!'"
        values["name"] = "%" + re.sub(r"([!%_])", r"!\1", storable(hospital).lower()) + "%"
    if site:
        where += " AND site_number = :site AND site_number <> 0"
        values["site"] = site
    if named:
        where += " AND site_number <> 0 AND lower(site) = lower(:named)"
        values["named"] = storable(named)
    sql = f"SELECT * FROM cases WHERE {where} ORDER BY rank, due_at, opened_at, number LIMIT :limit"  # noqa: S608  (made of constants)
    return [dataclasses.replace(case_of(row), links=links.of(db, row["number"])) for row in db.query(sql, limit=limit, **values)]


def case_of(row: dict[str, Any]) -> Case:
    """A case from its row."""
    return Case(
        number=row["number"],
        address=row["address"],
        status=row["status"],
        priority=row["priority"],
        reason=row["reason"],
        topics=tuple(json.loads(row["topics"])),
        city=row["city"],
        district=row["district"],
        opened_at=from_ms(row["opened_at"]),
        updated_at=from_ms(row["updated_at"]),
        words=row["words"],
        facts=tuple(json.loads(row["facts"]).items()),
        closed_at=from_ms(row["closed_at"]) if row["closed_at"] is not None else None,
        answered_at=from_ms(row["answered_at"]) if row["answered_at"] is not None else None,
        rating=row["rating"],
        site=row["site"],
        hospital=row["hospital"],
        lease=Lease(row["owner"], from_ms(row["owner_at"]), from_ms(row["owner_until"])) if row["owner"] else None,
        taken_at=from_ms(row["taken_at"]) if row["taken_at"] is not None else None,
        course=clocks.course_of(row),
        team=row["team"],
        merged_into=row["merged_into"],
    )
