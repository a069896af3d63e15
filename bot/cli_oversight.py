"""``hotline oversight``, ``hotline brief`` and ``hotline export``: how the days went."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from bot.cli_store import open_existing

if TYPE_CHECKING:
    from bot.figures import Due, Figures
    from bot.names import Names
    from bot.oversight import Oversight
    from bot.store.store import Store

Lang = Literal["zh", "en"]
_DAY = click.DateTime(["%Y-%m-%d"])
_lang = click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="The language.")


@click.command()
@click.option("--day", type=_DAY, default=None, help="YYYY-MM-DD in the city's time; without: today so far.")
@_lang
def oversight(day: dt.datetime | None, lang: Lang) -> None:
    """Show how a day went.

    Cases, times against the targets, refusals, lines that nobody answered, what the bot settled, and who is at risk.
    """
    with _open() as opened:
        if opened is not None:
            _, asked, names = opened
            figures = asked.figures(day.date() if day else None)
            _print(figures, asked.due(figures.day), names, lang)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--day", type=_DAY, default=None, help="The day it is about, YYYY-MM-DD; without: yesterday.")
@_lang
def brief(file: Path, day: dt.datetime | None, lang: Lang) -> None:
    """Write the brief of a day to FILE, as the service does each morning.

    One HTML file for a screen or for paper, with what is due the day after. It holds no resident's words.
    """
    from bot.brief import render, write
    from bot.clock import SystemClock
    from bot.oversight import DAY

    with _open() as opened:
        if opened is None:
            raise click.exceptions.Exit(1)
        _, asked, names = opened
        figures = asked.figures(day.date() if day else asked.today() - DAY)
        try:
            write(file, render(figures, asked.due(figures.day + DAY), names, lang, SystemClock().now()))
        except OSError as error:
            raise click.ClickException(f"{file} cannot be written: {error.strerror}") from None
    click.echo(f"{file}: {figures.day}", err=True)


@click.command()
@click.argument("what", type=click.Choice(["cases", "figures"]))
@click.option("--from", "first", type=_DAY, default=None, help="The first day, YYYY-MM-DD; without: today.")
@click.option("--to", "last", type=_DAY, default=None, help="The last day; without: today.")
@click.option("--words", "with_words", is_flag=True, help="With cases: also what residents told. Keep such a file like the database.")
def export(what: str, first: dt.datetime | None, last: dt.datetime | None, with_words: bool) -> None:
    """Write cases or figures as CSV to standard output.

    Cells that a spreadsheet would execute begin with an apostrophe.
    """
    from bot import export as csv

    if with_words and what != "cases":
        raise click.UsageError("--words goes with cases")
    with _open() as opened:
        if opened is None:
            raise click.exceptions.Exit(1)
        store, asked, _ = opened
        today = asked.today()
        begin, end = first.date() if first else today, last.date() if last else today
        if begin > end:
            raise click.UsageError("--from is later than --to")
        lines = csv.cases(store, begin, end, with_words=with_words) if what == "cases" else csv.figures(asked, begin, end)
        for line in lines:
            sys.stdout.buffer.write(line.encode())
        sys.stdout.buffer.flush()


@contextmanager
def _open() -> Iterator[tuple[Store, Oversight, Names] | None]:
    """The database with the names; None where there is none yet, and it was said."""
    from bot.clock import SystemClock
    from bot.names import Names
    from bot.oversight import NotYet, Oversight
    from bot.settings import read_settings
    from intents.load import data_folder, load
    from intents.targets import read_targets

    store = open_existing()
    if store is None:
        yield None
        return
    try:
        data = read_settings().data_path
        names = Names(load(data or data_folder()))
        yield store, Oversight(store, SystemClock(), read_targets(data), names.hospitals), names
    except NotYet as error:
        raise click.UsageError(str(error)) from None
    finally:
        store.close()


def _print(figures: Figures, due: Due, names: Names, lang: Lang) -> None:
    from bot.brief_words import words
    from bot.charts import time
    from bot.overview import percent

    say = words(lang)
    units = say["units"].split("|")
    click.echo(f"{figures.day}")
    for name, both in (("opened", figures.opened), ("solved", figures.solved)):
        click.echo(f"{say[name]}: {both.now} ({say['than'].format(n=both.before)})")
    click.echo(f"{say['settled']}: {percent(figures.settled)}; {say['lost']}: {percent(figures.not_understood)}")
    _table(say["hours"], ((f"{hour:02}:00", n, figures.before[hour]) for hour, n in enumerate(figures.hours)))
    for name, times in (("acknowledge", figures.acknowledge), ("solve", figures.solve)):
        rows = (
            (each.priority, *(time(span, units) for span in (each.target_s, each.p50_s, each.p90_s)), percent(each.share)) for each in times
        )
        _table(f"{say[name]} ({say['strip.heads'].replace('|', ', ')})", rows)
    _table(
        f"{say['waiting']} ({say['waiting.head'].replace('|', ', ')})",
        ((each.priority, each.open, each.untaken_late, each.unsolved_late) for each in figures.waiting),
    )
    _table(say["topics"], ((each.n, names.topic(each.key, lang)) for each in figures.topics))
    _table(say["areas"], ((each.n, names.place(each.city, each.district, lang)) for each in figures.areas))
    _table(say["refusals"], ((each.n, names.hospital(each.key, lang)) for each in figures.refusals))
    _table(say["phones"], ((each.reports, names.number(each.number, lang)) for each in figures.phones))
    _table(
        f"{say['acts']} ({say['acts.settled']})",
        ((each.turns, each.settled, say.get(f"action.{each.action}", each.action)) for each in figures.acts),
    )
    _table(say["unclear"], ((each.n, names.topic(each.key, lang)) for each in figures.unclear))
    _table(
        f"{say['due'].format(day=due.day)} ({say['n']}, {say['due.part']})",
        ((each.people, each.due, say[f"group.{each.group}"], names.place(each.city, each.district, lang)) for each in due.people),
    )
    _table(say["reminders"].format(day=due.day), ((each.n, say.get(f"kind.{each.key}", each.key)) for each in due.reminders))


def _table(title: str, rows: Iterator[tuple[object, ...]]) -> None:
    """A table with a title; nothing where it has no rows."""
    lines = [[str(each) for each in row] for row in rows]
    if not lines:
        return
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    click.echo(f"\n{title}")
    for line in lines:
        click.echo("  " + "  ".join(each.rjust(width) for each, width in zip(line[:-1], widths, strict=False)) + "  " + line[-1])
