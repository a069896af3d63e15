"""``hotline operator``: the accounts of the staff. A password is never given here: its person sets it by a link."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, get_args

import click

from bot.rights import Role

if TYPE_CHECKING:
    from bot.accounts import Accounts
    from bot.login import Logins

_ROLE = click.Choice(get_args(Role))


@click.group()
def operator() -> None:
    """The accounts of the staff: made, listed, changed, shut."""


@operator.command()
@click.argument("name")
@click.option("--role", type=_ROLE, required=True, help="What they may do.")
@click.option("--shown", default="", metavar="TEXT", help="The name that colleagues see.")
def add(name: str, role: Role, shown: str) -> None:
    """Make an account; prints a link by which its person sets a password, within 24 hours."""
    with _open() as (accounts, _):
        _link(accounts.create(name, role, shown=shown))


@operator.command()
@click.argument("name")
def link(name: str) -> None:
    """Print a new link for somebody who lost their password."""
    with _open() as (accounts, _):
        _link(accounts.relink(name))


@operator.command(name="list")
def list_() -> None:
    """List the accounts."""
    from bot.safe import one_line, printable

    with _open() as (accounts, _):
        for one in accounts.all():
            telegram = f"  Telegram {one.telegram}" if one.telegram else ""
            shut = "  disabled" if one.disabled_at else ""
            click.echo(printable(f"{one.name}  {one.role}  {one_line(one.shown, 60)}{telegram}{shut}".rstrip()))


@operator.command()
@click.argument("name")
@click.argument("new", type=_ROLE, metavar="ROLE")
def role(name: str, new: Role) -> None:
    """Give an account another role; it holds from their next click on."""
    with _open() as (accounts, _):
        accounts.set_role(name, new)


@operator.command()
@click.argument("name")
def disable(name: str) -> None:
    """Shut an account; whoever is signed in with it is out at once."""
    with _open() as (accounts, _):
        accounts.disable(name)


@operator.command()
@click.argument("name")
def enable(name: str) -> None:
    """Open a shut account again."""
    with _open() as (accounts, _):
        accounts.enable(name)


@operator.command()
@click.argument("name")
@click.argument("user", type=click.IntRange(0), metavar="USER_ID")
def telegram(name: str, user: int) -> None:
    """Link a Telegram user to an account, for the staff group; 0 takes the link away."""
    with _open() as (accounts, _):
        accounts.telegram_link(name, user)


@operator.command()
@click.argument("name")
@click.option("--revoke", is_flag=True, help="Sign them out everywhere.")
def sessions(name: str, revoke: bool) -> None:
    """List where somebody is signed in."""
    from bot.clock import CITY_TIME
    from bot.safe import one_line, printable

    with _open() as (accounts, logins):
        account = accounts.get(name)
        if account is None:
            raise click.ClickException(f"there is no account {name}")
        if revoke:
            click.echo(f"{logins.revoke_all(name, '')} ended", err=True)
        for one in logins.sessions(account):
            click.echo(printable(f"{one.seen.astimezone(CITY_TIME).strftime('%m-%d %H:%M')}  {one_line(one.browser, 60)}"))


@contextmanager
def _open() -> Iterator[tuple[Accounts, Logins]]:
    """The accounts of the database that is set; it is made where there is none yet."""
    from bot.accounts import AccountRefused, Accounts
    from bot.clock import SystemClock
    from bot.login import Logins
    from bot.settings import read_settings
    from bot.store.store import open_store

    clock = SystemClock()
    store = open_store(read_settings(), clock)
    try:
        yield Accounts(store, clock), Logins(store, clock)
    except AccountRefused as error:
        raise click.ClickException(str(error)) from None
    finally:
        store.close()


def _link(token: str) -> None:
    from bot.settings import read_settings

    settings = read_settings()
    click.echo("Give this link to them; it works once, within 24 hours:", err=True)
    click.echo(f"http://{settings.host}:{settings.port}/desk/link/{token}")
