"""Pages of cases: those of a filter, in a stable order, each page going on where the one before ended.

The queue (open cases without words) is in the order in which cases are taken up; everything else is newest first. Where one comes is a
key, so that a page does not move when cases before it come and go, and costs the same however far down it is.

The queue reads the index of the open cases, which are few. All else is read in windows of numbers, newest first and each wider than the
one before: words that are in a third of all cases fill a page from the newest few thousand, and a rare word is found wherever it is.
With other filters beside the words, or with none, a page looks no further back than :data:`FILTERED` or :data:`PLAIN` says; then it
may be short, and ``following`` says where to go on.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.clock import to_ms
from bot.filter import CaseFilter
from bot.model import Case
from bot.safe import storable
from bot.store import links, search
from bot.store.cases import case_of
from bot.store.connection import Connection, Row
from bot.store.waits import ahead_of
from bot.terms import Query, read_query

WORDS = (2_000, 20_000, 200_000, 10**15)
FILTERED = (5_000, 45_000, 150_000)
PLAIN = (5_000, 20_000, 25_000)
ORDER = ("rank", "due_at", "opened_at", "number")
"""In which open cases are taken up: the columns of the indexes ``cases_queue`` and ``cases_of_district``."""
OVERDUE = "due_at <= :now"
"""The condition of an overdue case at ``:now``."""
_KEY_PART = re.compile(r"[0-9]{1,19}", re.ASCII)
_NUMBER_KEY = re.compile(r"[0-9]{1,18}")
_HELD = "owner <> '' AND owner_until > :now AND owner_at <= :ahead"


@dataclass(frozen=True, slots=True)
class Page:
    """Some cases, and where the next page begins; empty where there is none. A page may be short, or empty, and yet not the last."""

    cases: tuple[Case, ...]
    following: str = ""


def page(db: Connection, wanted: CaseFilter, after: str, limit: int, now: dt.datetime) -> Page:
    """The cases that follow the key ``after``, or the first ones; a key that is none counts as empty."""
    query = read_query(wanted.text)
    if wanted.text and query.empty:
        return Page(())
    parts, values = _conditions(wanted, now)
    if wanted.status == "open" and not wanted.text:
        return _queue(db, parts, values, after, limit)
    return _newest(db, query, parts, values, after, limit)


def count(db: Connection, wanted: CaseFilter, most: int, now: dt.datetime) -> int | None:
    """How many open cases a filter has, counted to ``most``; None for what costs too much to count: words, and closed cases."""
    if wanted.status != "open" or wanted.text:
        return None
    parts, values = _conditions(wanted, now)
    sql = f"SELECT count(*) AS many FROM (SELECT 1 FROM cases WHERE {' AND '.join(parts)} LIMIT :most) AS chosen"  # noqa: S608  (constants)
    row = db.one(sql, most=most, **values)
    return int(row["many"]) if row else 0


def _queue(db: Connection, parts: list[str], values: dict[str, Any], after: str, limit: int) -> Page:
    if key := _queue_key(after):
        parts.append(f"({', '.join(ORDER)}) > ({', '.join(f':after_{name}' for name in ORDER)})")
        values |= {f"after_{name}": value for name, value in zip(ORDER, key, strict=True)}
    sql = f"SELECT * FROM cases WHERE {' AND '.join(parts)} ORDER BY {', '.join(ORDER)} LIMIT :limit"  # noqa: S608  (constants)
    rows = db.query(sql, limit=limit, **values)
    return _page(db, rows, ".".join(str(rows[-1][name]) for name in ORDER) if len(rows) == limit else "")


def _queue_key(after: str) -> list[int]:
    """The values of a key of the queue; empty where it is none."""
    parts = after.split(".")
    if len(parts) != len(ORDER) or not all(map(_KEY_PART.fullmatch, parts)):
        return []
    key = [int(part) for part in parts]
    return key if max(key) < 2**63 else []


def _newest(db: Connection, query: Query, parts: list[str], values: dict[str, Any], after: str, limit: int) -> Page:
    rows: list[Row] = []
    if query.number and not after:
        # Asked for by its number: it comes first, whatever its words are.
        sql = f"SELECT * FROM cases WHERE {' AND '.join(['number = :number', *parts])}"  # noqa: S608  (constants)
        rows = db.query(sql, number=query.number, **values)
    if query.number and not query.phrases:
        return _page(db, rows, "")
    first = rows[0]["number"] if rows else 0
    top = db.one("SELECT max(number) AS newest FROM cases")
    before = int(after) if _NUMBER_KEY.fullmatch(after) else int((top or {}).get("newest") or 0) + 1
    spans = PLAIN if not query.phrases else FILTERED if parts else WORDS
    for low in _windows(before, spans):
        sql, more = _window(db, query, parts, low, before)
        chosen = db.query(sql, limit=limit - len(rows), **more, **values)
        rows += [row for row in chosen if row["number"] != first]
        before = low
        if len(rows) >= limit:
            return _page(db, rows, str(rows[-1]["number"]))
    return _page(db, rows, str(before) if before > 1 else "")


def _window(db: Connection, query: Query, parts: list[str], low: int, before: int) -> tuple[str, dict[str, str | int]]:
    """The cases with numbers from ``low`` to below ``before`` that fit, newest first; and the values that are not the filter's."""
    values: dict[str, str | int] = {"low": low, "before": before}
    if query.phrases:
        found, values = search.hits(db.engine, query.phrases, low, before)
        # Else PostgreSQL may take the index of numbers for the words of all cases.
        sql = f"WITH hits (hit) AS MATERIALIZED ({found}) SELECT cases.* FROM hits CROSS JOIN cases WHERE cases.number = hits.hit"  # noqa: S608
        sql += "".join(f" AND {part}" for part in parts)
    else:
        sql = f"SELECT * FROM cases WHERE {' AND '.join(['number < :before', 'number >= :low', *parts])}"  # noqa: S608  (constants)
    return sql + " ORDER BY cases.number DESC LIMIT :limit", values


