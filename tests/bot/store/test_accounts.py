"""Accounts are made, changed and shut: a link sets one password, an administrator always remains, and all of it leaves a trace."""

from __future__ import annotations

import datetime as dt
import threading

import pytest

from bot import passwords
from bot.accounts import LINK_HOLDS, AccountRefused, Accounts
from bot.clock import FrozenClock
from bot.login import Logins, SignedIn
from bot.passwords import LONGEST, SHORTEST, good
from bot.store.staff_audit import NOBODY
from bot.store.store import Store
from tests.bot.store.conftest import Open
from tests.bot.store.test_concurrency import together

PASSWORD = "a long one for tests"
pytestmark = pytest.mark.usefixtures("weak")


@pytest.fixture
def accounts(store: Store, clock: FrozenClock) -> Accounts:
    return Accounts(store, clock)


def enters(store: Store, clock: FrozenClock, name: str, password: str) -> bool:
    return isinstance(Logins(store, clock).login(name, password, "", "192.0.2.1", ""), SignedIn)


@pytest.mark.parametrize(("late", "holds"), [(dt.timedelta(milliseconds=1), True), (dt.timedelta(0), False)])
def test_a_link_holds_for_its_time(accounts: Accounts, clock: FrozenClock, late: dt.timedelta, holds: bool) -> None:
    token = accounts.create("ann", "operator")
    clock.advance((LINK_HOLDS - late).total_seconds())
    assert (accounts.link_for(token) == "ann") is holds
    if holds:
        assert accounts.use_link(token, PASSWORD).name == "ann"
        return
    with pytest.raises(AccountRefused) as caught:
        accounts.use_link(token, PASSWORD)
    assert caught.value.why == "link"


def test_a_link_is_used_once_and_a_newer_one_ends_it(accounts: Accounts, store: Store, clock: FrozenClock) -> None:
    older = accounts.create("ann", "operator")
    newer = accounts.relink("ann")
    assert (accounts.link_for(older), accounts.link_for(newer)) == (None, "ann")
    accounts.use_link(newer, PASSWORD)
    for used in (older, newer, "", "made up"):
        with pytest.raises(AccountRefused):
            accounts.use_link(used, "another long password")
    assert enters(store, clock, "ann", PASSWORD) and not enters(store, clock, "ann", "another long password")


def test_the_first_password_brings_the_language_of_its_owner(accounts: Accounts) -> None:
    assert accounts.use_link(accounts.create("ann", "operator"), PASSWORD, lang="en").lang == "en"
    assert accounts.use_link(accounts.relink("ann"), PASSWORD, lang="zh").lang == "en", "chosen since, or not: it stays"
    assert accounts.use_link(accounts.create("eve", "operator"), PASSWORD).lang == "zh"


def all_hash_at_once(monkeypatch: pytest.MonkeyPatch, many: int) -> None:
    """Nobody goes on before all have seen that the link holds: the slow work lies between that and its being used up."""
    barrier, hashed = threading.Barrier(many), passwords.hashed

    def wait(password: str) -> str:
        barrier.wait(30)
        return hashed(password)

    monkeypatch.setattr(passwords, "hashed", wait)


