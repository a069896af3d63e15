"""``hotline phones``: which numbers nobody answers, and an operator's word on one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from bot.cli_store import open_existing

if TYPE_CHECKING:
    from bot.phones import Kind, Report


@click.group(invoke_without_command=True)
@click.option("--jsonl", is_flag=True, help="A JSON object a line, in ASCII.")
@click.pass_context
def phones(ctx: click.Context, jsonl: bool) -> None:
    """List the numbers that nobody answers.

    And all that residents or operators said something of in the last 12 hours. Three residents within an hour, or an operator,
    put a number behind the others; somebody who gets through ends it.
    """
    if ctx.invoked_subcommand is not None:
        return
    from bot.clock import SystemClock
    from bot.lines import ascii_line
    from bot.store import phones as reported

    store = open_existing()
    if store is None:
        return
    now = SystemClock().now()
    try:
        rows = _rows(store.read(lambda db: reported.reports(db, now)), now)
    finally:
        store.close()
    for row in rows:
        click.echo(ascii_line(row) if jsonl else f"{row['number']:<14}  {_state(row):<52}  {row['name']}")
    if not rows:
        click.echo("Nothing is said against any number.", err=True)


@phones.command()
@click.argument("number")
def demote(number: str) -> None:
    """Put NUMBER behind the others until it is restored or somebody gets through."""
    _say(number, "demoted")
    click.echo(f"{number} now stands behind the others.", err=True)


@phones.command()
@click.argument("number")
def restore(number: str) -> None:
    """NUMBER is answered: nothing said against it so far counts any more."""
    _say(number, "restored")
    click.echo(f"{number} stands as before.", err=True)


def _say(number: str, kind: Kind) -> None:
    """Write an operator's word; refused for a number that is not shown, and for those of danger."""
    from bot.clock import SystemClock
    from bot.phones import NEVER
    from bot.store import phones as reported

    if number in NEVER:
        raise click.UsageError(f"{number} is never put behind others: whoever is in danger must go on calling it")
    if number not in _names():
        raise click.UsageError(f"{number} is no number that the hotline shows; write it as data/cities has it")
    store = open_existing()
    if store is None:
        raise click.exceptions.Exit(1)
    now = SystemClock().now()
    try:
        store.write(lambda db: reported.report(db, number, kind, reported.OPERATOR, now))
    finally:
        store.close()


def _names() -> dict[str, str]:
    from bot.settings import read_settings
    from intents.load import data_folder, load
    from intents.numbers import listed

    knowledge = load(read_settings().data_path or data_folder())
    return {number: held.name("zh") for number, held in listed(knowledge).items()}


def _rows(reports: Iterable[Report], now: dt.datetime) -> list[dict[str, str | int | None]]:
    """A number a row, those behind the others first."""
    from bot.phones import Standing, standings

    reports = list(reports)
    found, names = standings(reports, now), _names() if reports else {}
    rows: list[dict[str, str | int | None]] = []
    for number in sorted({report.number for report in reports}):
        standing = found.get(number, Standing())
        rows.append({"number": number, "demoted": standing.demoted, "minutes": standing.minutes, "name": names.get(number, "")})
    return sorted(rows, key=lambda row: not row["demoted"])


def _state(row: dict[str, str | int | None]) -> str:
    behind = f"behind the others ({row['demoted']})" if row["demoted"] else ""
    failed = f"not answered {row['minutes']} min ago" if row["minutes"] is not None else ""
    return ", ".join(filter(None, (behind, failed))) or "nothing against it now"
