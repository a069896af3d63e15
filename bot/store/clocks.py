"""The clocks of a case in the tables: what moves them, and the order of the queue that they come to.

The queue is in order of ``rank``, then of what is due first. The rank is that of the priority; a case of P2 or P3 that is overdue counts
as one step more urgent, so that the calm ones come up too, but nothing ever stands beside a danger to life. ``due_at`` is
:data:`FOREVER` where nothing is due: such a case stands below those of its rank that wait for us.
"""

from __future__ import annotations

import datetime as dt

from bot.clock import from_ms, to_ms
from bot.clocks import Course, due, which
from bot.store import audit
from bot.store.connection import Connection, Row
from bot.store.waits import FOREVER
from intents.targets import Target, Targets

AT_ONCE = 100
_FIELDS = tuple(Target.model_fields)


def put_targets(db: Connection, targets: Targets) -> None:
    """Keep the targets with the database: whoever writes a case computes its clocks by the same ones."""
    for name in Targets.model_fields:
        values = {field: getattr(targets.of(name), field) for field in _FIELDS}
        db.execute(
            """
            INSERT INTO targets (priority, lease, acknowledge, first_answer, next_answer, solve)
            VALUES (:priority, :lease, :acknowledge, :first_answer, :next_answer, :solve)
            ON CONFLICT (priority) DO UPDATE SET lease = excluded.lease, acknowledge = excluded.acknowledge,
                first_answer = excluded.first_answer, next_answer = excluded.next_answer, solve = excluded.solve
            """,
            priority=name,
            **values,
        )


def targets_of(db: Connection) -> Targets | None:
    """The targets that were kept; None where no service has been started yet."""
    rows = db.query("SELECT * FROM targets ORDER BY priority")
    if len(rows) != len(Targets.model_fields):
        return None
    return Targets(**{row["priority"]: Target(**{field: row[field] for field in _FIELDS}) for row in rows})


def course_of(row: Row) -> Course:
    """The course of a case from its row."""
    snoozed = int(row["snoozed_until"])
    return Course(
        since=from_ms(row["since_at"]),
        took=_at(row["took_at"]),
        spoke=_at(row["spoke_at"]),
        asked=_at(row["asked_at"]),
        waits=_at(row["waits_at"]),
        waited=dt.timedelta(milliseconds=row["waited_ms"]),
        snoozed=from_ms(snoozed) if 0 < snoozed < FOREVER else None,
        closed=row["status"] != "open" or row["merged_into"] != 0,
        due=from_ms(row["due_at"]) if row["due_at"] < FOREVER else None,
        until_answer=snoozed >= FOREVER,
    )


def settle(db: Connection, number: int) -> None:
    """Compute when something is due for a case that has just changed, and its place in the queue."""
    row = db.one("SELECT * FROM cases WHERE number = :number", number=number)
    targets = targets_of(db) if row else None
    if row is None:
        return
    at = due(course_of(row), row["priority"], targets) if targets else None
    due_at = to_ms(at) if at else FOREVER
    base = int(row["priority"][1:])
    if due_at == row["due_at"] and row["rank"] in (base, max(1, base - 1) if base > 1 and row["overdue_at"] else base):
        return
    sql = "UPDATE cases SET due_at = :due, rank = :rank, overdue_at = NULL WHERE number = :number"
    db.execute(sql, due=due_at, rank=base, number=number)


def resident_told(db: Connection, number: int, now: dt.datetime) -> None:
    """The resident added something: it is our turn, and the oldest unanswered word counts. :func:`settle` is the caller's."""
    db.execute(
        """
        UPDATE cases SET snoozed_until = 0, waits_at = NULL,
               asked_at = CASE WHEN asked_at IS NULL THEN :now WHEN waits_at <= :now THEN asked_at + :now - waits_at ELSE asked_at END,
               waited_ms = waited_ms + CASE WHEN waits_at <= :now THEN :now - waits_at ELSE 0 END
        WHERE number = :number
        """,
        number=number,
        now=to_ms(now),
    )


