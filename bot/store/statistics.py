"""What happened in a span of time, counted by the database. Each statement reads the span's rows by an index, not the whole table.

``start`` and ``end`` are epoch milliseconds; the end does not belong to the span.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping

from bot.figures import Phone
from bot.model import LIST
from bot.store.connection import Connection
from bot.store.tallies import HOUR

_FIRST = "CASE WHEN taken_at IS NULL OR answered_at < taken_at THEN answered_at ELSE taken_at END"
"""When somebody first took a case or wrote to its resident: either is a sign that it was seen."""
Spread = dict[str, list[tuple[int, int]]]
"""By priority: seconds and how many took as long, ascending; from ten minutes on rounded up to the minute."""
_EXACT = 600


def opened(db: Connection, start: int, end: int) -> int:
    """Cases opened."""
    return _count(db, "SELECT count(*) AS n FROM cases WHERE opened_at >= :start AND opened_at < :end", start=start, end=end)


def closed(db: Connection, start: int, end: int) -> int:
    """Cases closed, and not opened again since."""
    sql = "SELECT count(*) AS n FROM cases WHERE closed_at IS NOT NULL AND closed_at >= :start AND closed_at < :end"
    return _count(db, sql, start=start, end=end)


def by_place(db: Connection, start: int, end: int) -> dict[tuple[str, str, int], int]:
    """Cases opened, by city, district and hour from ``start``."""
    rows = db.query(
        """
        SELECT city, district, hour, count(*) AS n FROM (
            SELECT city, district, (opened_at - :start) / :hour AS hour FROM cases WHERE opened_at >= :start AND opened_at < :end
        ) AS spans GROUP BY city, district, hour
        """,
        start=start,
        end=end,
        hour=HOUR,
    )
    return {(row["city"], row["district"], int(row["hour"])): int(row["n"]) for row in rows}


def by_topic(db: Connection, start: int, end: int) -> Counter[str]:
    """Cases opened, by topic; a case with several counts for each."""
    sql = "SELECT topics, count(*) AS n FROM cases WHERE opened_at >= :start AND opened_at < :end GROUP BY topics"
    found: Counter[str] = Counter()
    for row in db.query(sql, start=start, end=end):
        for topic in json.loads(row["topics"]):
            found[topic] += int(row["n"])
    return found


def refusals(db: Connection, start: int, end: int) -> Counter[str]:
    """Cases opened whose patient was turned away, by hospital; a name may be the resident's own words."""
    sql = """
        SELECT hospital, count(*) AS n FROM cases
        WHERE opened_at >= :start AND opened_at < :end AND hospital <> '' GROUP BY hospital
        """
    found: Counter[str] = Counter()
    for row in db.query(sql, start=start, end=end):
        for name in row["hospital"].split(LIST):
            found[name] += int(row["n"])
    return found


def acknowledged(db: Connection, start: int, end: int) -> Spread:
    """How long the cases opened in the span waited until somebody took or answered them, before ``end``."""
    return _spread(
        db,
        f"""
        SELECT priority, (done - opened_at + 999) / 1000 AS seconds FROM (
            SELECT priority, opened_at, {_FIRST} AS done FROM cases WHERE opened_at >= :start AND opened_at < :end
        ) AS firsts WHERE done IS NOT NULL AND done < :end
        """,  # noqa: S608  (a constant)
        start,
        end,
    )


def unseen(db: Connection, start: int, end: int, priority: str, late: int) -> int:
    """Open cases of the span that nobody had acted on by ``end``, opened before ``late``."""
    return _count(
        db,
        f"""
        SELECT count(*) AS n FROM cases WHERE opened_at >= :start AND opened_at < :late AND priority = :priority
        AND ({_FIRST} IS NULL OR {_FIRST} >= :end) AND (status = 'open' OR closed_at >= :end)
        """,  # noqa: S608  (a constant)
        start=start,
        end=end,
        priority=priority,
        late=late,
    )


