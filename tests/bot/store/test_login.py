"""The staff sign in: sessions that end, guessing that is slowed down, one-time codes that are used once, tokens of other programs."""

from __future__ import annotations

import datetime as dt

import pyotp
import pytest
from argon2 import PasswordHasher

from bot import passwords
from bot.accounts import Accounts
from bot.clock import FrozenClock
from bot.login import (
    CLIENT_WAIT,
    FIRST_WAIT,
    FREE_TRIES,
    IDLE,
    LASTS,
    NAME_WAIT,
    SEEN_EVERY,
    Login,
    Logins,
    NeedsCode,
    SignedIn,
    Throttled,
    Wrong,
)
from bot.store.sessions import FORGETS
from bot.store.staff_audit import NOBODY
from bot.store.store import Store
from tests.bot.store.conftest import Open
from tests.bot.store.test_concurrency import together

PASSWORD = "a long one for tests"
HOME = "192.0.2.1"
pytestmark = pytest.mark.usefixtures("weak")


@pytest.fixture
def logins(store: Store, clock: FrozenClock) -> Logins:
    made(store, clock)
    return Logins(store, clock)


def made(store: Store, clock: FrozenClock, name: str = "ann") -> None:
    accounts = Accounts(store, clock)
    accounts.use_link(accounts.create(name, "operator"), PASSWORD)


def enter(logins: Logins, password: str = PASSWORD, code: str = "", name: str = "ann", client: str = HOME) -> Login:
    return logins.login(name, password, code, client, "Firefox · Linux")


def inside(logins: Logins, **more: str) -> SignedIn:
    came = enter(logins, **more)
    assert isinstance(came, SignedIn)
    return came


def test_nothing_that_opens_a_door_is_kept_as_it_is(logins: Logins, store: Store) -> None:
    came, program = inside(logins), logins.token_make("ann", "a program")
    link = Accounts(store, FrozenClock(came.session.created)).relink("ann")
    for table in ("sessions", "api_tokens", "account_links", "accounts", "staff_audit"):
        kept = str(store.read(lambda db, table=table: [dict(row) for row in db.query(f"SELECT * FROM {table}")]))  # type: ignore[misc]
        assert kept != "[]" and not [secret for secret in (came.token, program, link, PASSWORD) if secret in kept], table


def test_each_login_is_a_session_of_its_own(logins: Logins) -> None:
    one, two = inside(logins), inside(logins)
    assert len({one.token, two.token}) == len({one.session.csrf, two.session.csrf}) == len({one.session.id, two.session.id}) == 2
    assert len(one.token) >= 43, "256 bits"
    found = logins.session(one.token)
    assert found is not None and (found.csrf, found.account.name) == (one.session.csrf, "ann")
    assert [session.id for session in logins.sessions(one.session.account)] == [two.session.id, one.session.id]


@pytest.mark.parametrize("token", ["", "guess", "x" * 10_000, "红", "\x00"])
def test_what_is_no_token_opens_nothing(logins: Logins, token: str) -> None:
    assert logins.session(token) is None and logins.session(token, alive=False) is None and logins.token_account(token) is None


def test_it_ends_without_a_sign_of_life(logins: Logins, clock: FrozenClock) -> None:
    token = inside(logins).token
    clock.advance(IDLE.total_seconds() - 1)
    assert logins.session(token) is not None
    clock.advance(IDLE.total_seconds() - 1)
    assert logins.session(token) is not None, "the one before was a sign of life"
    clock.advance(IDLE.total_seconds())
    assert logins.session(token) is None and logins.session(token, alive=False) is None


def test_a_page_that_is_left_open_is_no_sign_of_life(logins: Logins, clock: FrozenClock) -> None:
    token = inside(logins).token
    clock.advance(IDLE.total_seconds() / 2)
    assert logins.session(token, alive=False) is not None
    clock.advance(IDLE.total_seconds() / 2)
    assert logins.session(token) is None


def test_it_ends_in_any_case(logins: Logins, clock: FrozenClock) -> None:
    token, steps = inside(logins).token, 28
    for _ in range(steps - 1):
        clock.advance(LASTS.total_seconds() / steps)
        assert logins.session(token) is not None
    clock.advance(LASTS.total_seconds() / steps)
    assert logins.session(token) is None


