"""``hotline case``: one case, whole; an answer to its resident; closed or opened again."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, get_args

import click

from bot.desk import Outcome

if TYPE_CHECKING:
    from bot.store.store import Store

LINES = 30
"""Lines of the conversation that are shown."""


@click.command(name="case")
@click.argument("number", type=click.IntRange(1))
@click.option("--answer", metavar="TEXT", default=None, help="Write to the resident, in the chat they write in.")
@click.option("--close", type=click.Choice(get_args(Outcome)), default=None, help="Close it with this outcome; the resident is told.")
@click.option("--reopen", is_flag=True, help="Open it again, within 72 hours; the resident is told.")
@click.option("--by", metavar="NAME", default=None, help="Who acts, as the audit keeps it; without: the name of this account.")
def case(number: int, answer: str | None, close: Outcome | None, reopen: bool, by: str | None) -> None:
    """Show the case with this NUMBER, or act on it.

    An answer, a close or a reopening reaches the resident within seconds while the service runs.
    """
    if sum(given not in (None, False) for given in (answer, close, reopen)) > 1:
        raise click.UsageError("one thing at a time: --answer, --close or --reopen")
    from bot.clock import SystemClock
    from bot.desk import Desk, Refused
    from bot.settings import read_settings
    from bot.store.open import exists
    from bot.store.store import open_store

    settings, clock = read_settings(), SystemClock()
    if not exists(settings.database):
        raise click.ClickException(f"{settings.database} does not exist yet; start the service or set HOTLINE_DATABASE")
    store = open_store(settings, clock)
    try:
        desk = Desk(store, clock, by or getpass.getuser())
        if answer is not None:
            desk.answer(number, answer)
        elif close is not None:
            desk.close(number, close)
        elif reopen:
            desk.reopen(number)
        else:
            _show(store, number)
            return
        click.echo("Kept; it reaches the resident while the service runs.", err=True)
    except Refused as error:
        raise click.ClickException(str(error)) from None
    finally:
        store.close()


def _show(store: Store, number: int) -> None:
    from bot.cli_queue import links_of
    from bot.clock import CITY_TIME
    from bot.safe import one_line, printable
    from bot.store import files

    found = store.case(number)
    if found is None:
        raise click.ClickException(f"there is no case {number}")
    place = "/".join(part for part in (found.city, found.district) if part) or "-"
    opened = found.opened_at.astimezone(CITY_TIME).strftime("%Y-%m-%d %H:%M")
    rated = {1: ", helped", -1: ", did not help"}.get(found.rating, "")
    click.echo(f"case {number}: {found.priority}, {found.status}{rated}, opened {opened}, {place}")
    click.echo(f"why: {found.reason}; topics: {', '.join(found.topics) or '-'}")
    for name, value in found.facts:
        click.echo(printable(f"{name}: {one_line(value, 300)}"))
    if found.links:
        click.echo(f"may belong together:{links_of(found)}")
    for file in store.read(lambda db: files.of(db, number)):
        click.echo(printable(f"{file.at.astimezone(CITY_TIME).strftime('%m-%d %H:%M')} {file.kind}: {one_line(file.id, 200)}"))
    click.echo("")
    for line in store.history(found.address)[-LINES:] if found.address else ():
        who = "resident" if line.author == "resident" else "sent    "
        at = line.at.astimezone(CITY_TIME).strftime("%m-%d %H:%M")
        click.echo(printable(f"{at} {who} {one_line(line.text, 300)}"))
    click.echo("")
    for link in store.trail(number):
        detail = ", ".join(f"{name} {value}" for name, value in link.detail.items())
        click.echo(f"{link.at.astimezone(CITY_TIME).strftime('%m-%d %H:%M')} {link.kind}{f' ({detail})' if detail else ''}")
    click.echo(f"audit: {'intact' if store.intact(number) else 'BROKEN'}", err=not store.intact(number))