def solved(db: Connection, start: int, end: int) -> Spread:
    """How long the cases closed in the span took, from when they were opened last, without the time in which we waited."""
    return _spread(
        db,
        """
        SELECT priority, (CASE WHEN took > 0 THEN took ELSE 0 END + 999) / 1000 AS seconds FROM (
            SELECT priority, closed_at - since_at - waited_ms - CASE WHEN waits_at < closed_at THEN closed_at - waits_at ELSE 0 END AS took
            FROM cases WHERE closed_at IS NOT NULL AND closed_at >= :start AND closed_at < :end AND merged_into = 0
        ) AS spans
        """,
        start,
        end,
    )


def waiting(db: Connection, late: Mapping[str, tuple[int, int]]) -> dict[str, tuple[int, int, int]]:
    """Of the open cases by priority: all, those that nobody acted on and that are late, those that are late and not closed.

    ``late``: before which opening a case of a priority is late for the one and for the other.
    """
    cases = {name: " ".join(f"WHEN '{each}' THEN :{name}{each}" for each in late) for name in ("untaken", "unsolved")}
    values = {f"{name}{each}": at[place] for each, at in late.items() for place, name in enumerate(cases)}
    rows = db.query(
        f"""
        SELECT priority, count(*) AS n,
               sum(CASE WHEN waits_at IS NULL AND since_at + waited_ms < CASE priority {cases["unsolved"]} END
                   THEN 1 ELSE 0 END) AS unsolved,
               sum(CASE WHEN taken_at IS NULL AND answered_at IS NULL AND opened_at < CASE priority {cases["untaken"]} END
                   THEN 1 ELSE 0 END) AS untaken
        FROM cases WHERE status = 'open' AND merged_into = 0 GROUP BY priority
        """,  # noqa: S608  (the names of the priorities)
        **values,
    )
    return {row["priority"]: (int(row["n"]), int(row["untaken"]), int(row["unsolved"])) for row in rows}


def unanswered(db: Connection, start: int, end: int) -> list[Phone]:
    """The numbers that residents reported, the most often reported first."""
    rows = db.query(
        """
        SELECT number, count(*) AS n, count(DISTINCT address) AS chats FROM phone_reports
        WHERE at >= :start AND at < :end AND kind = 'noanswer' GROUP BY number ORDER BY n DESC, number
        """,
        start=start,
        end=end,
    )
    return [Phone(row["number"], int(row["n"]), int(row["chats"])) for row in rows]


def at_risk(db: Connection) -> dict[tuple[str, str, str], int]:
    """The people of the register, by group, city and district."""
    rows = db.query("SELECT grp, city, district, count(*) AS n FROM register GROUP BY grp, city, district")
    return {(row["grp"], row["city"], row["district"]): int(row["n"]) for row in rows}


def due_people(db: Connection, day: str) -> dict[tuple[str, str, str], int]:
    """Those of the register whose next treatment is on a day (ISO), by group, city and district."""
    sql = "SELECT grp, city, district, count(*) AS n FROM register WHERE next_on = :day AND next_on <> '' GROUP BY grp, city, district"
    return {(row["grp"], row["city"], row["district"]): int(row["n"]) for row in db.query(sql, day=day)}


def due_reminders(db: Connection, start: int, end: int) -> Counter[str]:
    """The reminders whose next moment is in the span, by kind."""
    sql = "SELECT kind, count(*) AS n FROM reminders WHERE status = 'active' AND next_at >= :start AND next_at < :end GROUP BY kind"
    return Counter({row["kind"]: int(row["n"]) for row in db.query(sql, start=start, end=end)})


def _count(db: Connection, sql: str, **values: int | str) -> int:
    row = db.one(sql, **values)
    return int(row["n"]) if row else 0


def _spread(db: Connection, sql: str, start: int, end: int) -> Spread:
    # Targets are whole minutes: what is rounded up to the minute is late exactly where it was before, and the rows stay few.
    rounded = f"CASE WHEN seconds < {_EXACT} THEN seconds ELSE (seconds + 59) / 60 * 60 END"
    counted = f"""
        SELECT priority, span, count(*) AS n FROM (SELECT priority, {rounded} AS span FROM ({sql}) AS each_case) AS spans
        GROUP BY priority, span ORDER BY priority, span
        """  # noqa: S608  (constants)
    found: Spread = {}
    for row in db.query(counted, start=start, end=end):
        found.setdefault(row["priority"], []).append((max(0, int(row["span"])), int(row["n"])))
    return found
