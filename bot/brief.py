"""The daily brief: one HTML file with everything in it, for a screen, a phone or a sheet of paper. No resident's words."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from html import escape
from pathlib import Path

from bot.brief_words import words
from bot.charts import STYLE
from bot.clock import CITY_TIME
from bot.figures import Due, Figures
from bot.names import Names
from bot.overview import charts, day_of, percent

LANGS = ("zh", "en")
_SHEET = (Path(__file__).with_name("brief.css")).read_text("utf-8")


def render(figures: Figures, due: Due, names: Names, lang: str, now: dt.datetime) -> str:
    """The file's text. ``figures``: of the day it is about; ``due``: of the day it is read on."""
    say = words(lang)
    whole = figures.until.astimezone(CITY_TIME)
    part = "" if whole.date() > figures.day else say["today"].format(at=whole.strftime("%H:%M"))
    day = f"{figures.day.isoformat()} {part}".strip()
    drawn = "".join(chart.html() for chart in charts(figures, due, names, lang))
    made = say["made"].format(at=now.astimezone(CITY_TIME).strftime("%Y-%m-%d %H:%M"))
    title = f"Green Channel · {say['title']} · {day}"
    return (
        f'<!DOCTYPE html>\n<html lang="{"zh-CN" if lang == "zh" else "en"}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f"<title>{escape(title)}</title><style>{STYLE}{_SHEET}</style></head><body>"
        f"<header><h1>{escape(say['title'])} <span>{escape(day)}</span></h1><p>{escape(made)}</p></header><main>"
        f"{_heads(figures, lang)}{_waiting(figures, lang)}"
        f'<div class="charts">{drawn}</div><p class="notes">{escape(say["notes"])}</p></main></body></html>\n'
    )


def name_of(day: dt.date, lang: str) -> str:
    """The file's name."""
    return f"brief-{day.isoformat()}.{lang}.html"


def write(path: Path, text: str) -> None:
    """Write a file whole or not at all, for its owner only; the folder is made. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, passing = tempfile.mkstemp(dir=path.parent, prefix=".brief-", suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(passing).replace(path)
    except BaseException:
        Path(passing).unlink(missing_ok=True)
        raise


def _heads(figures: Figures, lang: str) -> str:
    say = words(lang)
    late = sum(each.untaken_late for each in figures.waiting)
    tiles = [
        (say["opened"], str(figures.opened.now), say["than"].format(n=figures.opened.before)),
        (say["solved"], str(figures.solved.now), say["than"].format(n=figures.solved.before)),
        (say["open"], str(sum(each.open for each in figures.waiting)), f"{say['late']}: {late}"),
        (say["settled"], percent(figures.settled), f"{say['lost']}: {percent(figures.not_understood)}"),
    ]
    cells = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(n)} <small>{escape(more)}</small></dd></div>" for name, n, more in tiles)
    return f'<dl class="tiles">{cells}</dl>'


def _waiting(figures: Figures, lang: str) -> str:
    say = words(lang)
    heads = "".join(f'<th scope="col">{escape(each)}</th>' for each in say["waiting.head"].split("|"))
    rows = ""
    for each in figures.waiting:
        late = "".join(f'<td class="late">{n}</td>' if n else "<td>0</td>" for n in (each.untaken_late, each.unsolved_late))
        rows += f'<tr><th scope="row">{each.priority}</th><td>{each.open}</td>{late}</tr>'
    return f'<table class="waiting"><caption>{escape(say["waiting"])}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'


__all__ = ["LANGS", "day_of", "name_of", "render", "write"]
