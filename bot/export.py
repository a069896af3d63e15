"""Cases and figures as CSV that no spreadsheet executes. Times are the city's."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from bot.clock import CITY_TIME
from bot.figures import Figures
from bot.model import Case
from bot.oversight import DAY, Oversight, midnight
from bot.store import openings
from bot.store.opened import Opened

BOM = "\ufeff"
"""Without it a spreadsheet takes Chinese for something else."""
_EXECUTED = frozenset("=+-@|%")
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_CELL = re.compile(r"(^|[\t\r\n,;|])((?:[^\S\t\r\n]|[\"'])*)(?=(\S))")
"""Where a spreadsheet may begin a cell: also within ours, where it takes another character than the comma for the separator."""
CASES = (
    "number",
    "priority",
    "status",
    "reason",
    "topics",
    "city",
    "district",
    "hospital",
    "site",
    "opened_at",
    "taken_at",
    "answered_at",
    "closed_at",
    "rating",
)
FIGURES = ("day", "what", "key", "n")


def cell(value: object) -> str:
    """A value that stays text, or a number of ours, wherever it is opened."""
    if value is None:
        return ""
    if isinstance(value, int):
        return str(value)
    if isinstance(value, dt.datetime):
        return value.astimezone(CITY_TIME).strftime("%Y-%m-%d %H:%M:%S")
    text = _UNSEEN.sub("", str(value))
    safe = _CELL.sub(lambda found: found[1] + ("'" if _runs(found[3]) else "") + found[2], text)
    return f"'{safe}" if text[:1] in "\t\r\n" and text else safe


def line(values: Iterable[object]) -> str:
    """A line of CSV, every cell in quotes."""
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow([cell(value) for value in values])
    return out.getvalue()


def cases(store: Opened, first: dt.date, last: dt.date, *, with_words: bool = False) -> Iterator[str]:
    """The cases opened from a day to the end of another, oldest first, in pieces to be written as they come.

    ``with_words``: also what residents told; without, only what they called a hospital or a site.
    """
    yield BOM + line([*CASES, *(["words", "facts"] if with_words else [])])
    for case in openings.opened(store, midnight(first), midnight(last + DAY)):
        yield line([*_case(case), *([case.words, "; ".join(f"{name}: {value}" for name, value in case.facts)] if with_words else [])])


def figures(oversight: Oversight, first: dt.date, last: dt.date) -> Iterator[str]:
    """The figures of each day, a number a line."""
    yield BOM + line(FIGURES)
    day = first
    while day <= min(last, oversight.today()):
        for what, key, n in _figures(oversight.figures(day)):
            yield line([day.isoformat(), what, key, n])
        day += DAY


def _runs(char: str) -> bool:
    """Whether a cell that begins with this may be executed; full-width forms are taken for the plain ones."""
    return unicodedata.normalize("NFKC", char)[:1] in _EXECUTED or unicodedata.category(char) == "Pd" or char == "\u2212"


def _case(case: Case) -> Sequence[object]:
    topics = " ".join(case.topics)
    place = (case.city, case.district, case.hospital, case.site)
    times = (case.opened_at, case.taken_at, case.answered_at, case.closed_at)
    return (case.number, case.priority, case.status, case.reason, topics, *place, *times, case.rating)


def _figures(day: Figures) -> Iterator[tuple[str, str, int]]:
    yield "opened", "", day.opened.now
    yield "closed", "", day.solved.now
    for hour, n in enumerate(day.hours):
        yield "opened_by_hour", f"{hour:02}", n
    for what, tallies in (("topic", day.topics), ("refused_at", day.refusals), ("unclear_topic", day.unclear)):
        for each in tallies:
            yield what, each.key or "other", each.n
    for area in day.areas:
        yield "district", f"{area.city}/{area.district}", area.n
    for what, times in (("acknowledge", day.acknowledge), ("solve", day.solve)):
        for one in times:
            yield f"{what}_in_time", one.priority, one.met
            yield f"{what}_late", one.priority, one.missed
            if one.p50_s is not None and one.p90_s is not None:
                yield f"{what}_p50_seconds", one.priority, one.p50_s
                yield f"{what}_p90_seconds", one.priority, one.p90_s
    for phone in day.phones:
        yield "phone_unanswered", phone.number, phone.reports
    for act in day.acts:
        yield "messages", act.action, act.turns
        yield "messages_without_case", act.action, act.settled