def _windows(before: int, spans: tuple[int, ...]) -> Iterator[int]:
    for span in spans:
        if before <= 1:
            return
        before = max(1, before - span)
        yield before


def _page(db: Connection, rows: list[Row], following: str) -> Page:
    return Page(tuple(dataclasses.replace(case_of(row), links=links.of(db, row["number"])) for row in rows), following)


def _conditions(wanted: CaseFilter, now: dt.datetime) -> tuple[list[str], dict[str, Any]]:
    """What must hold for a row of cases, and the values of the conditions."""
    parts: list[str] = []
    values: dict[str, Any] = {}
    if wanted.status != "any":
        # Written out: an index of open cases only is used where the statement says so.
        parts.append(f"status = '{wanted.status}'")
    if wanted.status == "open":
        parts.append("merged_into = 0")
    if wanted.snoozed:
        parts.append("snoozed_until > 0")
    elif wanted.status == "open" and not wanted.text:
        parts.append("snoozed_until = 0")
    if wanted.handed:
        parts.append("team <> ''")
    if wanted.priorities:
        parts.append(f"priority IN ({', '.join(f':level{place}' for place in range(len(wanted.priorities)))})")
        values |= {f"level{place}": level for place, level in enumerate(wanted.priorities)}
    for name in ("city", "district"):
        if value := getattr(wanted, name):
            parts.append(f"{name} = :{name}")
            values[name] = storable(value)
    if wanted.topic:
        parts.append("EXISTS (SELECT 1 FROM case_topics WHERE topic = :topic AND case_topics.case_number = cases.number)")
        values["topic"] = storable(wanted.topic)
    if wanted.hospital:
        parts.append("lower(hospital) LIKE :hospital ESCAPE '!'")
        values["hospital"] = "%" + re.sub(r"([!%_])", r"!\1", storable(wanted.hospital).lower()) + "%"
    if wanted.site:
        parts.append("site_number <> 0 AND lower(site) = lower(:site)")
        values["site"] = storable(wanted.site)
    if wanted.mine:
        parts.append(f"owner = :mine AND {_HELD}")
        values["mine"] = storable(wanted.mine)
    if wanted.unassigned:
        parts.append(f"NOT ({_HELD})")
    if wanted.mine or wanted.unassigned:
        values |= {"now": to_ms(now), "ahead": ahead_of(now)}
    if wanted.overdue:
        parts.append(OVERDUE)
        values["now"] = to_ms(now)
    if wanted.group:
        parts.append("EXISTS (SELECT 1 FROM register WHERE register.address = cases.address AND register.grp = :grp)")
        values["grp"] = wanted.group
    return parts, values
