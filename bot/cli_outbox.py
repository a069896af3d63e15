"""The outbox as lines and as a table, without anybody's words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from bot.cli_queue import wait
from bot.lines import ascii_line
from bot.safe import one_line
from bot.store.outbox_view import OutItem


def item_line(item: OutItem) -> str:
    """A message as a line of ASCII JSON; times in UTC."""
    return ascii_line(
        {
            "id": item.id,
            "key": item.key,
            "channel": item.channel,
            "address": item.address,
            "lane": item.lane,
            "status": item.status,
            "attempts": item.attempts,
            "reason": item.reason,
            "created_at": item.created_at.isoformat(),
            "not_before": item.not_before.isoformat() if item.not_before else None,
        }
    )


def print_items(items: Iterable[OutItem], now: dt.datetime) -> None:
    """The messages as a table on standard output."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("id", "status", "lane", "to", "age", "tries", "why"):
        table.add_column(name, no_wrap=True)
    colours = {"dead": "bold red", "uncertain": "yellow"}
    for item in items:
        cells = [str(item.id), item.status, item.lane, one_line(item.address, 40), wait(now - item.created_at), str(item.attempts)]
        cells.append(one_line(item.reason, 60) or "-")
        table.add_row(*(Text(cell, style=colours.get(item.status, "") if i == 1 else "") for i, cell in enumerate(cells)))
    console = Console()
    if not console.is_terminal:
        console = Console(width=200)
    console.print(table)
