"""Pages of cases as the staff filter them: in the order of the queue, or newest first; each page goes on where the last one ended."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from bot.clock import to_ms
from bot.filter import CaseFilter
from bot.model import Case
from bot.safe import storable
from bot.store.cases import case_of
from bot.store.connection import Connection

COUNTED = 1_000
"""Cases are counted up to so many: more need no figure."""
_KEY = re.compile(r"[0-9]{1,19}(_[0-9]{1,19}){0,3}")
_URGENT = ("rank", "due_at", "opened_at", "number")


@dataclass(frozen=True, slots=True)
class Found:
    """A page of cases."""

    cases: tuple[Case, ...]
    onward: str
    """The key that the next page begins after; empty: this is the last one."""


def page(db: Connection, chosen: CaseFilter, by: str, after: str, limit: int, now: dt.datetime) -> Found:
    """The cases of a filter after a key, with an empty or a broken key from the beginning. ``by``: whose ``mine`` is meant.

    Open ones come in the order of the queue, others newest first.
    """
    where, values = _where(chosen, by, now)
    urgent = chosen.status == "open"
    key = [int(part) for part in after.split("_")] if _KEY.fullmatch(after) else []
    if urgent and len(key) == len(_URGENT):
        where.append("(rank, due_at, opened_at, number) > (:k0, :k1, :k2, :k3)")
        values |= {f"k{place}": part for place, part in enumerate(key)}
    elif not urgent and len(key) == 1:
        where.append("number < :k0")
        values["k0"] = key[0]
    order = "rank, due_at, opened_at, number" if urgent else "number DESC"
    sql = f"SELECT * FROM cases WHERE {' AND '.join(where) or 'number > 0'} ORDER BY {order} LIMIT :limit"  # noqa: S608  (made of constants)
    rows = db.query(sql, limit=limit + 1, **values)
    last = rows[limit - 1] if len(rows) > limit else None
    onward = "" if last is None else "_".join(str(last[name]) for name in _URGENT) if urgent else str(last["number"])
    return Found(tuple(case_of(row) for row in rows[:limit]), onward)


def count(db: Connection, chosen: CaseFilter, by: str, now: dt.datetime) -> int:
    """How many cases a filter has; :data:`COUNTED` stands for that many or more."""
    where, values = _where(chosen, by, now)
    inner = f"SELECT 1 FROM cases WHERE {' AND '.join(where) or 'number > 0'} LIMIT :limit"  # noqa: S608  (made of constants)
    row = db.one(f"SELECT count(*) AS many FROM ({inner}) AS found", limit=COUNTED, **values)  # noqa: S608  (made of constants)
    return int(row["many"]) if row else 0


def _where(chosen: CaseFilter, by: str, now: dt.datetime) -> tuple[list[str], dict[str, Any]]:
    """The conditions of a filter and their values."""
    where: list[str] = []
    values: dict[str, Any] = {}
    if chosen.status != "any":
        where.append(f"status = '{'open' if chosen.status == 'open' else 'closed'}'")
    for name in ("priority", "city", "district"):
        if value := getattr(chosen, name):
            where.append(f"{name} = :{name}")
            values[name] = value
    if chosen.topic:
        where.append("topics LIKE :topic ESCAPE '!'")
        values["topic"] = f'%"{_like(chosen.topic)}"%'
    if chosen.hospital:
        where.append("hospital <> '' AND lower(hospital) LIKE :hospital ESCAPE '!'")
        values["hospital"] = f"%{_like(chosen.hospital.lower())}%"
    if chosen.site:
        where.append("site_number <> 0 AND lower(site) LIKE :site ESCAPE '!'")
        values["site"] = f"%{_like(chosen.site.lower())}%"
    if chosen.whose == "mine":
        where.append("owner = :by AND owner <> '' AND owner_until > :now")
        values |= {"by": by, "now": to_ms(now)}
    elif chosen.whose == "team":
        where.append("team <> ''")
    elif chosen.whose == "unassigned":
        where.append("owner_until <= :now")
        values["now"] = to_ms(now)
    if chosen.overdue:
        where.append("due_at <= :now")
        values["now"] = to_ms(now)
    if chosen.status == "open":
        where.append("merged_into = 0")
        where.append("snoozed_until > 0" if chosen.snoozed else "snoozed_until = 0")
    return where, values


def _like(text: str) -> str:
    return re.sub(r"([!%_])", r"!\1", storable(text))
