"""Charts as inline SVG: no script, no inline style, nothing from elsewhere. Colours come from :data:`STYLE` by class.

Each is drawn for the width of a phone and may grow. What it shows stands on it in words and numbers (no legend to look up), in a
sentence for screen readers, and as a table that is read aloud and not seen. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import zip_longest
from pathlib import Path

WIDTH = 360
"""Of all charts, in units of the drawing; a phone shows a unit as not quite a pixel, so that letters stay readable."""
STYLE = (Path(__file__).with_name("charts.css")).read_text("utf-8")
"""What the page or the document that shows charts has to carry."""
UNITS = ("s", "min", "h")
_WIDE, _NARROW = 13.0, 7.2
_MOST_TIMES = 3
"""A strip ends at three times its target."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing with its words."""

    id: str
    title: str
    svg: str
    table: str
    note: str = ""
    """Stands below the title: how to read it."""

    def html(self) -> str:
        """The figure, ready to stand in a page."""
        note = f"<small>{escape(self.note)}</small>" if self.note else ""
        caption = f'<figcaption id="{escape(self.id)}-h">{escape(self.title)}{note}</figcaption>'
        return f'<figure class="chart" aria-labelledby="{escape(self.id)}-h">{caption}{self.svg}{self.table}</figure>'


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; ``part`` of it is drawn full, the rest pale."""

    label: str
    n: int
    part: int | None = None
    note: str = ""
    """Stands behind the number."""


@dataclass(frozen=True, slots=True)
class Strip:
    """A time beside its target; seconds. Nothing is drawn where nothing was done."""

    label: str
    target_s: int
    p50_s: int | None
    p90_s: int | None
    said: str
    """What stands at the right: the share within the target."""
    late: bool


def by_hour(
    id: str, title: str, desc: str, now: Sequence[int], before: Sequence[int], names: tuple[str, str], heads: Sequence[str]
) -> Chart:
    """Bars by hour of a day, in front of paler ones of the day before. ``names``: of the two days; ``heads``: of the table."""
    top, bottom, slot = 40.0, 140.0, WIDTH / 24
    most = max([*now, *before, 1])
    scale = (bottom - top) / most
    marks = [_text(0, 14, names[0], "chart-now"), _text(WIDTH, 14, names[1], "chart-was", "end")]
    for hour, n in enumerate(before):
        marks.append(_rect(hour * slot + 1, bottom - n * scale, slot - 2, n * scale, "chart-before"))
    for hour, n in enumerate(now):
        marks.append(_rect(hour * slot + 4, bottom - n * scale, slot - 8, n * scale, "chart-bar"))
    if now and max(now):
        peak = max(range(len(now)), key=lambda hour: now[hour])
        over = max(now[peak], before[peak] if peak < len(before) else 0)
        middle = min(max(peak * slot + slot / 2, 14), WIDTH - 14)
        marks.append(_text(middle, bottom - over * scale - 5, str(now[peak]), "chart-number", "middle"))
    marks.append(_rect(0, bottom, WIDTH, 1, "chart-line"))
    for hour, anchor in ((0, "start"), (6, "middle"), (12, "middle"), (18, "middle"), (24, "end")):
        marks.append(_text(hour * slot, bottom + 17, f"{hour}:00", "chart-small", anchor))
    rows = [(f"{hour:02}:00", "" if n is None else str(n), str(was)) for hour, (n, was) in enumerate(zip_longest(now, before))]
    return Chart(id, title, _svg(id, title, desc, 160, marks), _table(title, heads, rows))


def bars(id: str, title: str, desc: str, rows: Sequence[Bar], heads: Sequence[str], nothing: str, note: str = "") -> Chart:
    """Horizontal bars with label and number above each. ``heads`` of the table: what, how many, and with parts how many of these.

    ``nothing`` is said in place of bars where there are none.
    """
    step, marks = 34, list[str]()
    most = max([row.n for row in rows] + [1])
    for place, row in enumerate(rows):
        y, length = place * step, max(WIDTH * row.n / most, 1.5 if row.n else 0)
        number = f"{row.n if row.part is None else f'{row.part} / {row.n}'}{' ' if row.note else ''}{row.note}"
        marks += [
            _text(0, y + 14, cut(row.label, WIDTH - 12 - width_of(number)), "chart-label", full=row.label),
            _text(WIDTH, y + 14, number, "chart-number", "end"),
            _rect(0, y + 20, WIDTH, 8, "chart-track"),
            _rect(0, y + 20, length, 8, "chart-bar" if row.part is None else "chart-rest"),
        ]
        if row.part:
            marks.append(_rect(0, y + 20, length * row.part / max(row.n, 1), 8, "chart-bar"))
    if not rows:
        marks.append(_text(0, 16, nothing, "chart-label"))
    parts = any(row.part is not None for row in rows)
    table = [(row.label, str(row.n), *([str(row.part or 0)] if parts else [])) for row in rows]
    return Chart(id, title, _svg(id, title, desc, max(24, step * len(rows)), marks), _table(title, heads[: 3 if parts else 2], table), note)


def strips(
    id: str, title: str, desc: str, rows: Sequence[Strip], target: str, heads: Sequence[str], note: str, units: Sequence[str] = UNITS
) -> Chart:
    """For each row how the usual time (the dot) and the slow tenth (the end of the bar) stand to the target, the line.

    All targets stand at the same place, so that what crosses the line is late at a glance. ``heads`` of the table: what, target, half
    of them within, nine of ten within, what is said.
    """
    step, unit, line = 44, WIDTH / _MOST_TIMES, WIDTH / _MOST_TIMES
    marks = [_text(line, 12, target, "chart-small", "middle")]
    for place, row in enumerate(rows):
        y = 20 + place * step
        marks += [
            _text(0, y + 14, f"{row.label} · {time(row.target_s, units)}", "chart-label"),
            _text(WIDTH, y + 14, row.said, "chart-late" if row.late else "chart-number", "end"),
            _rect(0, y + 21, WIDTH, 10, "chart-track"),
            _rect(0, y + 21, line, 10, "chart-within"),
        ]
        if row.p50_s is not None and row.p90_s is not None:
            kind = "chart-over" if row.late else "chart-good"
            usual, slow = (min(each / row.target_s, _MOST_TIMES) * unit for each in (row.p50_s, row.p90_s))
            marks.append(_rect(usual, y + 24, max(slow - usual, 0), 4, kind))
            marks.append(f'<circle class="{kind}" cx="{_n(min(max(usual, 5), WIDTH - 5))}" cy="{_n(y + 26)}" r="5"/>')
        marks.append(_rect(line - 1, y + 17, 2, 18, "chart-target"))
    rows_said = [(row.label, time(row.target_s, units), *(time(each, units) for each in (row.p50_s, row.p90_s)), row.said) for row in rows]
    return Chart(id, title, _svg(id, title, desc, 20 + step * len(rows), marks), _table(title, heads, rows_said), note)


def multiples(id: str, title: str, desc: str, rows: Sequence[tuple[str, Sequence[int]]], head: str, nothing: str) -> Chart:
    """A small chart by hour for each row, two beside each other, all to one scale. ``head``: of the column of names."""
    wide, high, gap = 170.0, 64.0, 20.0
    most, marks = max([n for _, hours in rows for n in hours] + [1]), list[str]()
    for place, (name, hours) in enumerate(rows):
        x, y = (place % 2) * (wide + gap), (place // 2) * high
        total, slot = str(sum(hours)), wide / 24
        marks.append(_text(x, y + 14, cut(name, wide - 10 - width_of(total)), "chart-label", full=name))
        marks.append(_text(x + wide, y + 14, total, "chart-number", "end"))
        marks.append(_rect(x, y + 52, wide, 1, "chart-line"))
        for hour, n in enumerate(hours):
            if n:
                marks.append(_rect(x + hour * slot + 0.5, y + 52 - 30 * n / most, slot - 1, 30 * n / most, "chart-bar"))
    if not rows:
        marks.append(_text(0, 16, nothing, "chart-label"))
    table = [(name, *(str(n) for n in hours)) for name, hours in rows]
    return Chart(
        id,
        title,
        _svg(id, title, desc, max(24.0, -(-len(rows) // 2) * high - 6), marks),
        _table(title, (head, *(f"{hour:02}:00" for hour in range(24))), table),
    )


def time(seconds: int | None, units: Sequence[str] = UNITS) -> str:
    """A length of time, short: ``45 s``, ``12 min``, ``3.5 h``; a dash for none. ``units``: of seconds, minutes and hours."""
    if seconds is None:
        return "–"
    if seconds < 60:
        return f"{seconds} {units[0]}"
    minutes = round(seconds / 60)
    return f"{minutes} {units[1]}" if minutes < 120 else f"{seconds / 3600:.1f}".removesuffix(".0") + f" {units[2]}"


def width_of(text: str) -> float:
    """Roughly how wide a text is drawn; Chinese characters are square."""
    return sum(_WIDE if ord(char) >= 0x2E80 else _NARROW for char in text)


def cut(text: str, room: float) -> str:
    """The text, or as much of it as has room, with an ellipsis."""
    if width_of(text) <= room:
        return text
    kept = ""
    for char in text:
        if width_of(kept + char) + _WIDE > room:
            break
        kept += char
    return kept.rstrip() + "…"


def _svg(id: str, title: str, desc: str, height: float, marks: Sequence[str]) -> str:
    name = escape(id)
    return (
        f'<svg class="chart-drawing" role="img" aria-labelledby="{name}-t {name}-d" viewBox="-1 0 {WIDTH + 2} {_n(height)}">'
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(desc)}</desc>{"".join(marks)}</svg>'
    )


def _table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in heads)
    lines = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>{"".join(f"<td>{escape(each)}</td>" for each in row[1:])}</tr>' for row in rows
    )
    return (
        f'<div class="chart-table"><table><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>"
    )


def _rect(x: float, y: float, width: float, height: float, kind: str) -> str:
    if width <= 0 or height <= 0:
        return ""
    return f'<rect class="{kind}" x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}"/>'


def _text(x: float, y: float, text: str, kind: str, anchor: str = "start", *, full: str = "") -> str:
    more = f"<title>{escape(full)}</title>" if full and full != text else ""
    return f'<text class="{kind}" x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}">{escape(text)}{more}</text>'


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