def test_signs_of_life_are_not_written_down_each_time(logins: Logins, store: Store, clock: FrozenClock) -> None:
    token = inside(logins).token
    seen = lambda: store.read(lambda db: db.query("SELECT seen_at FROM sessions"))[0]["seen_at"]  # noqa: E731
    first = seen()
    clock.advance(SEEN_EVERY.total_seconds() - 1)
    logins.session(token)
    assert seen() == first
    clock.advance(1)
    logins.session(token)
    assert seen() == first + SEEN_EVERY // dt.timedelta(milliseconds=1)


def test_sessions_are_ended_one_by_one_or_all_but_one(logins: Logins) -> None:
    one, two, three = (inside(logins) for _ in range(3))
    assert not logins.revoke("bob", one.session.id, "bob"), "nobody else's"
    assert logins.revoke("ann", one.session.id, "ann") and not logins.revoke("ann", one.session.id, "ann")
    assert [logins.session(came.token) is not None for came in (one, two, three)] == [False, True, True]
    assert logins.revoke_all("ann", "ann", but=three.session.id) == 1
    assert [logins.session(came.token) is not None for came in (two, three)] == [False, True]
    logins.logout(three.token)
    logins.logout(three.token)
    assert logins.session(three.token) is None and logins.sessions(three.session.account) == []


def test_wrong_tries_wait_twice_as_long_each_time(logins: Logins, clock: FrozenClock) -> None:
    for _ in range(FREE_TRIES):
        assert isinstance(enter(logins, "wrong"), Wrong)
    wait = FIRST_WAIT
    for _ in range(4):
        came = enter(logins, "wrong")
        assert isinstance(came, Throttled) and came.until == clock.now() + wait
        clock.advance(wait.total_seconds() - 0.001)
        assert isinstance(enter(logins), Throttled), "the right password waits too"
        clock.advance(0.001)
        assert isinstance(enter(logins, "wrong"), Wrong)
        wait *= 2
    came = enter(logins)
    assert isinstance(came, Throttled)
    clock.advance((came.until - clock.now()).total_seconds())
    assert isinstance(enter(logins), SignedIn)
    assert isinstance(enter(logins, "wrong"), Wrong) and isinstance(enter(logins), SignedIn), "what failed before is forgotten"


def test_the_wait_has_an_end_even_after_very_many_tries(logins: Logins, store: Store, clock: FrozenClock) -> None:
    enter(logins, "wrong")
    store.write(lambda db: db.execute("UPDATE login_tries SET fails = 2000000000"))
    here, away = enter(logins), enter(logins, client="192.0.2.99")
    assert isinstance(here, Throttled) and here.until == clock.now() + CLIENT_WAIT
    assert isinstance(away, Throttled) and away.until == clock.now() + NAME_WAIT
    clock.advance(NAME_WAIT.total_seconds())
    assert isinstance(enter(logins, client="192.0.2.99"), SignedIn)


def test_tries_are_forgotten_after_a_while(logins: Logins, clock: FrozenClock) -> None:
    for _ in range(FREE_TRIES):
        enter(logins, "wrong")
    clock.advance(FORGETS.total_seconds())
    assert isinstance(enter(logins, "wrong"), Wrong) and isinstance(enter(logins, "wrong"), Wrong)


def test_a_clock_that_is_set_back_keeps_nobody_out_for_longer(logins: Logins, clock: FrozenClock) -> None:
    for _ in range(FREE_TRIES):
        enter(logins, "wrong")
    clock.advance(-3600)
    came = enter(logins)
    assert isinstance(came, Throttled) and came.until <= clock.now() + FIRST_WAIT


def test_tries_count_together_in_all_processes(opened: Open, clock: FrozenClock) -> None:
    stores = [opened() for _ in range(2)]
    made(stores[0], clock)
    one, two = (Logins(store, clock) for store in stores)
    for n in range(FREE_TRIES):
        assert isinstance(enter((one, two)[n % 2], "wrong"), Wrong)
    assert isinstance(enter(one), Throttled) and isinstance(enter(two), Throttled)
    clock.advance(FIRST_WAIT.total_seconds())
    assert isinstance(enter(two), SignedIn) and isinstance(enter(one), SignedIn)


