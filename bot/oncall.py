"""Whom an alarm is for: whoever is on duty, and once nobody has taken a danger for a while, the supervisors too."""

from __future__ import annotations

from bot.account import Account
from bot.accounts import Accounts
from bot.duty import Duty
from bot.store import alarms
from bot.store.opened import Opened

LEADS = frozenset({"supervisor", "admin"})


class OnCall:
    """Reads the roster and the accounts."""

    def __init__(self, store: Opened, duty: Duty, accounts: Accounts) -> None:
        self._store, self._duty, self._accounts = store, duty, accounts

    def on_duty(self) -> tuple[Account, ...]:
        """The accounts that are to be called now."""
        names = {shift.name for shift in self._duty.on_duty()}
        leads = self._store.read(alarms.wants_supervisors)
        return tuple(
            one for one in self._accounts.all() if one.disabled_at is None and (one.name in names or (leads and one.role in LEADS))
        )
