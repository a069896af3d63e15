"""``hotline outbox`` and ``hotline migrate-database``: looking after the database by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bot.store.store import Store


@click.group(invoke_without_command=True)
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="At most this many messages.")
@click.option("--jsonl", is_flag=True, help="A JSON object a line, in ASCII.")
@click.pass_context
def outbox(ctx: click.Context, limit: int, jsonl: bool) -> None:
    """Show what waits to be sent, what never will arrive, what nobody knows of, and why."""
    if ctx.invoked_subcommand is not None:
        return
    from bot.cli_outbox import item_line, print_items
    from bot.clock import SystemClock
    from bot.store.outbox_view import UNSETTLED

    store = open_existing()
    if store is None:
        return
    try:
        counts, items = store.outbox_counts(), store.outbox_list(("dead", "uncertain", "sending", "pending"), limit)
    finally:
        store.close()
    if jsonl:
        for item in items:
            click.echo(item_line(item))
        return
    if items:
        print_items(items, SystemClock().now())
    click.echo(", ".join(f"{counts[status]} {status}" for status in UNSETTLED), err=True)


@outbox.command()
@click.argument("ids", nargs=-1, type=click.IntRange(1), metavar="[ID]...")
@click.option("--all", "everything", is_flag=True, help="All that are dead or uncertain.")
def retry(ids: tuple[int, ...], everything: bool) -> None:
    """Send dead or uncertain messages again: those with these IDs, or --all. An uncertain one may then arrive twice."""
    if bool(ids) == everything:
        raise click.UsageError("name IDs as hotline outbox lists them, or --all")
    from bot.clock import SystemClock

    store = open_existing()
    if store is None:
        return
    try:
        many = store.outbox_retry(None if everything else ids, SystemClock().now())
    finally:
        store.close()
    click.echo(f"{many} will be sent again.", err=True)


@click.command(name="migrate-database")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
def migrate_database(source: str, target: str) -> None:
    """Copy a whole database FROM a path or postgresql:// URL TO another, empty one; stop the service first.

    Where it breaks off, run it again: it goes on where it stopped. A password is better left to PGPASSWORD or ~/.pgpass
    than put into a URL that every user of the machine can see.
    """
    from bot.cli_progress import Bar
    from bot.clock import SystemClock, to_ms
    from bot.store.copy import copy_database

    with Bar("Copying the database …") as bar:
        counts = copy_database(source, target, to_ms(SystemClock().now()), bar)
    for table, count in counts.items():
        click.echo(f"{count:>10} {table}")
    click.echo("Copied, and counted again in both. Now set HOTLINE_DATABASE to the new one.", err=True)


def open_existing() -> Store | None:
    """The database that is set; None, and a word about it, where there is none yet."""
    from bot.settings import read_settings
    from bot.store.open import exists
    from bot.store.store import open_store

    settings = read_settings()
    if not exists(settings.database):
        click.echo(f"Nothing there: {settings.database} does not exist yet; start the service or set HOTLINE_DATABASE.", err=True)
        return None
    return open_store(settings)
