"""Who is signed in, tokens for other programs, and failed logins. Of a token only its hash is kept."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bot.account import Account
from bot.clock import from_ms, to_ms
from bot.safe import storable
from bot.store.accounts import account_of
from bot.store.connection import Connection, Row

FORGETS = dt.timedelta(days=1)
"""So long a failed login is counted."""


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in on one device."""

    id: int
    account: Account
    csrf: str
    browser: str
    created: dt.datetime
    seen: dt.datetime
    expires: dt.datetime


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token that another program acts with."""

    id: int
    label: str
    created: dt.datetime
    used: dt.datetime | None


def add(db: Connection, name: str, hashed: str, csrf: str, browser: str, now: dt.datetime, expires: dt.datetime) -> int:
    """A new session; its number. Those that have ended go."""
    db.execute("DELETE FROM sessions WHERE expires_at <= :now", now=to_ms(now))
    row = db.one(
        """
        INSERT INTO sessions (hash, name, csrf, browser, created_at, seen_at, expires_at)
        VALUES (:hash, :name, :csrf, :browser, :now, :now, :expires) RETURNING id
        """,
        hash=hashed,
        name=name,
        csrf=csrf,
        browser=storable(browser),
        now=to_ms(now),
        expires=to_ms(expires),
    )
    assert row is not None  # noqa: S101  (it was written just now)
    return int(row["id"])


def found(db: Connection, hashed: str, now: dt.datetime, idle: dt.timedelta) -> Session | None:
    """The session of a token, while it holds; None for a disabled account too."""
    row = db.one(
        """
        SELECT sessions.*, accounts.shown, accounts.role, accounts.lang, accounts.theme, accounts.telegram, accounts.disabled_at
        FROM sessions JOIN accounts ON accounts.name = sessions.name
        WHERE hash = :hash AND expires_at > :now AND seen_at > :idle AND accounts.disabled_at IS NULL
        """,
        hash=hashed,
        now=to_ms(now),
        idle=to_ms(now - idle),
    )
    return _session(row, account_of(row)) if row else None


def of(db: Connection, account: Account, now: dt.datetime, idle: dt.timedelta) -> list[Session]:
    """The sessions of an account that hold, newest first."""
    sql = "SELECT * FROM sessions WHERE name = :name AND expires_at > :now AND seen_at > :idle ORDER BY id DESC"
    rows = db.query(sql, name=account.name, now=to_ms(now), idle=to_ms(now - idle))
    return [_session(row, account) for row in rows]


def alive(db: Connection, number: int, now: dt.datetime) -> None:
    """A sign of life."""
    db.execute("UPDATE sessions SET seen_at = :now WHERE id = :id", now=to_ms(now), id=number)


def end(db: Connection, name: str, number: int) -> bool:
    """End one session of an account; False where it has none of this number."""
    return db.execute("DELETE FROM sessions WHERE name = :name AND id = :id", name=name, id=number) == 1


def end_token(db: Connection, hashed: str) -> str:
    """End the session of a token; whose it was, empty: nobody's."""
    rows = db.query("DELETE FROM sessions WHERE hash = :hash RETURNING name", hash=hashed)
    return str(rows[0]["name"]) if rows else ""


def end_all(db: Connection, name: str, but: int = 0) -> int:
    """End all sessions of an account but one; how many."""
    return db.execute("DELETE FROM sessions WHERE name = :name AND id <> :but", name=name, but=but)


def add_token(db: Connection, name: str, hashed: str, label: str, now: dt.datetime) -> int:
    """A new token; its number."""
    sql = "INSERT INTO api_tokens (hash, name, label, created_at) VALUES (:hash, :name, :label, :now) RETURNING id"
    row = db.one(sql, hash=hashed, name=name, label=storable(label), now=to_ms(now))
    assert row is not None  # noqa: S101  (it was written just now)
    return int(row["id"])


def token(db: Connection, hashed: str) -> tuple[int, Account, dt.datetime | None] | None:
    """A token's number, account and last use; None for a disabled account too."""
    row = db.one(
        """
        SELECT api_tokens.id, api_tokens.used_at, accounts.* FROM api_tokens JOIN accounts ON accounts.name = api_tokens.name
        WHERE hash = :hash AND accounts.disabled_at IS NULL
        """,
        hash=hashed,
    )
    return (int(row["id"]), account_of(row), from_ms(row["used_at"]) if row["used_at"] else None) if row else None


def token_used(db: Connection, number: int, now: dt.datetime) -> None:
    """Somebody came with it."""
    db.execute("UPDATE api_tokens SET used_at = :now WHERE id = :id", now=to_ms(now), id=number)


def tokens(db: Connection, name: str) -> list[ApiToken]:
    """The tokens of an account, oldest first."""
    rows = db.query("SELECT * FROM api_tokens WHERE name = :name ORDER BY id", name=name)
    return [ApiToken(r["id"], r["label"], from_ms(r["created_at"]), from_ms(r["used_at"]) if r["used_at"] else None) for r in rows]


def end_api_token(db: Connection, name: str, number: int) -> bool:
    """It holds no more; False where the account has none of this number."""
    return db.execute("DELETE FROM api_tokens WHERE name = :name AND id = :id", name=name, id=number) == 1


def end_api_tokens(db: Connection, name: str) -> int:
    """No token of an account holds any more; how many there were."""
    return db.execute("DELETE FROM api_tokens WHERE name = :name", name=name)


def fails(db: Connection, who: str, now: dt.datetime) -> tuple[int, dt.datetime]:
    """How often somebody failed lately, and when last."""
    row = db.one("SELECT fails, last_at FROM login_tries WHERE who = :who AND last_at > :old", who=storable(who), old=to_ms(now - FORGETS))
    return (int(row["fails"]), from_ms(row["last_at"])) if row else (0, now - FORGETS)


def failed(db: Connection, who: str, now: dt.datetime) -> None:
    """Somebody failed once more."""
    db.execute("DELETE FROM login_tries WHERE last_at <= :old", old=to_ms(now - FORGETS))
    sql = """
        INSERT INTO login_tries (who, fails, last_at) VALUES (:who, 1, :now)
        ON CONFLICT (who) DO UPDATE SET fails = login_tries.fails + 1, last_at = excluded.last_at
        """
    db.execute(sql, who=storable(who), now=to_ms(now))


def passed(db: Connection, who: str) -> None:
    """Somebody got in: what failed before is forgotten."""
    db.execute("DELETE FROM login_tries WHERE who = :who", who=storable(who))


def _session(row: Row, account: Account) -> Session:
    times = (from_ms(row[name]) for name in ("created_at", "seen_at", "expires_at"))
    return Session(row["id"], account, row["csrf"], row["browser"], *times)
