"""Cases that may be of one household, one compound or one contact: linked for whoever works on them, never merged."""

from __future__ import annotations

import datetime as dt
import json

from bot.clock import to_ms
from bot.household import Keys, keys_of
from bot.model import Link, Linked
from bot.safe import storable
from bot.store import audit
from bot.store.connection import Connection, Row

AT_ONCE = 20
"""A case is linked to so many of a kind at most: a whole compound in need is no household."""
_ANYTHING = frozenset({"other", "care.emergency", "service.human"})
"""Topics that two cases share without being about the same."""


def link(db: Connection, case: Row, now: dt.datetime) -> None:
    """Keep the keys of a case that was just written, and link it where they are new and another chat's open case has them too."""
    facts = json.loads(case["facts"])
    keys = keys_of(facts.get("district", "") or case["district"], facts.get("place", ""), facts.get("reach", ""))
    if keys == Keys(case["household"], case["compound"], case["contact"]):
        return
    number = case["number"]
    db.execute(
        "UPDATE cases SET household = :household, compound = :compound, contact = :contact WHERE number = :number",
        household=storable(keys.household),
        compound=storable(keys.compound),
        contact=keys.contact,
        number=number,
    )
    topics = set(json.loads(case["topics"])) - _ANYTHING
    found: dict[int, Linked] = {}
    for other in _others(db, case, "compound", keys.compound):
        if topics & set(json.loads(other["topics"])):
            found[other["number"]] = "compound"
    for other in _others(db, case, "contact", keys.contact):
        found[other["number"]] = "contact"
    for other in _others(db, case, "household", keys.household):
        found[other["number"]] = "same" if topics & set(json.loads(other["topics"])) else "household"
    for one, why in sorted(found.items()):
        _put(db, number, one, why, now)


def _others(db: Connection, case: Row, column: str, key: str) -> list[Row]:
    """The newest open cases of other chats that have this key."""
    if not key:
        return []
    sql = f"""
        SELECT number, topics FROM cases
        WHERE status = 'open' AND {column} = :key AND {column} <> '' AND address <> :address
        ORDER BY number DESC LIMIT :most
        """  # noqa: S608  (one of three names)
    return db.query(sql, key=storable(key), address=case["address"], most=AT_ONCE)


def _put(db: Connection, number: int, other: int, why: Linked, now: dt.datetime) -> None:
    sql = "INSERT INTO case_links (one, other, why, at) VALUES (:one, :other, :why, :at) ON CONFLICT (one, other, why) DO NOTHING"
    if db.execute(sql, one=min(number, other), other=max(number, other), why=why, at=to_ms(now)) == 1:
        audit.record(db, number, "case.linked", {"case": other, "why": why}, now)


def of(db: Connection, number: int) -> tuple[Link, ...]:
    """The cases that a case is linked to, oldest link first."""
    rows = db.query("SELECT one, other, why FROM case_links WHERE one = :number OR other = :number ORDER BY at, one, other", number=number)
    return tuple(Link(row["other"] if row["one"] == number else row["one"], row["why"]) for row in rows)


def forget(db: Connection, address: str) -> None:
    """Nothing of a chat's cases tells any longer where somebody lives or how they are reached."""
    own = "SELECT number FROM cases WHERE address = :address"
    values = {"address": storable(address)}
    db.execute(f"DELETE FROM case_links WHERE one IN ({own}) OR other IN ({own})", **values)  # noqa: S608  (a constant)
    db.execute("UPDATE cases SET household = '', compound = '', contact = '' WHERE address = :address", **values)