def test_an_unknown_name_goes_the_same_way(store: Store, logins: Logins, monkeypatch: pytest.MonkeyPatch) -> None:
    accounts = Accounts(store, FrozenClock(inside(logins).session.created))
    accounts.create("new", "operator")
    accounts.use_link(accounts.create("shut", "operator"), PASSWORD)
    accounts.disable("shut")
    checked: list[str] = []
    fits = PasswordHasher.verify

    def verify(self: PasswordHasher, kept: str | bytes, password: str | bytes) -> bool:
        checked.append(str(kept))
        return bool(fits(self, kept, password))

    monkeypatch.setattr(PasswordHasher, "verify", verify)
    for name in ("nobody", "new", "shut", "ann"):
        assert isinstance(enter(logins, "wrong", name=name, client=f"for {name}"), Wrong)
    assert len(checked) == 4 and len({kept.split("$")[3] for kept in checked}) == 1, "once each, with the same work"
    assert isinstance(enter(logins, PASSWORD, name="shut", client="x"), Wrong)
    assert isinstance(enter(logins, "", name="new", client="x"), Wrong), "an account without a password has no empty one"
    assert [row.kind for row in accounts.trail(NOBODY)] == ["login.refused"]


def with_codes(logins: Logins, clock: FrozenClock) -> pyotp.TOTP:
    secret, uri = logins.totp_begin("ann")
    assert secret in uri and not logins.totp_on("ann") and isinstance(enter(logins), SignedIn), "nothing is asked for yet"
    own = pyotp.TOTP(secret)
    assert not logins.totp_confirm("ann", "000000" if own.at(clock.now()) != "000000" else "111111")
    assert logins.totp_confirm("ann", own.at(clock.now())) and logins.totp_on("ann") and logins.totp_waiting("ann") is None
    clock.advance(5 * passwords.STEP)
    return own


def test_a_code_is_wanted_besides_the_password(logins: Logins, clock: FrozenClock) -> None:
    own = with_codes(logins, clock)
    assert isinstance(enter(logins), NeedsCode) and isinstance(enter(logins, "wrong"), Wrong)
    code = own.at(clock.now())
    assert isinstance(enter(logins, "wrong", code), Wrong)
    assert isinstance(enter(logins, code=f" {code[:3]} {code[3:]} "), SignedIn)


def test_a_code_is_used_once(logins: Logins, clock: FrozenClock) -> None:
    own = with_codes(logins, clock)
    code = own.at(clock.now())
    inside(logins, code=code)
    assert isinstance(enter(logins, code=code), Wrong), "read over a shoulder it is worth nothing"
    earlier = own.at(clock.now() - dt.timedelta(seconds=passwords.STEP))
    assert isinstance(enter(logins, code=earlier), Wrong), "nor is one from before it"
    clock.advance(passwords.STEP)
    inside(logins, code=own.at(clock.now()))


