"""``hotline backup`` and ``hotline restore``."""

from __future__ import annotations

import click


@click.command()
@click.argument("file", type=click.Path(dir_okay=False))
def backup(file: str) -> None:
    """Write the whole database to a new FILE; the service may run meanwhile.

    FILE is a SQLite database whatever HOTLINE_DATABASE is, and holds residents' words: only its owner can read it. What was
    acknowledged before the backup began is in it.
    """
    from bot.cli_progress import Bar
    from bot.settings import read_settings
    from bot.store.backup import backup as write

    settings = read_settings()
    with Bar("Backing up the database …") as bar:
        counts = write(settings.database, file, bar)
    _show(counts)
    click.echo(f"{file} is whole, and counted again.", err=True)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False))
def restore(file: str) -> None:
    """Copy the backup FILE into HOTLINE_DATABASE, a new or empty one; stop the service first.

    FILE stays as it is. Where it breaks off, run it again: it goes on where it stopped.
    """
    from bot.cli_progress import Bar
    from bot.clock import SystemClock, to_ms
    from bot.settings import read_settings
    from bot.store.backup import restore as read

    settings = read_settings()
    with Bar("Restoring the database …") as bar:
        counts = read(file, settings.database, to_ms(SystemClock().now()), bar)
    _show(counts)
    click.echo("Restored, and counted again. The service can be started.", err=True)


def _show(counts: dict[str, int]) -> None:
    for table, count in counts.items():
        click.echo(f"{count:>10} {table}")