def test_of_many_who_use_a_link_at_once_one_sets_the_password(opened: Open, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> None:
    all_hash_at_once(monkeypatch, 8)
    stores = [opened() for _ in range(4)]
    token = Accounts(stores[0], clock).create("ann", "operator")
    won: list[int] = []

    def use(worker: int) -> None:
        try:
            Accounts(stores[worker % 4], clock).use_link(token, f"{PASSWORD} {worker}")
            won.append(worker)
        except AccountRefused as error:
            assert error.why == "link"

    together(8, use)
    (winner,) = won
    assert enters(stores[0], clock, "ann", f"{PASSWORD} {winner}")
    trail = [row.kind for row in Accounts(stores[0], clock).trail("ann")]
    assert trail.count("password.set") == 1 and Accounts(stores[0], clock).intact("ann")


def test_a_password_that_is_refused_does_not_use_the_link_up(accounts: Accounts) -> None:
    token = accounts.create("ann-of-the-desk", "operator")
    for bad in ("", "short", "x" * (SHORTEST - 1), "x" * (LONGEST + 1), "ann-of-the-desk", "ANN-of-the-DESK", "ksed-eht-fo-nna"):
        with pytest.raises(AccountRefused) as caught:
            accounts.use_link(token, bad)
        assert caught.value.why == "password"
    assert accounts.use_link(token, "x" * SHORTEST).name == "ann-of-the-desk"
    assert good("y" * LONGEST, "ann")


def test_the_first_link_is_there_only_while_there_is_no_account(accounts: Accounts) -> None:
    older, newer = accounts.first_link(), accounts.first_link()
    assert older and newer and (accounts.link_for(older), accounts.link_for(newer)) == (None, "")
    with pytest.raises(AccountRefused) as caught:
        accounts.use_link(newer, PASSWORD, "")
    assert caught.value.why == "name"
    assert accounts.use_link(newer, PASSWORD, "ann").role == "admin"
    assert accounts.first_link() is None


def test_a_first_link_makes_no_second_administrator(accounts: Accounts) -> None:
    token = accounts.first_link()
    assert token is not None
    accounts.create("ann", "admin")
    with pytest.raises(AccountRefused):
        accounts.use_link(token, PASSWORD, "intruder")
    assert [account.name for account in accounts.all()] == ["ann"]


def test_of_many_first_accounts_at_once_there_is_one(opened: Open, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> None:
    all_hash_at_once(monkeypatch, 8)
    stores = [opened() for _ in range(4)]
    token = Accounts(stores[0], clock).first_link()
    assert token is not None

    def use(worker: int) -> None:
        try:
            Accounts(stores[worker % 4], clock).use_link(token, PASSWORD, f"first{worker}")
        except AccountRefused as error:
            assert error.why == "link"

    together(8, use)
    (account,) = Accounts(stores[0], clock).all()
    assert account.role == "admin" and enters(stores[0], clock, account.name, PASSWORD)


@pytest.mark.parametrize("name", ["", "a b", "红", "<b>", "a" * 41, "ann\n", "ann\x00", "?", "../x"])
def test_a_name_that_is_none_is_refused(accounts: Accounts, name: str) -> None:
    with pytest.raises(AccountRefused) as caught:
        accounts.create(name, "operator")
    assert caught.value.why == "name" and accounts.all() == []


def test_a_name_is_taken_once(opened: Open, clock: FrozenClock) -> None:
    stores = [opened() for _ in range(2)]
    made: list[str] = []

    def create(worker: int) -> None:
        try:
            made.append(Accounts(stores[worker % 2], clock).create("ann", "operator"))
        except AccountRefused as error:
            assert error.why == "taken_name"

    together(6, create)
    (token,) = made
    assert Accounts(stores[0], clock).link_for(token) == "ann"


@pytest.mark.parametrize("how", ["disable", "role"])
def test_the_last_administrator_stays(accounts: Accounts, how: str) -> None:
    def leave(name: str) -> None:
        accounts.disable(name) if how == "disable" else accounts.set_role(name, "operator")

    accounts.create("ann", "admin")
    accounts.create("bob", "admin")
    accounts.create("cai", "operator")
    leave("bob")
    with pytest.raises(AccountRefused) as caught:
        leave("ann")
    assert caught.value.why == "last_admin"
    accounts.set_role("ann", "admin")
    leave("cai")
    ann = accounts.get("ann")
    assert ann is not None and ann.may("accounts.manage")
    assert [row.kind for row in accounts.trail("ann")] == ["account.made", "account.role"], "what was refused left no trace of being done"


@pytest.mark.parametrize("how", ["disable", "role", "both"])
def test_of_administrators_who_leave_at_once_one_stays(opened: Open, clock: FrozenClock, how: str) -> None:
    stores = [opened() for _ in range(4)]
    names = [f"admin{n}" for n in range(4)]
    for name in names:
        Accounts(stores[0], clock).create(name, "admin")

    def leave(worker: int) -> None:
        accounts = Accounts(stores[worker], clock)
        try:
            if how == "disable" or (how == "both" and worker % 2):
                accounts.disable(names[worker])
            else:
                accounts.set_role(names[worker], "readonly")
        except AccountRefused as error:
            assert error.why == "last_admin"

    together(4, leave)
    left = [account for account in Accounts(stores[0], clock).all() if account.may("accounts.manage")]
    assert len(left) == 1


def test_a_shut_account_is_out_at_once_and_back_with_a_new_login(accounts: Accounts, store: Store, clock: FrozenClock) -> None:
    logins = Logins(store, clock)
    accounts.create("boss", "admin")
    accounts.use_link(accounts.create("ann", "operator"), PASSWORD)
    came = [logins.login("ann", PASSWORD, "", "192.0.2.1", "") for _ in range(2)]
    tokens = [one.token for one in came if isinstance(one, SignedIn)]
    program = logins.token_make("ann", "a program")
    assert len(tokens) == 2 and logins.token_account(program) is not None
    accounts.disable("ann", "boss")
    assert [logins.session(token) for token in tokens] == [None, None] and logins.token_account(program) is None
    assert not enters(store, clock, "ann", PASSWORD)
    accounts.enable("ann", "boss")
    assert [logins.session(token) for token in tokens] == [None, None] and logins.token_account(program) is None
    assert enters(store, clock, "ann", PASSWORD)


def test_a_new_password_ends_all_sessions(accounts: Accounts, store: Store, clock: FrozenClock) -> None:
    logins = Logins(store, clock)
    accounts.use_link(accounts.create("ann", "operator"), PASSWORD)
    came = logins.login("ann", PASSWORD, "", "192.0.2.1", "")
    assert isinstance(came, SignedIn)
    link = accounts.relink("ann")
    assert logins.session(came.token) is not None, "until the link is used all stays as it was"
    accounts.use_link(link, "another long password")
    assert logins.session(came.token) is None and not enters(store, clock, "ann", PASSWORD)


def test_a_telegram_user_is_linked_to_one_account(accounts: Accounts) -> None:
    for name in ("ann", "bob"):
        accounts.create(name, "operator")
        accounts.telegram_link(name, 5_000_000_000)
    found = accounts.of_telegram(5_000_000_000)
    ann = accounts.get("ann")
    assert found is not None and found.name == "bob" and ann is not None and ann.telegram == 0
    accounts.telegram_link("bob", 0)
    assert accounts.of_telegram(5_000_000_000) is None and accounts.of_telegram(0) is None


def test_what_is_asked_of_no_account_is_refused(accounts: Accounts) -> None:
    for act in (
        lambda: accounts.relink("nobody"),
        lambda: accounts.disable("nobody"),
        lambda: accounts.enable("nobody"),
        lambda: accounts.set_role("nobody", "admin"),
        lambda: accounts.telegram_link("nobody", 1),
        lambda: accounts.settings("nobody", shown="", lang="zh", theme=""),
    ):
        with pytest.raises(AccountRefused) as caught:
            act()
        assert caught.value.why == "no_account"
    assert accounts.trail("nobody") == [] and accounts.newest() == []


def test_each_change_leaves_its_trace_and_no_words(accounts: Accounts) -> None:
    token = accounts.create("ann", "operator", shown="<b>Ann of the desk</b>", by="boss")
    accounts.use_link(token, PASSWORD)
    accounts.set_role("ann", "supervisor", "boss")
    accounts.telegram_link("ann", 123456789, "boss")
    accounts.disable("ann", "boss")
    accounts.enable("ann", "boss")
    accounts.refused("ann", "right.refused", "not an <id>")
    accounts.refused("nobody of ours", "login.refused")
    kinds = [row.kind for row in accounts.trail("ann")]
    assert kinds == [
        "account.made",
        "password.set",
        "account.role",
        "account.telegram",
        "account.disabled",
        "account.enabled",
        "right.refused",
    ]
    assert accounts.trail("ann")[-1].detail == {"what": "?"} and [row.kind for row in accounts.trail(NOBODY)] == ["login.refused"]
    told = str(accounts.newest())
    assert not [secret for secret in (token, PASSWORD, "Ann of", "123456789", "nobody of ours") if secret in told]
    assert accounts.intact("ann") and accounts.intact(NOBODY) and accounts.intact("never was")


TAMPERED = [
    "UPDATE staff_audit SET kind = 'login' WHERE name = 'ann' AND seq = 2",
    "UPDATE staff_audit SET at = at + 1 WHERE name = 'ann' AND seq = 1",
    "UPDATE staff_audit SET detail = '{}' WHERE name = 'ann' AND seq = 1",
    "DELETE FROM staff_audit WHERE name = 'ann' AND seq = 2",
    "DELETE FROM staff_audit WHERE name = 'ann' AND seq = 3",
    "DELETE FROM staff_audit WHERE name = 'ann'",
    "DELETE FROM staff_chains WHERE name = 'ann'",
    "UPDATE staff_audit SET name = 'bob' WHERE name = 'ann' AND seq = 3",
]


@pytest.mark.parametrize("sql", TAMPERED)
def test_what_is_changed_or_taken_out_of_the_audit_is_seen(accounts: Accounts, store: Store, sql: str) -> None:
    accounts.create("ann", "operator")
    accounts.relink("ann")
    accounts.set_role("ann", "supervisor")
    assert accounts.intact("ann") and len(accounts.trail("ann")) == 3
    store.write(lambda db: db.execute(sql))
    assert not accounts.intact("ann")


def test_many_who_add_to_one_chain_at_once_leave_it_whole(opened: Open, clock: FrozenClock) -> None:
    stores = [opened() for _ in range(4)]
    Accounts(stores[0], clock).create("ann", "operator")
    together(12, lambda worker: Accounts(stores[worker % 4], clock).refused("ann", "right.refused", f"n{worker}"))
    trail = Accounts(stores[0], clock).trail("ann")
    assert sorted(str(row.detail["what"]) for row in trail[1:]) == sorted(f"n{n}" for n in range(12))
    assert [row.seq for row in trail] == list(range(1, 14)) and Accounts(stores[0], clock).intact("ann")
