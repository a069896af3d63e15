"""What the staff's pages need to know who somebody is."""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from bot.account import Account


class Session(Protocol):
    """Somebody who is signed in."""

    @property
    def id(self) -> int:
        """The number by which it is listed and ended."""
        ...

    @property
    def account(self) -> Account:
        """Whose it is."""
        ...

    @property
    def csrf(self) -> str:
        """What every form of theirs carries."""
        ...

    @property
    def expires(self) -> dt.datetime:
        """When it ends at the latest."""
        ...


class Doorkeeper(Protocol):
    """The accounts as the gate uses them; every method blocks."""

    def session(self, token: str, *, alive: bool = True) -> Session | None:
        """The session of a cookie; None: there is none, or no longer. ``alive``: somebody did something."""
        ...

    def token_account(self, token: str) -> Account | None:
        """Whose API token it is; None: nobody's."""
        ...

    def refused(self, name: str, kind: str, detail: str = "") -> None:
        """Keep in the staff's audit what was refused; ids and kinds only."""
        ...
