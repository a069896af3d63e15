"""Passwords, tokens and one-time codes: made and checked, never kept as they are."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
import unicodedata
from functools import cache

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

SHORTEST = 12
"""Characters of a password."""
LONGEST = 200
STEP = 30
"""Seconds that a one-time code is for; that before and that after are accepted too, as clocks differ (RFC 6238)."""
ISSUER = "Green Channel"


@cache
def _hasher() -> PasswordHasher:
    """Argon2id with the library's own parameters (RFC 9106, low memory)."""
    return PasswordHasher()


@cache
def _nobodys() -> str:
    """What the password of a name that does not exist is checked against: it must take as long as that of one that does."""
    return _hasher().hash(secrets.token_urlsafe(16))


def good(password: str, name: str) -> bool:
    """Whether it may be a password of this account."""
    return SHORTEST <= len(password) <= LONGEST and name.casefold() not in (password.casefold(), password.casefold()[::-1])


def hashed(password: str) -> str:
    """As it is kept."""
    return _hasher().hash(password)


def fits(password: str, kept: str) -> bool:
    """Whether it is the password; where there is none (``kept`` is empty) it takes as long to say no."""
    nobodys = _nobodys()  # made at the first login of all, whoever's it is
    try:
        return _hasher().verify(kept or nobodys, password[: LONGEST + 1]) and bool(kept)
    except (Argon2Error, InvalidHashError):
        return False


def outdated(kept: str) -> bool:
    """Whether the parameters have become stronger since it was hashed."""
    return _hasher().check_needs_rehash(kept)


def token() -> str:
    """A new token: 256 random bits."""
    return secrets.token_urlsafe(32)


def fingerprint(token: str) -> str:
    """What is kept of a token. It is random, so a quick hash will do."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def totp_secret() -> str:
    """A new secret for one-time codes."""
    return pyotp.random_base32()


def totp_uri(secret: str, name: str) -> str:
    """What an authenticator reads from the square."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def totp_step(secret: str, code: str, now: dt.datetime, after: int) -> int:
    """The time step that a code is for, if it is later than ``after``; 0: it is none of now."""
    digits = "".join(str(unicodedata.decimal(char)) for char in code if char.isdecimal())
    if not secret or len(digits) != 6:
        return 0
    own, current = pyotp.TOTP(secret), int(now.timestamp()) // STEP
    for step in (current, current - 1, current + 1):
        if step > after and hmac.compare_digest(own.generate_otp(step), digits):
            return step
    return 0
