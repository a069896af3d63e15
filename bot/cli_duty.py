"""``hotline duty``: who is on duty, and coming on and going off."""

from __future__ import annotations

import getpass

import click

from bot.cli_store import open_existing
from bot.cli_when import moment


@click.command()
@click.option("--start", metavar="UNTIL", default=None, help="Be on duty until then: 8h, 18:30, or 2022-04-06 18:30 (Beijing time).")
@click.option("--from", "begins", metavar="TIME", default=None, help="With --start: not from now but from then.")
@click.option("--team", metavar="NAME", default="", help="With --start: in which team.")
@click.option("--stop", is_flag=True, help="Go off duty now; shifts planned for later stay.")
@click.option("--by", metavar="NAME", default=None, help="Whose shift; without: the name of this account.")
def duty(start: str | None, begins: str | None, team: str, stop: bool, by: str | None) -> None:
    """List who is on duty and who will be within seven days; come on duty, or go off."""
    if (start and stop) or ((begins or team) and not start):
        raise click.UsageError("--start or --stop, one of them; --from and --team go with --start")
    from bot.clock import CITY_TIME, SystemClock
    from bot.duty import Duty, DutyRefused
    from bot.safe import one_line, printable

    store = open_existing()
    if store is None:
        return
    clock, name = SystemClock(), by or getpass.getuser()
    try:
        roster, now = Duty(store, clock), clock.now()
        if start:
            since = moment(begins, now) if begins else now
            shift = roster.plan(name, since, moment(start, since), team=team)
            click.echo(f"{name} is on duty until {shift.ends_at.astimezone(CITY_TIME).strftime('%m-%d %H:%M')}.", err=True)
        elif stop:
            roster.stop(name)
            click.echo(f"{name} is off duty.", err=True)
        else:
            shifts = roster.planned()
            for shift in shifts:
                here = "now  " if shift.starts_at <= now else "later"
                times = [at.astimezone(CITY_TIME).strftime("%m-%d %H:%M") for at in (shift.starts_at, shift.ends_at)]
                click.echo(printable(f"{here}  {' to '.join(times)}  {one_line(shift.name, 40)}  {one_line(shift.team, 40)}".rstrip()))
            if not shifts:
                click.echo("Nobody is on duty.", err=True)
    except DutyRefused as error:
        raise click.ClickException(str(error)) from None
    finally:
        store.close()
