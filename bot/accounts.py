"""Use cases: accounts of the staff are made, changed and shut; each leaves a trace in the staff's audit."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from bot import passwords
from bot.account import Account, Theme
from bot.clock import Clock
from bot.errors import HotlineError
from bot.rights import Role
from bot.store import accounts, sessions, staff_audit
from bot.store.connection import Connection
from bot.store.opened import Opened
from bot.store.staff_audit import NOBODY, StaffRow

LINK_HOLDS = dt.timedelta(hours=24)
"""So long a link to set a password holds."""
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,40}")
_Change = Callable[[Connection, dt.datetime], None]


class AccountRefused(HotlineError):
    """It cannot be done; ``why`` is its key below ``wrong.`` in ``data/desk``."""

    def __init__(self, text: str, why: str) -> None:
        super().__init__(text)
        self.why = why


class Accounts:
    """The accounts. ``by``: who acts, as the audit keeps it; empty: somebody at the machine itself."""

    def __init__(self, store: Opened, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def create(self, name: str, role: Role, *, shown: str = "", by: str = "") -> str:
        """A new account; the token of a link by which its person sets a password. Raises :class:`AccountRefused`."""
        _proper(name)
        now, token = self._clock.now(), passwords.token()

        def work(db: Connection) -> bool:
            if not accounts.add(db, Account(name, role, shown[:60]), now):
                return False
            accounts.put_link(db, name, passwords.fingerprint(token), now + LINK_HOLDS)
            staff_audit.record(db, name, "account.made", {"by": by, "role": role}, now)
            return True

        if not self._store.write(work):
            raise AccountRefused(f"there is an account {name} already", "taken_name")
        return token

    def relink(self, name: str, by: str = "") -> str:
        """The token of a new link; older ones hold no more. The old password holds until it is used. Raises :class:`AccountRefused`."""
        token = passwords.token()

        def work(db: Connection, now: dt.datetime) -> None:
            accounts.put_link(db, name, passwords.fingerprint(token), now + LINK_HOLDS)
            staff_audit.record(db, name, "account.linked", {"by": by}, now)

        self._change(name, work)
        return token

    def first_link(self) -> str | None:
        """The token by which the first administrator makes their account; None once there is any account."""
        now, token = self._clock.now(), passwords.token()

        def work(db: Connection) -> bool:
            if accounts.any_at_all(db):
                return False
            accounts.put_link(db, "", passwords.fingerprint(token), now + LINK_HOLDS)
            return True

        return token if not self._store.read(accounts.any_at_all) and self._store.write(work) else None

    def link_for(self, token: str) -> str | None:
        """The account that a link is for, empty for the first one; None where the link holds no more."""
        now = self._clock.now()
        return self._store.read(lambda db: accounts.link_for(db, passwords.fingerprint(token), now))

    def use_link(self, token: str, password: str, name: str = "", lang: str = "") -> Account:
        """Set the password of the link's account; ``name`` is that of the first account. All its sessions end.

        ``lang``: what its owner reads; with the first password it becomes the language of their pages.

        Raises :class:`AccountRefused`.
        """
        now, mark = self._clock.now(), passwords.fingerprint(token)
        owner = self.link_for(token)
        if owner is None:
            raise AccountRefused("the link holds no more", "link")
        chosen = owner or name
        _proper(chosen)
        if not passwords.good(password, chosen):
            raise AccountRefused(f"a password has at least {passwords.SHORTEST} characters and is not the name", "password")
        kept = passwords.hashed(password)

        def work(db: Connection) -> Account | None:
            if not accounts.use_link(db, mark, now) or (not owner and accounts.any_at_all(db)):
                return None
            if not owner:
                accounts.add(db, Account(chosen, "admin"), now)
                staff_audit.record(db, chosen, "account.made", {"by": "", "role": "admin"}, now)
            if lang in ("zh", "en"):
                accounts.set_first_lang(db, chosen, lang)
            accounts.set_password(db, chosen, kept)
            sessions.end_all(db, chosen)
            staff_audit.record(db, chosen, "password.set", {}, now)
            return accounts.named(db, chosen)

        account = self._store.write(work)
        if account is None:
            raise AccountRefused("the link holds no more", "link")
        return account

    def all(self) -> list[Account]:
        """All accounts, by name."""
        return self._store.read(accounts.everybody)

    def get(self, name: str) -> Account | None:
        """An account by its name."""
        return self._store.read(lambda db: accounts.named(db, name))

    def of_telegram(self, user: int) -> Account | None:
        """The account that a Telegram user is linked to."""
        return self._store.read(lambda db: accounts.of_telegram(db, user))

    def telegram_link(self, name: str, user: int, by: str = "") -> None:
        """Link a Telegram user to an account; 0 takes the link away. Raises :class:`AccountRefused`."""

        def work(db: Connection, now: dt.datetime) -> None:
            accounts.set_telegram(db, name, user)
            staff_audit.record(db, name, "account.telegram", {"by": by, "linked": int(bool(user))}, now)

        self._change(name, work)

    def set_role(self, name: str, role: Role, by: str = "") -> None:
        """Another role, from the next click on. Raises :class:`AccountRefused`, as for the last administrator."""

        def work(db: Connection, now: dt.datetime) -> None:
            if role != "admin":
                _not_the_last(db, name)
            accounts.set_role(db, name, role)
            staff_audit.record(db, name, "account.role", {"by": by, "role": role}, now)

        self._change(name, work)

    def disable(self, name: str, by: str = "") -> None:
        """Shut an account: its sessions and tokens end at once. Raises :class:`AccountRefused`, as for the last administrator."""

        def work(db: Connection, now: dt.datetime) -> None:
            _not_the_last(db, name)
            accounts.set_disabled(db, name, now)
            sessions.end_all(db, name)
            sessions.end_api_tokens(db, name)
            staff_audit.record(db, name, "account.disabled", {"by": by}, now)

        self._change(name, work)

    def enable(self, name: str, by: str = "") -> None:
        """Open a shut account again. Raises :class:`AccountRefused`."""

        def work(db: Connection, now: dt.datetime) -> None:
            accounts.set_disabled(db, name, None)
            staff_audit.record(db, name, "account.enabled", {"by": by}, now)

        self._change(name, work)

    def settings(self, name: str, *, shown: str, lang: str, theme: Theme) -> None:
        """How the pages look to them, and they to their colleagues. Raises :class:`AccountRefused`."""
        self._change(name, lambda db, _: accounts.set_look(db, name, shown.strip()[:60], "en" if lang == "en" else "zh", theme))

    def refused(self, name: str, kind: str, detail: str = "") -> None:
        """Keep what was refused, with the audit of the account or, where there is none of the name, with nobody's."""
        now = self._clock.now()

        def work(db: Connection) -> None:
            owner = name if accounts.named(db, name) else NOBODY
            staff_audit.record(db, owner, kind, {"what": detail} if detail else {}, now)

        self._store.write(work, lasting=False)

    def trail(self, name: str) -> list[StaffRow]:
        """What an account did that is no case's, oldest first."""
        return self._store.read(lambda db: staff_audit.trail(db, name))

    def intact(self, name: str) -> bool:
        """Whether that audit is unbroken."""
        return self._store.read(lambda db: staff_audit.intact(db, name))

    def newest(self, most: int = 200) -> list[StaffRow]:
        """What all accounts did lately, newest first."""
        now = self._clock.now()
        return self._store.read(lambda db: staff_audit.newest(db, now + dt.timedelta(minutes=1), most))

    def _change(self, name: str, work: _Change) -> None:
        now = self._clock.now()

        def whole(db: Connection) -> bool:
            if accounts.secrets_of(db, name, held=True) is None:
                return False
            work(db, now)
            return True

        if not self._store.write(whole):
            raise AccountRefused(f"there is no account {name}", "no_account")


def _proper(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise AccountRefused("a name takes letters, figures, dots, dashes and underscores, at most 40", "name")


def _not_the_last(db: Connection, name: str) -> None:
    account = accounts.named(db, name)
    if account is not None and account.role == "admin" and not account.disabled_at and not accounts.other_admins(db, name):
        raise AccountRefused(f"{name} is the last administrator", "last_admin")
