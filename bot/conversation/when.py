"""When somebody wants to be reminded, in plain words: 每周一三五早上7点, every Mon/Wed/Fri 7am, 后天下午3点, 每隔8小时. Pure.

Parsers that exist were tried on such sentences first (November 2026): dateparser 1.5 read none of the Chinese ones; recurrent 0.4
took Mon/Wed/Fri for Monday, half an hour for one and 25:00 for a time; jionlp 1.5 took 一三五 for Monday and 25点 for five o'clock.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from typing import Literal, TypeVar

from bot.clock import CITY_TIME
from bot.conversation.days import MONTHS, day
from bot.conversation.steps import day_before, first_day, monthly, open_step, several, step
from bot.conversation.times import NUMBER, number, times_of, without_times
from bot.conversation.weekdays import bare_days, but_not, days_apart, days_of, so_often, some_day
from bot.reminder import Rule

T = TypeVar("T", str, int)
Problem = Literal["", "nothing", "time", "date", "past", "need_time", "need_day", "step", "monthly", "several"]
"""Why there is no rule: nothing said of when; no such time of day, no such date, over already; the time or the day is missing; it is
open every how many days; once a month; several that must be set one by one."""
_EVERY_HOURS = re.compile(rf"每(?:隔)?({NUMBER})个?(?:小时|钟头|鐘頭|小時)|\bevery (\d{{1,2}}) ?(?:hours?|hrs?|h)\b")
_AFTER = re.compile(
    rf"(?:过|再过|過)?(?:({NUMBER})个?(半)?(小时|小時|钟头|分钟|分鐘)|(半)个?(?:小时|小時|钟头))(?:之|以)?[后後]"
    r"|\bin (?:(\d{1,3}|an?|half an) ?(hours?|hrs?|minutes?|mins?))\b"
)
_AFTER_LONG = re.compile(r"(\d{1,2}(?:\.\d)?)个?(?:小时|小時|钟头)(?:(\d{1,2})分钟?)?(?:之|以)?[后後]")
_NO_SUCH = re.compile(r"(\d{1,2})月(\d{1,2})[日号號]?")
_DATE_ZH = re.compile(r"[二三]?十[一二三四五六七八九]?(?=[月日号號])|(?<![周週期拜十])[一二三四五六七八九](?=[月号號]|日(?!子))")
_NO_SUCH_EN = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?({'|'.join(MONTHS)})|\b({'|'.join(MONTHS)})[a-z]*\.? (\d{{1,2}})\b")
_OVER = re.compile(r"昨天|前天|上周|上个?星期|\byesterday\b|\blast (?:week|mon|tue|wed|thu|fri|sat|sun)")
_MOST_HOURS, _LEAP = 72, 2024


@dataclass(frozen=True, slots=True)
class When:
    """What the words say: a rule, or why there is none. ``first`` is its first moment."""

    rule: Rule | None
    problem: Problem = ""
    first: dt.datetime | None = None


def when(text: str, now: dt.datetime) -> When:
    """Read a sentence at a moment (aware)."""
    words = _folded(text)
    local = now.astimezone(CITY_TIME)
    if _impossible_date(words):
        return When(None, "date")
    if _OVER.search(words):
        return When(None, "past")
    times, wrong = times_of(words)
    if wrong:
        return When(None, "time")
    if found := _EVERY_HOURS.search(words):
        hours = number(found[1] or found[2])
        return _made(Rule(hours=hours), now) if 1 <= hours <= _MOST_HOURS else When(None, "time")
    if found := _AFTER_LONG.search(words):
        return once(local + dt.timedelta(hours=float(found[1]), minutes=int(found[2] or 0)), now)
    if found := _AFTER.search(words):
        return once(local + _span(found), now)
    if problem := _not_one_rule(words):
        return When(None, problem)
    if so_often(words):
        return When(None, "need_day")
    if many := step(words):
        return _stepped(words, many, times, now)
    days, repeats = days_of(words)
    if repeats:
        if not times:
            return When(None, "need_time")
        return _made(Rule(times, tuple(sorted((one - 1) % 7 for one in days)) if day_before(words) else days), now)
    date = day(words, local.date())
    if date is None and (_NO_SUCH.search(words) or _NO_SUCH_EN.search(words)):
        return When(None, "date")  # 29 February of a year that has none
    if date is None and not times:
        return When(None, "nothing")
    if date is None and some_day(words):
        return When(None, "need_day")
    if not times:
        return When(None, "need_time")
    if date is not None:
        return _made(Rule(times, on=(date - dt.timedelta(days=day_before(words))).isoformat()), now)
    if day_before(words):
        return When(None, "several")  # before which day?
    # Several times, but no day: nobody means that of a single one.
    if len(times) > 1:
        return _made(Rule(times), now)
    # A time alone is meant once, the next time that it comes.
    first = Rule(times).next(now)
    return once(first.astimezone(CITY_TIME), now) if first is not None else When(None, "past")


def _folded(text: str) -> str:
    """In small letters and full-width forms no more, dates in figures."""
    words = unicodedata.normalize("NFKC", text).casefold()
    return _DATE_ZH.sub(lambda match: str(number(match[0])), words)


def _not_one_rule(words: str) -> Problem:
    """Why it cannot be set as one: what is not sure, or more than that."""
    dates = {match.groups() for match in _NO_SUCH.finditer(words)} | {match.groups() for match in _NO_SUCH_EN.finditer(words)}
    more = several(words) or but_not(words) or len(dates) > 1 + (step(words) > 0) or days_apart(words)
    return "step" if open_step(words) else "monthly" if monthly(words) else "several" if more else ""


def _stepped(words: str, many: int, times: tuple[str, ...], now: dt.datetime) -> When:
    """Every so many days, from a day on: the one that is named, else the first on which a time is still to come."""
    if not times:
        return When(None, "need_time")
    begin = first_day(words, now.astimezone(CITY_TIME).date())
    if begin is None:
        first = Rule(times).next(now)
        begin = (first or now).astimezone(CITY_TIME).date()
        if day_before(words):
            return When(None, "several")
    elif day_before(words):
        begin -= dt.timedelta(days=1)
    return _made(Rule(times, on=begin.isoformat(), step=many), now)


def changed(text: str, rule: Rule, now: dt.datetime, was: str = "") -> When:
    """A rule as a sentence changes it: what is not said stays, so new times keep the days, and new days keep the times.

    ``was``: what is said of how it was, such as "from 7am"; of several times or days only those are changed.
    """
    words, before = _folded(text), _folded(was)
    if _impossible_date(words):
        return When(None, "date")
    times, wrong = times_of(words)
    if wrong:
        return When(None, "time")
    if _EVERY_HOURS.search(words):
        return when(text, now)
    if problem := _not_one_rule(words):
        return When(None, problem)
    if many := step(words):
        return _stepped(words, many, times or rule.times, now)
    days, repeats = days_of(words)
    if not repeats and rule.days and (bare := bare_days(words)):
        days, repeats = bare, True
    date = None if repeats else day(words, now.astimezone(CITY_TIME).date())
    if not (times or repeats or date):
        return When(None, "date" if _NO_SUCH.search(words) or _NO_SUCH_EN.search(words) else "nothing")
    kept = _instead(rule.times, times_of(before)[0], times) if times else rule.times
    if not kept:
        return When(None, "need_time")
    if repeats:
        return _made(Rule(kept, _instead(rule.days, bare_days(before), days) if days else (), zone=rule.zone), now)
    if date is not None:
        return _made(Rule(kept, on=date.isoformat(), zone=rule.zone), now)
    return _made(Rule(kept, rule.days, rule.on, zone=rule.zone, step=rule.step), now)


def _instead(all_of: tuple[T, ...], was: tuple[T, ...], new: tuple[T, ...]) -> tuple[T, ...]:
    """All with the new ones in place of those named; the new ones alone where none of them is named."""
    named = set(all_of) & set(was)
    return tuple(sorted((set(all_of) - named) | set(new))) if named else new


def without_moment(text: str) -> str:
    """The words without the time of day and the date, which were wrong."""
    words = unicodedata.normalize("NFKC", text).casefold()
    for pattern in (_NO_SUCH, _NO_SUCH_EN):
        words = pattern.sub("", words)
    return without_times(words).strip()


def _made(rule: Rule, now: dt.datetime) -> When:
    first = rule.next(now)
    return When(rule, "", first) if first is not None else When(None, "past")


def once(at: dt.datetime, now: dt.datetime) -> When:
    """A single moment."""
    return _made(Rule((at.strftime("%H:%M"),), on=at.date().isoformat()), now)


def _span(found: re.Match[str]) -> dt.timedelta:
    if found[4]:
        return dt.timedelta(minutes=30)
    if found[1]:
        unit = "minutes" if found[3].startswith("分") else "hours"
        return dt.timedelta(**{unit: number(found[1])}) + (dt.timedelta(minutes=30) if found[2] else dt.timedelta())
    if found[5] == "half an":
        return dt.timedelta(minutes=30)
    many = 1 if found[5] in {"a", "an"} else int(found[5])
    return dt.timedelta(minutes=many) if found[6].startswith("min") else dt.timedelta(hours=many)


def _impossible_date(words: str) -> bool:
    for match in _NO_SUCH.finditer(words):
        if not _exists(int(match[1]), int(match[2])):
            return True
    return any(not _exists(MONTHS.index(match[2] or match[3]) + 1, int(match[1] or match[4])) for match in _NO_SUCH_EN.finditer(words))


def _exists(month: int, number: int) -> bool:
    try:
        dt.date(_LEAP, month, number)
    except ValueError:
        return False
    return True
