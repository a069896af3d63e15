"""``hotline queue`` and ``hotline search``: the cases of a filter, and those that have words in them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, get_args

import click

from bot.model import Priority

if TYPE_CHECKING:
    from bot.filter import CaseFilter
    from bot.listing import Listing
    from bot.model import Case

LIMIT = click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="At most this many cases.")
JSONL = click.option("--jsonl", is_flag=True, help="A JSON object a line, in ASCII.")
STATUS = click.Choice(["open", "closed", "any"])
DISTRICT = click.option("--district", default="", metavar="ID", help="Only those of this district, such as yanta.")
TOPIC = click.option("--topic", default="", metavar="ID", help="Only those about this topic, such as care.dialysis.")
PAGE = 200


@click.command()
@LIMIT
@click.option("--hospital", default="", metavar="NAME", help="Only those refused at a hospital whose name holds this.")
@JSONL
@click.option("--site", default="", metavar="NAME", help="Only those of the compound or quarantine site of this name.")
@DISTRICT
@TOPIC
@click.option("--priority", "priorities", type=click.Choice(get_args(Priority)), multiple=True, help="Only these; can be given again.")
@click.option("--mine", default="", metavar="NAME", help="Only those that this person of the staff works on now.")
@click.option("--unassigned", is_flag=True, help="Only those that nobody works on now.")
@click.option("--status", type=STATUS, default="open", show_default=True, help="Closed ones too; then the newest are first.")
def queue(limit: int, jsonl: bool, **wanted: Any) -> None:
    """List the logged cases, most urgent first."""
    from bot.filter import CaseFilter

    where = " at that hospital" if wanted["hospital"] else " of a site of that name" if wanted["site"] else ""
    kind = "" if wanted["status"] == "any" else f"{wanted['status']} "
    _list(CaseFilter(**wanted), limit, jsonl, f"No {kind}cases{where}.")


@click.command()
@click.argument("words", nargs=-1, required=True)
@LIMIT
@JSONL
@DISTRICT
@TOPIC
@click.option("--status", type=STATUS, default="any", show_default=True, help="Only open ones, or only closed ones.")
def search(words: tuple[str, ...], limit: int, jsonl: bool, **wanted: Any) -> None:
    """List the cases that have all these WORDS in them, newest first.

    Looked through are what residents and staff wrote, notes, facts and hospitals. "Quoted words" must follow each other, dialy* finds
    the beginning of a word, #12 the case of this number.
    """
    from bot.filter import CaseFilter

    _list(CaseFilter(text=" ".join(words), **wanted), limit, jsonl, "No case has these words.")


def _list(wanted: CaseFilter, limit: int, jsonl: bool, nothing: str) -> None:
    from bot.cli_queue import case_line, print_table
    from bot.clock import SystemClock
    from bot.listing import Listing
    from bot.settings import read_settings
    from bot.store.open import exists
    from bot.store.store import open_store

    settings = read_settings()
    if not exists(settings.database):
        click.echo(f"No cases: {settings.database} does not exist yet; start the service or set HOTLINE_DATABASE.", err=True)
        return
    clock = SystemClock()
    store = open_store(settings, clock)
    try:
        listing = Listing(store, clock)
        if wanted.text:
            # The service does so every second; without it the last words would be missing.
            listing.catch_up()
            if (behind := listing.behind()).many:
                click.echo(f"{behind} cases are not indexed yet; the service does that as it runs. They may be missing here.", err=True)
        cases = list(islice(_all(listing, wanted, min(limit, PAGE)), limit))
    finally:
        store.close()
    if jsonl:
        for case in cases:
            sys.stdout.write(case_line(case) + "\n")
    elif cases:
        print_table(cases, clock.now())
    else:
        click.echo(nothing, err=True)


def _all(listing: Listing, wanted: CaseFilter, limit: int) -> Iterator[Case]:
    after = ""
    while True:
        page = listing.page(wanted, after, limit)
        yield from page.cases
        if not page.following:
            return
        after = page.following
