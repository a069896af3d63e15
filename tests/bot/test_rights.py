"""Every cell of the table of rights, written out here anew."""

from __future__ import annotations

from typing import get_args

import pytest

from bot.account import Account
from bot.clock import SystemClock
from bot.rights import Action, Role, may

ROLES: tuple[Role, ...] = ("readonly", "operator", "supervisor", "admin")
TABLE = """
queue.view         yes yes yes yes
case.view          yes yes yes yes
people.view        yes yes yes yes
oversight.view     yes yes yes yes
unmatched.view     yes yes yes yes
directory.view     yes yes yes yes
broadcast.view     yes yes yes yes
audit.view         no  no  yes yes
export             no  no  yes yes
case.take          no  yes yes yes
case.take_over     no  no  yes yes
case.answer        no  yes yes yes
case.note          no  yes yes yes
case.priority      no  yes yes yes
case.handover      no  yes yes yes
case.snooze        no  yes yes yes
case.merge         no  yes yes yes
case.link          no  yes yes yes
case.split         no  yes yes yes
case.close         no  yes yes yes
case.reopen        no  yes yes yes
bulk               no  no  yes yes
unmatched.propose  no  yes yes yes
unmatched.approve  no  no  yes yes
broadcast.write    no  yes yes yes
broadcast.approve  no  no  yes yes
directory.edit     no  no  yes yes
duty.own           no  yes yes yes
duty.plan          no  no  yes yes
accounts.manage    no  no  no  yes
settings.own       yes yes yes yes
tokens.own         yes yes yes yes
"""
CELLS = [
    (role, line.split()[0], answer == "yes")
    for line in TABLE.strip().splitlines()
    for role, answer in zip(ROLES, line.split()[1:], strict=True)
]


def test_the_table_names_every_action_once() -> None:
    assert sorted(line.split()[0] for line in TABLE.strip().splitlines()) == sorted(get_args(Action))
    assert len(TABLE.strip().splitlines()) == len(get_args(Action))
    assert set(get_args(Role)) == set(ROLES)


@pytest.mark.parametrize(("role", "action", "allowed"), CELLS)
def test_cell(role: Role, action: Action, allowed: bool) -> None:
    assert may(role, action) is allowed
    assert Account("someone", role).may(action) is allowed


@pytest.mark.parametrize("action", get_args(Action))
def test_a_disabled_account_may_nothing(action: Action) -> None:
    assert not Account("gone", "admin", disabled_at=SystemClock().now()).may(action)
