"""What a failing PostgreSQL is told as: what is wrong and how to mend it, never with a value, a password or a line of a table in it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

import psycopg
from psycopg_pool import PoolClosed, PoolTimeout

from bot.errors import StoreError, StoreRefused, StoreUnavailable

_BY_ITSELF = "the service goes on by itself when that is mended"
_MEND = {
    "08": f"see that the server runs and can be reached; {_BY_ITSELF}",
    "28": "mend the user or the password in HOTLINE_DATABASE",
    "3D": "create the database, or mend its name in HOTLINE_DATABASE",
    "53100": f"make room on the server's disk; {_BY_ITSELF}",
    "53300": f"raise max_connections, or run fewer processes; {_BY_ITSELF}",
    "53": f"the server lacks room or memory; {_BY_ITSELF}",
    "55": f"end what holds the lock; {_BY_ITSELF}",
    "57": f"see that the server runs and can be reached; {_BY_ITSELF}",
    "58": f"the server's disk fails: look at its log; {_BY_ITSELF}",
    "25P03": "the process stood still for too long; it goes on",
    "25006": f"write to the primary server, not to a standby; {_BY_ITSELF}",
    "42501": f"grant the service's user the right to use and create tables in the schema; {_BY_ITSELF}",
}
_DEFAULT = f"see that HOTLINE_DATABASE is right and that the server runs and can be reached; {_BY_ITSELF}"
_OURS = {"0A", "22", "23", "42"}
"""Classes of errors that are ours: a bad value, a broken rule, a wrong statement. All others may pass."""
_PASSING = {"42501"}


def place_of(given: Mapping[str, str]) -> str:
    """The database's address without user and password."""
    port = f":{given['port']}" if "port" in given else ""
    return f"postgresql://{quote(given.get('host', ''), safe='/,:.')}{port}/{quote(given.get('dbname', ''))}"


def told(place: str, error: psycopg.Error, secret: str = "") -> StoreError:
    """The error as the rest of the service knows it. Only the server's main line is kept: its details quote the rows."""
    if isinstance(error, PoolClosed):
        return StoreUnavailable("the database is closed")
    state = error.sqlstate or ""
    if state not in _PASSING and (state[:2] in _OURS or not (state or isinstance(error, psycopg.OperationalError))):
        name = error.diag.constraint_name or ""
        return StoreRefused(f"the database {place} refused a statement: {type(error).__name__} {state} {name}".rstrip())
    what = "no connection could be had" if isinstance(error, PoolTimeout) else error.diag.message_primary or _first_lines(error)
    if secret:
        what = what.replace(secret, "***")
    mend = _MEND.get(state) or _MEND.get(state[:2]) or _DEFAULT
    return StoreUnavailable(f"the database {place} cannot be used: {what} ({mend})")


def _first_lines(error: psycopg.Error) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return " ".join(lines[:2]) or type(error).__name__
