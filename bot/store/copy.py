"""Copying a whole database from one engine to the other, in batches, so that a broken copy goes on where it stopped."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from bot.errors import StoreError
from bot.store.connect import MEMORY
from bot.store.connection import Connection, Engine, EngineName, Row
from bot.store.half import MARK, half_copied_from
from bot.store.open import is_url, open_engine
from bot.store.schema import migrate
from bot.store.snapshot import Snapshot

TABLES: dict[str, tuple[str, ...]] = {
    "inbox": ("id",),
    "conversations": ("address",),
    "cases": ("number",),
    "messages": ("id",),
    "audit": ("case_number", "seq"),
    "outbox": ("id",),
    "gaps": ("what", "city", "district"),
    "channels": ("channel",),
    "grants": ("id",),
    "residents": ("address",),
    "dues": ("id",),
    "secrets": ("name",),
    "case_links": ("one", "other", "why"),
    "register": ("address", "grp", "patient"),
    "phone_reports": ("id",),
    "judgements": ("id",),
    "reminders": ("id",),
    "picks": ("id",),
    "sites": ("number",),
    "members": ("person", "address"),
    "case_presence": ("case_number", "who"),
    "case_notes": ("id",),
    "desk_done": ("name",),
    "calls": ("id",),
    "unmatched": ("inbox_id",),
    "proposals": ("id",),
    "targets": ("priority",),
    "alarms": ("id",),
    "duty": ("id",),
    "accounts": ("name",),
    "account_links": ("name",),
    "sessions": ("id",),
    "api_tokens": ("id",),
    "login_tries": ("who",),
    "staff_chains": ("name",),
    "staff_audit": ("name", "seq"),
    "tallies": ("hour", "what", "key"),
    "slots": ("schedule", "slot"),
    "case_texts": ("case_number",),
    "case_dirty": ("case_number",),
    "case_topics": ("topic", "case_number"),
    "views": ("id",),
    "staff_groups": ("name",),
    "staff_cards": ("case_number",),
    "staff_posts": ("chat", "message"),
    "staff_answers": ("chat", "message"),
    "resident_topics": ("address", "topic"),
    "preferences": ("address", "kind"),
    "broadcasts": ("id",),
    "runs": ("id",),
    "recipients": ("run", "address"),
    "feeders": ("name",),
    "watched": ("kind", "id"),
}
"""Every table with its key; those that others refer to come first."""
BATCH = 500
_PULSE = "(the source)"
Progress = Callable[[str, int, int], None]


class CopyRefused(StoreError):
    """The databases are not such that one can be copied into the other; nothing was changed."""


def copy_database(source: str, target: str, now_ms: int, progress: Progress) -> dict[str, int]:
    """Copy everything; the rows of each table, counted in the target. Both are brought to the present version first.

    Raises :class:`CopyRefused` where the target holds anything that is not a broken copy of this source, and
    :class:`StoreError` where a database fails or the counts differ; then it can be run again.
    """
    for name in (source, target):
        if name == MEMORY:
            raise CopyRefused(f"{MEMORY} keeps nothing; name a file or a postgresql:// URL")
    if not is_url(source) and not Path(source).is_file():
        raise CopyRefused(f"there is no database {source}")
    with open_both(source, target, now_ms) as (old, new):
        return copy_rows(old, new, progress)


@contextmanager
def open_both(source: str, target: str, now_ms: int) -> Iterator[tuple[Engine, Engine]]:
    """Both databases, brought to the present version, for as long as it takes. Raises :class:`StoreError`."""
    with (
        closing(open_engine(source, lambda db: migrate(db, now_ms))) as old,
        closing(open_engine(target, lambda db: migrate(db, now_ms))) as new,
    ):
        yield old, new


def copy_rows(old: Snapshot, new: Engine, progress: Progress, *, known_as: str = "") -> dict[str, int]:
    """The same between two databases that are open and of the present version.

    ``known_as`` is the file that ``old`` is only a passing copy of: by that name a copy that broke off is known again.
    """
    place = known_as or old.place
    origin = _origin(old.name, place)
    if origin == _origin(new.name, new.place):
        raise CopyRefused("that is one and the same database")
    if half := old.read(half_copied_from):
        raise CopyRefused(f"{place} is itself a broken copy, of {half}")
    pulse = old.read(_pulse)
    _begin(new, place, origin, pulse)
    total, done = sum(old.read(_counts).values()), sum(new.read(_counts).values())
    for table, key in TABLES.items():
        progress(f"Copying {table}", done, total)
        while rows := _next(old, new, table, key):
            new.write(lambda db, table=table, key=key, rows=rows: _put(db, table, key, rows))  # type: ignore[misc]
            done += len(rows)
            progress(f"Copying {table}", done, total)
    if old.read(_pulse) != pulse:
        raise _changed(place, new)
    there, here = old.read(_counts), new.read(_counts)
    if there != here:
        wrong = ", ".join(f"{table}: {there[table]} and {here[table]}" for table in TABLES if there[table] != here[table])
        raise StoreError(f"the counts differ ({wrong}): remove {new.place} and run this again")
    new.write(_end)
    return here


def _origin(engine: EngineName, place: str) -> str:
    return place if engine == "postgresql" else str(Path(place).resolve())


def _changed(place: str, new: Engine) -> StoreError:
    return StoreError(f"{place} has changed since the copy was begun: stop the service, remove {new.place} and run this again")


def _begin(new: Engine, place: str, origin: str, pulse: str) -> None:
    """Mark the target as half copied: the service does not start on it, and only this source, unchanged, can go on."""
    half = new.read(half_copied_from)
    if half == origin:
        row = new.read(lambda db: db.one(f"SELECT last FROM {MARK} WHERE name = :name", name=_PULSE))  # noqa: S608  (a constant)
        if row is None or row["last"] != pulse:
            raise _changed(place, new)
        return
    if half is not None:
        raise CopyRefused(f"{new.place} holds a broken copy of another database, {half}; name an empty one")
    # A service that was only ever started has made its secrets; those of the source take their place.
    full = {table: count for table, count in new.read(_counts).items() if count and table != "secrets"}
    if full:
        what = ", ".join(f"{count} in {table}" for table, count in full.items())
        raise CopyRefused(f"{new.place} is not empty ({what}): the two would be mixed; name an empty one")

    def mark(db: Connection) -> None:
        db.execute("DELETE FROM secrets")
        db.execute(f"CREATE TABLE {MARK} (origin TEXT NOT NULL, name TEXT PRIMARY KEY, last TEXT NOT NULL)")
        db.execute_many(
            f"INSERT INTO {MARK} (origin, name, last) VALUES (:origin, :name, :last)",  # noqa: S608  (a constant)
            [{"origin": origin, "name": name, "last": last} for name, last in {**dict.fromkeys(TABLES, ""), _PULSE: pulse}.items()],
        )

    new.write(mark)


def _counts(db: Connection) -> dict[str, int]:
    found = {}
    for table in TABLES:
        row = db.one(f"SELECT count(*) AS many FROM {table}")  # noqa: S608  (a constant)
        found[table] = int(row["many"]) if row else 0
    return found


def _pulse(db: Connection) -> str:
    """What changes with everything that the service writes."""
    sql = """
        SELECT (SELECT coalesce(max(updated_at), 0) FROM conversations) AS talk, (SELECT coalesce(max(updated_at), 0) FROM cases) AS cases,
               (SELECT coalesce(max(updated_at), 0) FROM outbox) AS sent, (SELECT coalesce(sum(attempts), 0) FROM outbox) AS tried,
               (SELECT coalesce(sum(attempts), 0) FROM inbox) AS taken
        """
    found = db.one(sql) or {}
    return json.dumps([{name: int(value) for name, value in found.items()}, _counts(db)], sort_keys=True)


def _next(old: Snapshot, new: Engine, table: str, key: tuple[str, ...]) -> list[Row]:
    """The rows that follow the last one that was copied."""
    row = new.read(lambda db: db.one(f"SELECT last FROM {MARK} WHERE name = :name", name=table))  # noqa: S608  (a constant)
    last: list[Any] = json.loads(row["last"]) if row and row["last"] else []
    names = ", ".join(key)
    where = f"WHERE ({names}) > ({', '.join(f':{name}' for name in key)})" if last else ""
    sql = f"SELECT * FROM {table} {where} ORDER BY {names} LIMIT {BATCH}"  # noqa: S608  (constants)
    return old.read(lambda db: db.query(sql, **dict(zip(key, last, strict=False))))


def _put(db: Connection, table: str, key: tuple[str, ...], rows: list[Row]) -> None:
    names = list(rows[0])
    sql = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)})"  # noqa: S608  (constants)
    db.execute_many(sql, [{name: _clean(value) for name, value in row.items()} for row in rows])
    last = json.dumps([rows[-1][name] for name in key])
    db.execute(f"UPDATE {MARK} SET last = :last WHERE name = :name", last=last, name=table)  # noqa: S608  (a constant)


def _clean(value: Any) -> Any:
    """Earlier versions kept NULs, which PostgreSQL cannot hold."""
    return value.replace("\x00", "") if isinstance(value, str) else value


def _end(db: Connection) -> None:
    if db.engine == "postgresql":
        for table, key in TABLES.items():
            # Rows that bring their number do not move the counter on.
            if key in (("id",), ("number",)):
                sql = f"SELECT setval(pg_get_serial_sequence('{table}', '{key[0]}'), coalesce(max({key[0]}), 0) + 1, false) FROM {table}"  # noqa: S608
                db.query(sql)
    db.execute(f"DROP TABLE {MARK}")
