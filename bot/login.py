"""Use cases: the staff sign in and out, with a password and a one-time code, or by a token of another program's."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bot import passwords
from bot.account import Account
from bot.clock import Clock
from bot.store import accounts, sessions, staff_audit
from bot.store.connection import Connection
from bot.store.opened import Opened
from bot.store.sessions import ApiToken, Session

IDLE = dt.timedelta(hours=12)
"""A session ends after so long without a sign of life."""
LASTS = dt.timedelta(days=7)
"""And after so long in any case."""
SEEN_EVERY = dt.timedelta(minutes=1)
"""Signs of life are written down this often at most."""
FREE_TRIES = 5
"""Failed logins before each further one must wait, twice as long as the one before."""
FIRST_WAIT = dt.timedelta(seconds=2)
NAME_WAIT = dt.timedelta(minutes=1)
"""The longest wait for a name: a stranger must not be able to keep somebody out for long."""
CLIENT_WAIT = dt.timedelta(minutes=15)
"""The longest wait for an address."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """They are in. ``token`` is what the cookie holds; it is told once."""

    session: Session
    token: str


@dataclass(frozen=True, slots=True)
class NeedsCode:
    """The password is right; a one-time code is wanted too."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """Name, password or code: it is not told which."""


@dataclass(frozen=True, slots=True)
class Throttled:
    """Too many tries; none counts before ``until``."""

    until: dt.datetime


Login = SignedIn | NeedsCode | Wrong | Throttled


class Logins:
    """Sessions and tokens. Safe to use from any thread and by any number of processes."""

    def __init__(self, store: Opened, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def login(self, name: str, password: str, code: str, client: str, browser: str) -> Login:
        """Sign in. ``client``: the address that they come from, ``browser``: what the sessions' list calls it."""
        now = self._clock.now()
        until = self._store.read(lambda db: _until(db, name, client, now))
        if until > now:
            return Throttled(until)
        known = self._store.read(lambda db: accounts.secrets_of(db, name))
        usable = known is not None and not known.account.disabled_at
        # Checked for an unknown name too: it must take as long.
        right = passwords.fits(password, known.password if known is not None and usable else "")
        if right and known is not None and known.totp and not code.strip():
            return NeedsCode()
        rehashed = passwords.hashed(password) if right and known is not None and passwords.outdated(known.password) else ""
        token = passwords.token()
        return self._store.write(lambda db: _enter(db, name, code, client, browser, now, token, right=right, rehashed=rehashed))

    def session(self, token: str, *, alive: bool = True) -> Session | None:
        """The session of a token; None where there is none, or no longer. ``alive``: somebody did something, so that it lasts on."""
        now = self._clock.now()
        found = self._store.read(lambda db: sessions.found(db, passwords.fingerprint(token), now, IDLE)) if token else None
        if alive and found is not None and not found.seen <= now < found.seen + SEEN_EVERY:
            self._store.write(lambda db: sessions.alive(db, found.id, now), lasting=False)
        return found

    def logout(self, token: str) -> None:
        """End the session of a token."""
        now = self._clock.now()

        def work(db: Connection) -> None:
            if name := sessions.end_token(db, passwords.fingerprint(token)):
                staff_audit.record(db, name, "logout", {}, now)

        self._store.write(work)

    def sessions(self, account: Account) -> list[Session]:
        """Where somebody is signed in, newest first."""
        now = self._clock.now()
        return self._store.read(lambda db: sessions.of(db, account, now, IDLE))

    def revoke(self, name: str, number: int, by: str) -> bool:
        """End one session; False where there is none of this number."""
        now = self._clock.now()

        def work(db: Connection) -> bool:
            if not sessions.end(db, name, number):
                return False
            staff_audit.record(db, name, "session.ended", {"by": by, "session": number}, now)
            return True

        return self._store.write(work)

    def revoke_all(self, name: str, by: str, but: int = 0) -> int:
        """End all sessions of an account but one; how many."""
        now = self._clock.now()

        def work(db: Connection) -> int:
            many = sessions.end_all(db, name, but)
            staff_audit.record(db, name, "session.ended", {"by": by, "many": many}, now)
            return many

        return self._store.write(work)

    def totp_begin(self, name: str) -> tuple[str, str]:
        """A new secret for one-time codes and its address for an authenticator; it holds once a code of it was given."""
        secret = passwords.totp_secret()

        def work(db: Connection) -> None:
            if (known := accounts.secrets_of(db, name, held=True)) is not None:
                accounts.set_totp(db, name, known.totp, secret, known.totp_step)

        self._store.write(work)
        return secret, passwords.totp_uri(secret, name)

    def totp_waiting(self, name: str) -> tuple[str, str] | None:
        """The secret that is not confirmed yet, with its address; None where there is none."""
        known = self._store.read(lambda db: accounts.secrets_of(db, name))
        return (known.totp_new, passwords.totp_uri(known.totp_new, name)) if known and known.totp_new else None

    def totp_on(self, name: str) -> bool:
        """Whether a code is asked for at the login."""
        known = self._store.read(lambda db: accounts.secrets_of(db, name))
        return bool(known and known.totp)

    def totp_confirm(self, name: str, code: str) -> bool:
        """From now on a code is asked for, if this one is right."""
        now = self._clock.now()

        def work(db: Connection) -> bool:
            known = accounts.secrets_of(db, name, held=True)
            step = passwords.totp_step(known.totp_new, code, now, 0) if known else 0
            if known is None or not step:
                return False
            accounts.set_totp(db, name, known.totp_new, "", step)
            staff_audit.record(db, name, "totp.on", {}, now)
            return True

        return self._store.write(work)

    def totp_off(self, name: str, password: str) -> bool:
        """No code is asked for any more, if the password is right. Guessing is slowed down as at the login: a session may be stolen."""
        now, who = self._clock.now(), f"name:{name[:80]}"
        if self._store.read(lambda db: _wait(db, who, NAME_WAIT, now)) > now:
            return False
        known = self._store.read(lambda db: accounts.secrets_of(db, name))
        right = passwords.fits(password, known.password if known else "")

        def work(db: Connection) -> None:
            accounts.set_totp(db, name, "", "", known.totp_step if known else 0)
            staff_audit.record(db, name, "totp.off", {}, now)

        def wrong(db: Connection) -> None:
            sessions.failed(db, who, now)
            staff_audit.record(db, name if known else staff_audit.NOBODY, "totp.refused", {}, now)

        self._store.write(work if right else wrong)
        return right

    def token_make(self, name: str, label: str) -> str:
        """A token for another program; it is told once."""
        now, token = self._clock.now(), passwords.token()

        def work(db: Connection) -> None:
            number = sessions.add_token(db, name, passwords.fingerprint(token), label.strip()[:40], now)
            staff_audit.record(db, name, "token.made", {"token": number}, now)

        self._store.write(work)
        return token

    def token_account(self, token: str) -> Account | None:
        """Whose token it is; None: nobody's."""
        now = self._clock.now()
        found = self._store.read(lambda db: sessions.token(db, passwords.fingerprint(token)))
        if found is None:
            return None
        number, account, used = found
        if used is None or not used <= now < used + SEEN_EVERY:
            self._store.write(lambda db: sessions.token_used(db, number, now), lasting=False)
        return account

    def tokens(self, name: str) -> list[ApiToken]:
        """The tokens of an account, oldest first."""
        return self._store.read(lambda db: sessions.tokens(db, name))

    def token_revoke(self, name: str, number: int) -> bool:
        """A token holds no more; False where the account has none of this number."""
        now = self._clock.now()

        def work(db: Connection) -> bool:
            if not sessions.end_api_token(db, name, number):
                return False
            staff_audit.record(db, name, "token.revoked", {"token": number}, now)
            return True

        return self._store.write(work)

    def refused(self, name: str, kind: str, detail: str = "") -> None:
        """Keep what was refused in the staff's audit."""
        now = self._clock.now()

        def work(db: Connection) -> None:
            owner = name if accounts.named(db, name) else staff_audit.NOBODY
            staff_audit.record(db, owner, kind, {"what": detail} if detail else {}, now)

        self._store.write(work, lasting=False)


