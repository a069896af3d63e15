"""One request of somebody of the staff."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from dataclasses import dataclass, field
from typing import Literal

from starlette.requests import Request

from bot.account import Account
from bot.clock import CITY_TIME
from bot.rights import Action

Lang = Literal["zh", "en"]
ONCE = "once"
_ONCE = re.compile(r"[A-Za-z0-9_-]{8,64}")
_NUMBER = re.compile(r"[0-9]{1,15}")
YEARS = range(2000, 2100)
"""Dates outside of these are slips of the hand, or tries to break a page: near the ends of the calendar no sum of theirs exists."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Who asks for what. ``csrf``: what their forms must carry."""

    request: Request
    account: Account
    csrf: str = ""
    session: int = 0
    """The number of their session."""
    form: tuple[tuple[str, str], ...] = field(default=())
    """The fields that were posted, in order."""

    @property
    def lang(self) -> Lang:
        """The language of their pages."""
        return self.account.lang

    @property
    def name(self) -> str:
        """Their short name, as the audit keeps it."""
        return self.account.name

    def may(self, action: Action) -> bool:
        """Whether they may do this."""
        return self.account.may(action)

    def field(self, name: str) -> str:
        """A field that was posted; empty where there is none."""
        return next((value for key, value in self.form if key == name), "")

    def fields(self, name: str) -> list[str]:
        """All of a field that may stand there several times."""
        return [value for key, value in self.form if key == name]

    def number(self, name: str) -> int | None:
        """A field that is a number, None where it is none."""
        value = self.field(name)
        return int(value) if _NUMBER.fullmatch(value) else None

    @property
    def case(self) -> int:
        """The number in the address of the page, of a case or of a broadcast; 0 where it is none that there can be."""
        text = str(self.request.path_params.get("number", ""))
        return int(text) if _NUMBER.fullmatch(text) else 0

    @property
    def once(self) -> str:
        """What names the action of this form, so that sending it twice is one."""
        value = self.field(ONCE)
        return value if _ONCE.fullmatch(value) else secrets.token_urlsafe(12)

    @property
    def query(self) -> dict[str, str]:
        """What stands behind the question mark, each name once."""
        return {key[:40]: value[:400] for key, value in list(self.request.query_params.items())[:30]}


def moment(text: str) -> dt.datetime | None:
    """A time as a form holds it, of the cities where it says no other zone, in UTC; None where it is none that can be meant."""
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=CITY_TIME)).astimezone(dt.UTC) if at.year in YEARS else None