def resident_wrote(db: Connection, address: str, number: int, now: dt.datetime) -> None:
    """The resident of a case wrote something that is no addition: where we waited for them, it is what we waited for."""
    row = db.one(
        "SELECT number FROM cases WHERE number = :number AND address = :address AND status = 'open' AND waits_at IS NOT NULL FOR UPDATE",
        number=number,
        address=address,
    )
    if row is not None:
        resident_told(db, number, now)
        settle(db, number)
        audit.record(db, number, "case.came_back", {}, now)


def staff_spoke(db: Connection, number: int, now: dt.datetime) -> None:
    """The staff answered: now we wait for the resident."""
    sql = """
        UPDATE cases SET spoke_at = :now, took_at = coalesce(took_at, :now), asked_at = NULL, waits_at = coalesce(waits_at, :now)
        WHERE number = :number
        """
    db.execute(sql, number=number, now=to_ms(now))
    settle(db, number)


def began_again(db: Connection, number: int, now: dt.datetime) -> None:
    """A case was opened again: all clocks begin anew."""
    sql = """
        UPDATE cases SET since_at = :now, took_at = NULL, asked_at = NULL, waits_at = NULL, waited_ms = 0, snoozed_until = 0
        WHERE number = :number
        """
    db.execute(sql, number=number, now=to_ms(now))
    settle(db, number)


def given_back(db: Connection, number: int) -> None:
    """Nobody has it any more: somebody must take it up anew."""
    db.execute("UPDATE cases SET took_at = NULL WHERE number = :number", number=number)
    settle(db, number)


def snooze(db: Connection, number: int, until: dt.datetime | None, now: dt.datetime) -> None:
    """Put a case off until a time, with None until the resident writes."""
    sql = "UPDATE cases SET snoozed_until = :until, waits_at = coalesce(waits_at, :now), updated_at = :now WHERE number = :number"
    db.execute(sql, until=to_ms(until) if until else FOREVER, now=to_ms(now), number=number)
    settle(db, number)


def wake(db: Connection, now: dt.datetime) -> list[int]:
    """The cases whose time has come are back in the queue; their numbers. Of several processes each gets others."""
    rows = db.query(
        """
        SELECT number FROM cases WHERE status = 'open' AND snoozed_until > 0 AND snoozed_until <= :now
        ORDER BY snoozed_until, number LIMIT :most FOR UPDATE SKIP LOCKED
        """,
        now=to_ms(now),
        most=AT_ONCE,
    )
    for row in rows:
        resident_told(db, row["number"], now)
        settle(db, row["number"])
        audit.record(db, row["number"], "case.woken", {}, now)
    return [int(row["number"]) for row in rows]


def rise(db: Connection, now: dt.datetime) -> list[tuple[int, str]]:
    """Cases that have become overdue rise in the queue and say so; their numbers and priorities."""
    rows = db.query(
        """
        SELECT * FROM cases WHERE status = 'open' AND due_at <= :now AND overdue_at IS NULL
        ORDER BY due_at, number LIMIT :most FOR UPDATE SKIP LOCKED
        """,
        now=to_ms(now),
        most=AT_ONCE,
    )
    targets = targets_of(db)
    for row in rows:
        base = int(row["priority"][1:])
        sql = "UPDATE cases SET overdue_at = :now, rank = :rank WHERE number = :number"
        db.execute(sql, now=to_ms(now), rank=max(1, base - 1) if base else 0, number=row["number"])
        late = which(course_of(row), row["priority"], targets, now) if targets else None
        audit.record(db, row["number"], "case.overdue", {"clock": late or ""}, now)
    return [(int(row["number"]), str(row["priority"])) for row in rows]


def any_to_move(db: Connection, now: dt.datetime) -> bool:
    """Whether :func:`wake` or :func:`rise` have anything to do."""
    late = "SELECT 1 AS found FROM cases WHERE status = 'open' AND due_at <= :now AND overdue_at IS NULL LIMIT 1"
    slept = "SELECT 1 AS found FROM cases WHERE status = 'open' AND snoozed_until > 0 AND snoozed_until <= :now LIMIT 1"
    return any(db.one(sql, now=to_ms(now)) for sql in (late, slept))


def _at(value: int | None) -> dt.datetime | None:
    return from_ms(value) if value is not None else None
