"""The figures of a day as charts, in a language: the same on the console's page and in the brief. Pure."""

from __future__ import annotations

import datetime as dt

from bot.brief_words import words
from bot.charts import Bar, Chart, Strip, bars, by_hour, multiples, strips
from bot.figures import Due, Figures, Tally, Times
from bot.names import Names

MOST = 10
"""Rows of a chart; what is rarer stands in the export."""
IN_TIME = 0.9
"""A priority is late where less than this part of its cases is within the target."""


def charts(figures: Figures, due: Due, names: Names, lang: str) -> tuple[Chart, ...]:
    """All of them, in the order of what has to be acted on first."""
    say = words(lang)
    return (
        _hours(figures, lang),
        _strip("acknowledge", figures.acknowledge, lang),
        _strip("solve", figures.solve, lang),
        _topics("topics", figures.topics, say["topics.desc"], names, lang),
        _areas(figures, names, lang),
        bars(
            "refusals",
            say["refusals"],
            say["refusals.desc"],
            [Bar(names.hospital(each.key, lang), each.n) for each in figures.refusals[:MOST]],
            (say["what"], say["n"]),
            say["nothing"],
        ),
        bars(
            "phones",
            say["phones"],
            say["phones.desc"],
            [
                Bar(
                    names.number(each.number, lang),
                    each.reports,
                    note=f"({say['phones.chats'].format(n=each.chats)})" if each.chats else "",
                )
                for each in figures.phones[:MOST]
            ],
            (say["what"], say["n"]),
            say["nothing"],
        ),
        bars(
            "acts",
            say["acts"],
            say["acts.desc"].format(settled=f"{say['settled']}: {percent(figures.settled)}"),
            [Bar(say.get(f"action.{each.action}", each.action), each.turns, each.settled) for each in figures.acts],
            (say["what"], say["n"], say["acts.settled"]),
            say["nothing"],
            say["acts.note"],
        ),
        _topics("unclear", figures.unclear, say["unclear.desc"], names, lang),
        _due(due, names, lang),
        bars(
            "reminders",
            say["reminders"].format(day=day_of(due.day, lang)),
            "",
            [Bar(say.get(f"kind.{each.key}", each.key), each.n) for each in due.reminders[:MOST]],
            (say["what"], say["n"]),
            say["nothing"],
        ),
    )


def percent(part: float | None) -> str:
    """``83%``, rounded down so that 100% is all; a dash where nothing can be said."""
    return "–" if part is None else f"{int(part * 100 + 1e-9)}%"


def day_of(day: dt.date, lang: str) -> str:
    """A day without its year."""
    return f"{day.month}月{day.day}日" if lang == "zh" else f"{day.day} {day:%B}"


def _hours(figures: Figures, lang: str) -> Chart:
    say, opened = words(lang), figures.opened
    return by_hour(
        "hours",
        say["hours"],
        say["hours.desc"].format(now=opened.now, before=opened.before),
        figures.hours,
        figures.before,
        (say["day"].format(n=opened.now), say["before"].format(n=opened.before)),
        (say["hour"], say["col.day"], say["col.before"]),
    )


def _strip(id: str, times: tuple[Times, ...], lang: str) -> Chart:
    say, rows = words(lang), []
    for each in times:
        share = each.share
        said = say["none"] if share is None else say["within"].format(percent=int(share * 100 + 1e-9))
        rows.append(Strip(each.priority, each.target_s, each.p50_s, each.p90_s, said, share is not None and share < IN_TIME))
    desc = "; ".join(f"{row.label}: {row.said}" for row in rows)
    return strips(id, say[id], desc, rows, say["target"], say["strip.heads"].split("|"), say["strip.note"], say["units"].split("|"))


def _topics(id: str, tallies: tuple[Tally, ...], desc: str, names: Names, lang: str) -> Chart:
    say = words(lang)
    rows = [Bar(names.topic(each.key, lang), each.n) for each in tallies[:MOST]]
    first = rows[0].label if rows else say["nothing"]
    return bars(id, say[id], desc.format(first=first), rows, (say["what"], say["n"]), say["nothing"])


def _areas(figures: Figures, names: Names, lang: str) -> Chart:
    say = words(lang)
    rows = [(names.place(each.city, each.district, lang), each.hours) for each in figures.areas[:MOST]]
    first = rows[0][0] if rows else say["nothing"]
    return multiples("areas", say["areas"], say["areas.desc"].format(first=first), rows, say["what"], say["nothing"])


def _due(due: Due, names: Names, lang: str) -> Chart:
    say = words(lang)
    rows = [
        Bar(
            f"{names.place(each.city, each.district, lang)}{'：' if lang == 'zh' else ': '}{say[f'group.{each.group}']}",
            each.people,
            each.due,
        )
        for each in due.people[:MOST]
    ]
    title = say["due"].format(day=day_of(due.day, lang))
    return bars("due", title, say["due.desc"], rows, (say["what"], say["n"], say["due.part"]), say["nothing"], say["due.desc"])
