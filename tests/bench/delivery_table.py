"""The table of ``delivery.py``, with the bars."""

from __future__ import annotations

from collections.abc import Callable

from rich.table import Table

ONE, TWO = "PostgreSQL, 1 process", "PostgreSQL, 2 processes"
PLACES = {"SQLite": 1, ONE: 1, TWO: 2, "PostgreSQL, 3 processes": 3}

SCALED = "turns # real"
"""What more processes are for: understanding. The bar is on this; the other figures of two processes beside one are shown."""
SCALING = (SCALED, "turns # empty", "end # real", "end # empty")


def show(figures: dict[str, float]) -> tuple[Table, bool]:
    """The table, and whether all bars hold."""
    table = Table(title="Intake, turns, delivery: messages a second", title_justify="left", title_style="bold")
    for column in ("what", *PLACES):
        table.add_column(column, justify="right" if column != "what" else "left")
    rows = [f"intake # {n}{p}" for n in (1, 16, 64) for p in ("", " p50", " p99")] + [
        f"{part} # {kind}" for part in ("turns", "end") for kind in ("empty", "real")
    ]
    for row in rows:
        name = row.replace(" #", ",").replace("end,", "end to end,") + (" ms" if " p" in row else "")
        table.add_row(name, *(f"{figures[row.replace('#', place)]:,.1f}" for place in PLACES))
    raw = (
        [figures[f"raw intake {engine}"] for engine in ("SQLite", "PostgreSQL")],
        [figures[f"raw turns {e}"] for e in ("SQLite", "PostgreSQL")],
    )
    for name, (light, heavy) in zip(("raw engine, intake rows", "raw engine, rows of a turn"), raw, strict=True):
        table.add_row(name, f"{light:,.1f}", f"{heavy:,.1f}")
    table.add_row("echo bot, end to end", f"{figures['end echo']:,.1f}")
    table.add_section()
    kept = True
    bars: list[tuple[str, float, Callable[[str], float]]] = [
        ("intake at 64 / raw", 0.2, lambda p: figures[f"intake {p} 64"] / figures[f"raw intake {p.split(',')[0]}"]),
        ("empty turns / raw", 1 / 3, lambda p: figures[f"turns {p} empty"] / figures[f"raw turns {p.split(',')[0]}"]),
        ("end to end, empty / echo bot", 0.7, lambda p: figures[f"end {p} empty"] / figures["end echo"]),
    ]
    for name, bar, ratio in bars:
        cells = []
        for place in PLACES:
            value = ratio(place)
            kept = kept and value >= bar
            cells.append(f"{value:.2f} {'holds' if value >= bar else 'MISSED'}")
        table.add_row(f"{name} ≥ {bar:.2f}", *cells)
    for row in SCALING:
        value = figures[row.replace("#", TWO)] / figures[row.replace("#", ONE)]
        cell = f"{value:.2f}"
        if row == SCALED:
            kept = kept and value >= 1.2
            cell += " holds" if value >= 1.2 else " MISSED"
        bar_said = " ≥ 1.20" if row == SCALED else ""
        table.add_row(f"{row.replace(' #', ',').replace('end,', 'end to end,')}: two / one{bar_said}", "", "", cell)
    return table, kept