@pytest.mark.parametrize(("steps", "right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_codes_of_the_steps_beside_are_taken_as_clocks_differ(logins: Logins, clock: FrozenClock, steps: int, right: bool) -> None:
    own = with_codes(logins, clock)
    code = own.at(clock.now() + dt.timedelta(seconds=steps * passwords.STEP))
    near = {own.at(clock.now() + dt.timedelta(seconds=n * passwords.STEP)) for n in (-1, 0, 1)}
    assert right or code not in near, "by chance the same: take another time"
    assert isinstance(enter(logins, code=code), SignedIn if right else Wrong)


def test_of_many_who_come_with_one_code_at_once_one_is_in(opened: Open, clock: FrozenClock) -> None:
    stores = [opened() for _ in range(4)]
    made(stores[0], clock)
    code = with_codes(Logins(stores[0], clock), clock).at(clock.now())
    came: list[Login] = []
    together(4, lambda worker: came.append(enter(Logins(stores[worker], clock), code=code, client=f"192.0.2.{worker}")))
    assert sorted(type(one).__name__ for one in came) == ["SignedIn", "Wrong", "Wrong", "Wrong"]


@pytest.mark.parametrize("zero", "０٠")
def test_a_code_in_other_figures_is_the_same_code(logins: Logins, clock: FrozenClock, zero: str) -> None:
    own = with_codes(logins, clock)
    inside(logins, code="".join(chr(ord(zero) + int(figure)) for figure in own.at(clock.now())))


@pytest.mark.parametrize("code", ["1", "abcdef", "١٢٣٤٥٦", "0" * 300, "\x00", "-12345"])
def test_what_is_no_code_is_refused(logins: Logins, clock: FrozenClock, code: str) -> None:
    with_codes(logins, clock)
    assert isinstance(enter(logins, code=code), Wrong)


def test_codes_are_guessed_as_slowly_as_passwords(logins: Logins, clock: FrozenClock) -> None:
    own = with_codes(logins, clock)
    for n in range(FREE_TRIES):
        assert isinstance(enter(logins, code=f"00000{n}"), Wrong)
    assert isinstance(enter(logins, code=own.at(clock.now())), Throttled)


def test_the_second_step_is_taken_away_with_the_password_alone(logins: Logins, store: Store, clock: FrozenClock) -> None:
    with_codes(logins, clock)
    for _ in range(FREE_TRIES):
        assert not logins.totp_off("ann", "wrong")
    assert not logins.totp_off("ann", PASSWORD) and logins.totp_on("ann"), "guessing is slowed down here too"
    clock.advance(NAME_WAIT.total_seconds())
    assert logins.totp_off("ann", PASSWORD) and not logins.totp_on("ann") and isinstance(enter(logins), SignedIn)
    accounts = Accounts(store, clock)
    kinds = [row.kind for row in accounts.trail("ann")]
    assert (kinds.count("totp.on"), kinds.count("totp.refused"), kinds.count("totp.off")) == (1, FREE_TRIES, 1) and accounts.intact("ann")


def test_a_token_is_made_used_and_taken_back(logins: Logins, clock: FrozenClock) -> None:
    token = logins.token_make("ann", " a program " + "x" * 100)
    (kept,) = logins.tokens("ann")
    assert (kept.used, len(kept.label)) == (None, 40)
    account = logins.token_account(token)
    assert account is not None and account.name == "ann" and logins.tokens("ann")[0].used == clock.now()
    assert logins.session(token) is None, "it is no cookie"
    assert logins.token_account(inside(logins).token) is None, "and a cookie is none"
    assert not logins.token_revoke("bob", kept.id) and logins.token_account(token) is not None
    assert logins.token_revoke("ann", kept.id) and not logins.token_revoke("ann", kept.id)
    assert logins.token_account(token) is None and logins.tokens("ann") == []


def test_a_hash_of_weaker_parameters_is_replaced_at_the_login(logins: Logins, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = lambda: store.read(lambda db: db.query("SELECT password FROM accounts"))[0]["password"]  # noqa: E731
    before, stronger = kept(), PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", lambda: stronger)
    assert isinstance(enter(logins, "wrong"), Wrong) and kept() == before
    inside(logins)
    assert kept() != before and not stronger.check_needs_rehash(kept()) and isinstance(enter(logins), SignedIn)


def test_what_is_done_at_the_door_is_kept_and_unbroken(logins: Logins, store: Store, clock: FrozenClock) -> None:
    came = inside(logins)
    enter(logins, "wrong")
    logins.logout(came.token)
    logins.refused("ann", "csrf.refused", "case.take")
    accounts = Accounts(store, clock)
    assert [row.kind for row in accounts.trail("ann")][2:] == ["login", "login.refused", "logout", "csrf.refused"]
    assert accounts.intact("ann") and HOME not in str(accounts.newest())


def test_passwords_are_hashed_as_the_readme_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    passwords._hasher.cache_clear()
    kept = passwords.hashed(PASSWORD)
    assert kept.startswith("$argon2id$") and passwords.fits(PASSWORD, kept) and not passwords.fits(PASSWORD + "x", kept)
    assert not passwords.fits(PASSWORD, "") and not passwords.fits(PASSWORD, "no hash") and not passwords.outdated(kept)
