"""The accounts of the staff and the links by which they set a password."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bot.account import Account, Theme
from bot.clock import from_ms, to_ms
from bot.rights import Role
from bot.safe import storable
from bot.store.connection import Connection, Row


@dataclass(frozen=True, slots=True)
class Secrets:
    """What an account is proved with."""

    account: Account
    password: str
    """The argon2id hash; empty: none was set yet."""
    totp: str
    totp_new: str
    """A secret that is not confirmed yet."""
    totp_step: int
    """The time step of the last code that was accepted: none is accepted twice."""


def add(db: Connection, account: Account, now: dt.datetime) -> bool:
    """A new account; False where the name is taken."""
    sql = """
        INSERT INTO accounts (name, shown, role, lang, theme, created_at) VALUES (:name, :shown, :role, :lang, :theme, :now)
        ON CONFLICT (name) DO NOTHING
        """
    return (
        db.execute(
            sql,
            name=account.name,
            shown=storable(account.shown),
            role=account.role,
            lang=account.lang,
            theme=account.theme,
            now=to_ms(now),
        )
        == 1
    )


def everybody(db: Connection) -> list[Account]:
    """All accounts, by name."""
    return [account_of(row) for row in db.query("SELECT * FROM accounts ORDER BY name")]


def any_at_all(db: Connection) -> bool:
    """Whether there is an account."""
    return db.one("SELECT 1 AS found FROM accounts LIMIT 1") is not None


def named(db: Connection, name: str) -> Account | None:
    """An account by its name."""
    found = secrets_of(db, name)
    return found.account if found else None


def secrets_of(db: Connection, name: str, *, held: bool = False) -> Secrets | None:
    """An account with what it is proved with; ``held``: nobody else changes it until the transaction ends."""
    sql = "SELECT * FROM accounts WHERE name = :name FOR UPDATE" if held else "SELECT * FROM accounts WHERE name = :name"
    row = db.one(sql, name=storable(name))
    return Secrets(account_of(row), row["password"], row["totp"], row["totp_new"], row["totp_step"]) if row else None


def of_telegram(db: Connection, user: int) -> Account | None:
    """The account that a Telegram user is linked to."""
    row = db.one("SELECT * FROM accounts WHERE telegram = :user", user=user)
    return account_of(row) if row else None


def set_telegram(db: Connection, name: str, user: int) -> None:
    """Link a Telegram user, 0: none any more; nobody else is linked to them then."""
    db.execute("UPDATE accounts SET telegram = NULL WHERE telegram = :user", user=user)
    db.execute("UPDATE accounts SET telegram = :user WHERE name = :name", user=user or None, name=name)


def set_role(db: Connection, name: str, role: Role) -> None:
    """Another role."""
    db.execute("UPDATE accounts SET role = :role WHERE name = :name", role=role, name=name)


def set_disabled(db: Connection, name: str, at: dt.datetime | None) -> None:
    """Shut an account, or open it again."""
    db.execute("UPDATE accounts SET disabled_at = :at WHERE name = :name", at=to_ms(at) if at else None, name=name)


def set_first_lang(db: Connection, name: str, lang: str) -> None:
    """The language of its pages, where nobody has signed in with it yet."""
    db.execute("UPDATE accounts SET lang = :lang WHERE name = :name AND password = ''", lang=lang, name=name)


def set_look(db: Connection, name: str, shown: str, lang: str, theme: Theme) -> None:
    """How the pages look to them, and they to their colleagues."""
    sql = "UPDATE accounts SET shown = :shown, lang = :lang, theme = :theme WHERE name = :name"
    db.execute(sql, shown=storable(shown), lang=lang, theme=theme, name=name)


def set_password(db: Connection, name: str, password: str) -> None:
    """Another password, as its hash."""
    db.execute("UPDATE accounts SET password = :password WHERE name = :name", password=password, name=name)


def set_totp(db: Connection, name: str, totp: str, new: str, step: int) -> None:
    """The secret of the one-time codes, one that is not confirmed yet, and the last step that was accepted."""
    sql = "UPDATE accounts SET totp = :totp, totp_new = :new, totp_step = :step WHERE name = :name"
    db.execute(sql, totp=totp, new=new, step=step, name=name)


def other_admins(db: Connection, name: str) -> bool:
    """Whether there is an administrator besides this one. All of them are held: two that leave at once see each other."""
    rows = db.query("SELECT name FROM accounts WHERE role = 'admin' AND disabled_at IS NULL ORDER BY name FOR UPDATE")
    return any(row["name"] != name for row in rows)


def put_link(db: Connection, name: str, hashed: str, expires: dt.datetime) -> None:
    """A link for an account, the empty name for the first one; an older link holds no more."""
    sql = """
        INSERT INTO account_links (name, hash, expires_at) VALUES (:name, :hash, :expires)
        ON CONFLICT (name) DO UPDATE SET hash = excluded.hash, expires_at = excluded.expires_at
        """
    db.execute(sql, name=name, hash=hashed, expires=to_ms(expires))


def link_for(db: Connection, hashed: str, now: dt.datetime) -> str | None:
    """Whose link it is; None: nobody's, or too old."""
    row = db.one("SELECT name FROM account_links WHERE hash = :hash AND expires_at > :now", hash=hashed, now=to_ms(now))
    return str(row["name"]) if row else None


def use_link(db: Connection, hashed: str, now: dt.datetime) -> bool:
    """The link is used up; False where it holds no more, as when another one was quicker."""
    return db.execute("DELETE FROM account_links WHERE hash = :hash AND expires_at > :now", hash=hashed, now=to_ms(now)) == 1


def account_of(row: Row) -> Account:
    """An account from its row."""
    return Account(
        name=row["name"],
        role=row["role"],
        shown=row["shown"],
        lang=row["lang"],
        theme=row["theme"],
        telegram=row["telegram"] or 0,
        disabled_at=from_ms(row["disabled_at"]) if row["disabled_at"] is not None else None,
    )
