"""Filters of the queue that the staff keep: their own, and those that are shared with all."""

from __future__ import annotations

import datetime as dt

from bot.clock import to_ms
from bot.safe import storable
from bot.staff import View
from bot.store.connection import Connection, Row


def of(db: Connection, account: str) -> list[View]:
    """The views of an account in its order, then those that others share."""
    own = db.query("SELECT * FROM views WHERE account = :account ORDER BY position, id", account=account)
    others = db.query("SELECT * FROM views WHERE shared = 1 AND account <> :account ORDER BY position, id", account=account)
    return [_view(row) for row in (*own, *others)]


def get(db: Connection, id: int) -> View | None:
    """One view."""
    row = db.one("SELECT * FROM views WHERE id = :id", id=id)
    return _view(row) if row else None


def add(db: Connection, view: View, most: int, now: dt.datetime) -> int:
    """Keep a view as the last of its account; its id, or 0 where the account has ``most`` already."""
    row = db.one(
        "SELECT count(*) AS many, coalesce(max(position), 0) AS last FROM views WHERE account = :account",
        account=view.account,
    )
    if row is None or row["many"] >= most:
        return 0
    made = db.one(
        """
        INSERT INTO views (account, title, query, position, shared, changed_at)
        VALUES (:account, :title, :query, :position, :shared, :now) RETURNING id
        """,
        position=row["last"] + 1,
        **_values(view, now),
    )
    assert made is not None  # noqa: S101  (it was written just now)
    return int(made["id"])


def change(db: Connection, view: View, now: dt.datetime) -> bool:
    """Another title, filter, place or sharing; False where there is no such view of the account any more."""
    sql = """
        UPDATE views SET title = :title, query = :query, shared = :shared, position = :position, changed_at = :now
        WHERE id = :id AND account = :account
        """
    return db.execute(sql, id=view.id, position=view.position, **_values(view, now)) == 1


def remove(db: Connection, id: int, account: str) -> bool:
    """Delete a view; False where there is no such view of the account."""
    return db.execute("DELETE FROM views WHERE id = :id AND account = :account", id=id, account=account) == 1


def _values(view: View, now: dt.datetime) -> dict[str, str | int]:
    return {
        "account": view.account,
        "title": storable(view.title),
        "query": storable(view.query),
        "shared": int(view.shared),
        "now": to_ms(now),
    }


def _view(row: Row) -> View:
    return View(row["id"], row["account"], row["title"], row["query"], row["position"], bool(row["shared"]))
