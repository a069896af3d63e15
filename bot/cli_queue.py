"""``hotline queue``: the logged cases, most urgent first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from bot.clock import CITY_TIME
from bot.lines import ascii_line
from bot.model import Case
from bot.safe import one_line


def case_line(case: Case) -> str:
    """A case as a line of ASCII JSON; times in UTC."""
    return ascii_line(
        {
            "number": case.number,
            "priority": case.priority,
            "status": case.status,
            "reason": case.reason,
            "topics": list(case.topics),
            "city": case.city,
            "district": case.district,
            "site": case.site,
            "hospital": case.hospital,
            "address": case.address,
            "opened_at": case.opened_at.isoformat(),
            "updated_at": case.updated_at.isoformat(),
            "words": case.words,
            "facts": dict(case.facts),
            "links": [{"case": link.number, "why": link.why} for link in case.links],
        }
    )


def print_table(cases: Iterable[Case], now: dt.datetime) -> None:
    """The cases as a table on standard output. Residents' words are shown as plain text on one line."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("", "case", "opened", "waits", "where", "refused at", "why"):
        table.add_column(name, no_wrap=True)
    table.add_column("last words", overflow="fold")
    colours = {"P0": "bold red", "P1": "yellow"}
    for case in cases:
        place = "/".join(part for part in (case.city, case.district, one_line(case.site, 20)) if part) or "-"
        opened = case.opened_at.astimezone(CITY_TIME).strftime("%m-%d %H:%M")
        waits, why = wait(now - case.opened_at), one_line(case.reason, 40)
        told = "; ".join(f"{name}: {value}" for name, value in case.facts)
        words = one_line(case.words) + (f" [{one_line(told)}]" if told else "") + links_of(case)
        cells = [case.priority, str(case.number), opened, waits, place, one_line(case.hospital, 40) or "-", why, words]
        table.add_row(*(Text(cell, style=colours.get(case.priority, "")) if i == 0 else Text(cell) for i, cell in enumerate(cells)))
    console = Console()
    if not console.is_terminal:
        console = Console(width=200)
    console.print(table)


def links_of(case: Case) -> str:
    """What may belong to the same people; the operator looks before anything is taken for the same."""
    names = {"same": "maybe the same", "household": "same household", "compound": "same compound and need", "contact": "same phone"}
    said = ", ".join(f"{names[link.why]}: case {link.number}" for link in case.links)
    return f" ({said})" if said else ""


def wait(span: dt.timedelta) -> str:
    """A length of time in the largest unit that fits."""
    minutes = max(0, int(span.total_seconds() // 60))
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} d"
