"""Whom an audience chooses, as conditions on the tables. Each part is bounded: a million are walked through in steps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.audience import TOPIC_DAYS, Audience
from bot.clock import to_ms
from bot.store.connection import Connection
from intents.broadcasts import EMERGENCY, CastKind

STEP = 5_000
"""Rows that are walked through in one transaction."""


@dataclass
class Choice:
    """Conditions and their values. What stands in them are constants of ours; every value is handed over as one."""

    table: str
    where: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)

    def add(self, condition: str, **values: Any) -> None:
        """One more condition."""
        self.where.append(condition)
        self.values |= values

    def any_of(self, column: str, name: str, chosen: Sequence[str | int]) -> str:
        """``column IN (…)`` with values of our own naming."""
        names = [f"{name}_{number}" for number in range(len(chosen))]
        self.values |= dict(zip(names, chosen, strict=True))
        return f"{column} IN ({', '.join(f':{one}' for one in names)})"

    @property
    def sql(self) -> str:
        """All conditions as one."""
        return " AND ".join(f"({condition})" for condition in self.where) or "1 = 1"


def choice(audience: Audience, kind: CastKind, now: dt.datetime) -> Choice:
    """Who of ``residents AS r`` (or of ``sites AS r``) is meant and may be written to."""
    people = audience.to == "people"
    chosen = Choice("residents" if people else "sites")
    if people:
        chosen.add("r.unreachable = '' AND r.seen_at > 0")
        _wanted(chosen, audience, kind)
    else:
        chosen.add("NOT EXISTS (SELECT 1 FROM residents AS gone WHERE gone.address = r.address AND gone.unreachable <> '')")
    _places(chosen, audience)
    _sites(chosen, audience)
    if people:
        _who(chosen, audience, now)
    if audience.not_casts:
        some = chosen.any_of("runs.broadcast", "not_cast", audience.not_casts)
        chosen.add(
            "NOT EXISTS (SELECT 1 FROM recipients AS had JOIN runs ON runs.id = had.run "  # noqa: S608  (constants)
            f"WHERE had.address = r.address AND had.status IN ('sent', 'uncertain', 'queued') AND {some})"
        )
    return chosen


def _wanted(chosen: Choice, audience: Audience, kind: CastKind) -> None:
    own = "SELECT p.wants FROM preferences AS p WHERE p.address = r.address AND p.kind"
    left = "" if kind.id == EMERGENCY else f", ({own} = '*')"
    chosen.add(f"coalesce(({own} = :kind){left}, :wanted) = 1", kind=kind.id, wanted=int(kind.wants))
    if audience.opted_in:
        chosen.add(f"({own} = :kind) = 1")


def _places(chosen: Choice, audience: Audience) -> None:
    if audience.cities:
        chosen.add(chosen.any_of("r.city", "city", audience.cities))
    place = "r.city || '/' || r.district"
    if audience.districts:
        chosen.add(chosen.any_of(place, "district", audience.districts))
    if audience.not_districts:
        chosen.add("NOT " + chosen.any_of(place, "not_district", audience.not_districts))


def _sites(chosen: Choice, audience: Audience) -> None:
    for name, sites, no in (("site", audience.sites, ""), ("not_site", audience.not_sites, "NOT ")):
        if not sites:
            continue
        if audience.to == "groups":
            chosen.add(no + chosen.any_of("r.number", name, sites))
            continue
        case = chosen.any_of("c.site_number", name, sites)
        home = chosen.any_of("s.number", name, sites)
        chosen.add(
            f"{no}(EXISTS (SELECT 1 FROM cases AS c WHERE c.address = r.address AND {case}) OR EXISTS (SELECT 1 FROM members AS m "  # noqa: S608
            f"JOIN sites AS s ON s.address = m.home WHERE m.person = r.address AND {home}))"
        )


def _who(chosen: Choice, audience: Audience, now: dt.datetime) -> None:
    for name, zones, no in (("zone", audience.zones, ""), ("not_zone", audience.not_zones, "NOT ")):
        if zones:
            chosen.add(no + chosen.any_of("r.zone", name, zones))
    if audience.langs:
        chosen.add(chosen.any_of("CASE WHEN r.lang = 'en' THEN 'en' ELSE 'zh' END", "lang", audience.langs))
    if audience.seen_days:
        chosen.add("r.seen_at > :seen", seen=to_ms(now - dt.timedelta(days=audience.seen_days)))
    for name, topics, no in (("topic", audience.topics, ""), ("not_topic", audience.not_topics, "NOT ")):
        if topics:
            some = chosen.any_of("t.topic", name, topics)
            chosen.add(
                f"{no}EXISTS (SELECT 1 FROM resident_topics AS t WHERE t.address = r.address AND t.at > :topics_since AND {some})",  # noqa: S608
                topics_since=to_ms(now - dt.timedelta(days=TOPIC_DAYS)),
            )
    for name, groups, no in (("group", audience.patients, ""), ("not_group", audience.not_patients, "NOT ")):
        if groups:
            some = chosen.any_of("g.grp", name, groups)
            chosen.add(f"{no}EXISTS (SELECT 1 FROM register AS g WHERE g.address = r.address AND {some})")  # noqa: S608  (constants)


@dataclass(frozen=True, slots=True)
class Someone:
    """One of an audience, as a sample shows them: no address."""

    city: str
    district: str
    lang: str
    seen_at: int
    """Epoch milliseconds; 0 for a group."""
    name: str = ""
    """Of a site."""


def count(db: Connection, audience: Audience, kind: CastKind, now: dt.datetime) -> int:
    """How many an audience is now."""
    chosen = choice(audience, kind, now)
    row = db.one(f"SELECT count(*) AS many FROM {chosen.table} AS r WHERE {chosen.sql}", **chosen.values)  # noqa: S608  (constants)
    return int(row["many"]) if row else 0


def sample(db: Connection, audience: Audience, kind: CastKind, now: dt.datetime, seed: int, many: int = 10) -> list[Someone]:
    """Some of them, mixed by ``seed``: the same ones for the same seed, whatever their order in the table."""
    chosen = choice(audience, kind, now)
    people = chosen.table == "residents"
    shown = "r.lang, r.seen_at, '' AS name" if people else "'' AS lang, 0 AS seen_at, r.name"
    rows = db.query(
        f"""
        SELECT r.city, r.district, {shown} FROM {chosen.table} AS r WHERE {chosen.sql}
        ORDER BY (length(r.address) * 7919 + {"r.seen_at" if people else "r.number"} * 31 + :seed) % 1009, r.address LIMIT :many
        """,  # noqa: S608  (constants)
        seed=seed,
        many=many,
        **chosen.values,
    )
    return [Someone(row["city"], row["district"], row["lang"], int(row["seen_at"]), row["name"]) for row in rows]


def step(db: Connection, run: int, upto: str, audience: Audience, kind: CastKind, now: dt.datetime) -> tuple[str, int]:
    """Put those of the next :data:`STEP` into a run: the last address that was looked at, empty at the end, and how many were put."""
    chosen = choice(audience, kind, now)
    walked = f"SELECT address FROM {chosen.table} WHERE address > :upto ORDER BY address LIMIT :step"  # noqa: S608  (a constant)
    last = db.one(f"SELECT max(address) AS last FROM ({walked}) AS walked", upto=upto, step=STEP)  # noqa: S608
    if last is None or last["last"] is None:
        return "", 0
    put = db.execute(
        f"""
        INSERT INTO recipients (run, address, status, at)
        SELECT CAST(:run AS BIGINT), r.address, 'waiting', CAST(:now AS BIGINT) FROM {chosen.table} AS r
        WHERE r.address > :upto AND r.address <= :last AND {chosen.sql} ORDER BY r.address
        ON CONFLICT (run, address) DO NOTHING
        """,  # noqa: S608  (constants)
        run=run,
        now=to_ms(now),
        upto=upto,
        last=last["last"],
        **chosen.values,
    )
    return str(last["last"]), put
