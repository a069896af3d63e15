"""What the staff's group needs of accounts and rosters; until they are joined nobody is linked and nobody is on duty."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.account import Account


class Accounts(Protocol):
    """Who of the staff has which Telegram account. Every method blocks."""

    def of_telegram(self, user: int) -> Account | None:
        """The account that an admin linked to this user; None where none is."""
        ...

    def refused(self, name: str, kind: str, detail: str) -> object:
        """Keep in the audit that somebody was refused: their name or ``telegram:<id>``, and ids only."""
        ...


class Duty(Protocol):
    """Who is on duty."""

    def on_duty(self) -> Sequence[Account]:
        """Those whose shift it is now."""
        ...


class Nobody:
    """No account is linked, and nobody is on duty."""

    def of_telegram(self, _user: int) -> Account | None:
        """Nobody's."""
        return None

    def refused(self, _name: str, _kind: str, _detail: str) -> object:
        """There is no audit to keep it in."""
        return None

    def on_duty(self) -> Sequence[Account]:
        """Nobody."""
        return ()
