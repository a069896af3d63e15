"""The mark of a database that is being copied into: the service must not start on half of one."""

from __future__ import annotations

from bot.errors import StoreUnavailable
from bot.store.connection import Connection

MARK = "copying"


def half_copied_from(db: Connection) -> str | None:
    """Of which database this is a broken copy; None where it is whole."""
    if not db.has_table(MARK):
        return None
    row = db.one(f"SELECT origin FROM {MARK} LIMIT 1")  # noqa: S608  (a constant)
    return str(row["origin"]) if row else ""


def refuse_half(db: Connection) -> None:
    """Raises :class:`StoreUnavailable` for a broken copy."""
    origin = half_copied_from(db)
    if origin is not None:
        raise StoreUnavailable(
            f"the database is a broken copy of {origin}: run hotline migrate-database, or hotline restore, again until it ends"
        )