def _until(db: Connection, name: str, client: str, now: dt.datetime) -> dt.datetime:
    """From when on a try counts."""
    return max(_wait(db, f"name:{name[:80]}", NAME_WAIT, now), _wait(db, f"client:{client[:80]}", CLIENT_WAIT, now))


def _wait(db: Connection, who: str, longest: dt.timedelta, now: dt.datetime) -> dt.datetime:
    many, last = sessions.fails(db, who, now)
    if many < FREE_TRIES:
        return now
    return min(last, now) + min(longest, FIRST_WAIT * (1 << min(many - FREE_TRIES, 20)))


def _enter(
    db: Connection, name: str, code: str, client: str, browser: str, now: dt.datetime, token: str, *, right: bool, rehashed: str
) -> Login:
    """The end of a login, in one transaction: the code is used up, the session is there, or the failure is counted."""
    known = accounts.secrets_of(db, name, held=True)
    step = passwords.totp_step(known.totp, code, now, known.totp_step) if known is not None and known.totp else 0
    if known is None or not right or known.account.disabled_at or (known.totp and not step):
        for who in (f"name:{name[:80]}", f"client:{client[:80]}"):
            sessions.failed(db, who, now)
        staff_audit.record(db, name if known else staff_audit.NOBODY, "login.refused", {}, now)
        return Wrong()
    if step:
        accounts.set_totp(db, name, known.totp, known.totp_new, step)
    if rehashed:
        accounts.set_password(db, name, rehashed)
    for who in (f"name:{name[:80]}", f"client:{client[:80]}"):
        sessions.passed(db, who)
    # A session number of its own for each login: nobody can have set it before.
    csrf = passwords.token()
    number = sessions.add(db, name, passwords.fingerprint(token), csrf, browser[:60], now, now + LASTS)
    staff_audit.record(db, name, "login", {"session": number}, now)
    return SignedIn(Session(number, known.account, csrf, browser[:60], now, now, now + LASTS), token)
