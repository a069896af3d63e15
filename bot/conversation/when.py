"""When somebody wants to be reminded, in plain words: 每周一三五早上7点, every Mon/Wed/Fri 7am, 后天下午3点, 每隔8小时. Pure.

Parsers that exist were tried on such sentences first (November 2026): dateparser 1.5 read none of the Chinese ones; recurrent 0.4
took Mon/Wed/Fri for Monday, half an hour for one and 25:00 for a time; jionlp 1.5 took 一三五 for Monday and 25点 for five o'clock.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from bot.clock import CITY_TIME
from bot.conversation.days import day
from bot.reminder import Rule

Problem = Literal["", "nothing", "time", "date", "past", "need_time", "need_day"]
"""Why there is no rule: nothing said of when; no such time of day, no such date, over already; the time or the day is missing."""
_FIGURES = "零一二三四五六七八九十"
_NUMBER = r"(?:\d{1,3}|[一二三四五六七八九十两]{1,3})"
_TIME = re.compile(
    rf"(凌晨|清早|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|半夜|今晚|明晚|明早|早晚|早|晚)?({_NUMBER})(?:[点點时時](?!间|間|候|后|後)|:(?=\d\d))(?:(\d{{1,2}})分?|(半)|(一刻)|(三刻))?"
)
_TIME_EN = re.compile(
    r"\b(\d{1,2})(?:[:.](\d{2}))? ?([ap])\.?m\b\.?"
    r"|\b(?:at|@) ?(\d{1,2})(?:[:.](\d{2}))?(?! ?(?:hours?|days?|am|pm))\b|\b(\d{1,2}):(\d{2})\b"
)
_WORD_TIMES = {"noon": "12:00", "midday": "12:00", "midnight": "00:00", "正午": "12:00"}
_BOTH = re.compile(r"早晚(?:各一次|各)?|morning and (?:evening|night)|twice a day|一天两次|每天两次")
_MORNING, _EVENING = "08:00", "20:00"
_LATE = frozenset({"下午", "傍晚", "晚上", "夜里", "今晚", "明晚", "晚"})
_EVERY_HOURS = re.compile(rf"每(?:隔)?({_NUMBER})个?(?:小时|钟头|鐘頭|小時)|\bevery (\d{{1,2}}) ?(?:hours?|hrs?|h)\b")
_AFTER = re.compile(
    rf"(?:过|再过|過)?(?:({_NUMBER})个?(半)?(小时|小時|钟头|分钟|分鐘)|(半)个?(?:小时|小時|钟头))(?:之|以)?[后後]"
    r"|\bin (?:(\d{1,3}|an?|half an) ?(hours?|hrs?|minutes?|mins?))\b"
)
_WEEKLY = re.compile(r"(?:每|逢)(?:个|個)?(?:周|週|星期|礼拜|禮拜)((?:[一二三四五六日天1-7][、,，和及/ ]*(?:周|週|星期|礼拜)?)+)")
_BARE = re.compile(r"(?<!下)(?<!这)(?:周|週|星期|礼拜|禮拜)((?:[一二三四五六日天][、,，和及/ ]*(?:周|週|星期|礼拜)?)+)")
_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKLY_EN = re.compile(r"\b(?:every|each|on) ((?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*(?:[ ,/&]|and|\+)*)+)")
_DAILY = re.compile(r"每天|每日|天天|每(?:个)?(?:早上|晚上|早|晚)|\b(?:every ?day|daily|each day|every (?:morning|evening|night))\b")
_WEEKDAYS = re.compile(r"工作日|\b(?:weekdays|every weekday)\b")
_NO_SUCH = re.compile(r"(\d{1,2})月(\d{1,2})[日号號]?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NO_SUCH_EN = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?({'|'.join(_MONTHS)})|\b({'|'.join(_MONTHS)})[a-z]*\.? (\d{{1,2}})\b")
_DAYS_LEFT = re.compile(rf"(?:还能|還能|还够|只够|够|能)?(?:吃|用|打)?(?:还剩|還剩)?({_NUMBER})天|\b(\d{{1,2}}) days? (?:left|of)")
_OVER = re.compile(r"昨天|前天|上周|上个?星期|\byesterday\b|\blast (?:week|mon|tue|wed|thu|fri|sat|sun)")
_MOST_HOURS, _LEAP = 72, 2024
_BEFORE_OUT = 2
"""Days before a medicine runs out."""
TEST_LASTS, BEFORE_TEST = dt.timedelta(hours=48), dt.timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class When:
    """What the words say: a rule, or why there is none. ``first`` is its first moment."""

    rule: Rule | None
    problem: Problem = ""
    first: dt.datetime | None = None


def when(text: str, now: dt.datetime) -> When:
    """Read a sentence at a moment (aware)."""
    words = unicodedata.normalize("NFKC", text).casefold()
    local = now.astimezone(CITY_TIME)
    if _impossible_date(words):
        return When(None, "date")
    if _OVER.search(words):
        return When(None, "past")
    times, wrong = _times(words)
    if wrong:
        return When(None, "time")
    if found := _EVERY_HOURS.search(words):
        hours = number(found[1] or found[2])
        return _made(Rule(hours=hours), now) if 1 <= hours <= _MOST_HOURS else When(None, "time")
    if found := _AFTER.search(words):
        return _once(local + _span(found), now)
    days, repeats = _days(words)
    if repeats:
        return _made(Rule(times, days), now) if times else When(None, "need_time")
    date = day(words, local.date())
    if date is None and (_NO_SUCH.search(words) or _NO_SUCH_EN.search(words)):
        return When(None, "date")  # 29 February of a year that has none
    if date is None and not times:
        return When(None, "nothing")
    if not times:
        return When(None, "need_time")
    if date is not None:
        return _made(Rule(times, on=date.isoformat()), now)
    # A time alone is meant once, the next time that it comes.
    first = Rule(times).next(now)
    return _once(first.astimezone(CITY_TIME), now) if first is not None else When(None, "past")


def changed(text: str, rule: Rule, now: dt.datetime) -> When:
    """A rule as a sentence changes it: what is not said stays, so new times keep the days, and new days keep the times."""
    words = unicodedata.normalize("NFKC", text).casefold()
    if _impossible_date(words):
        return When(None, "date")
    times, wrong = _times(words)
    if wrong:
        return When(None, "time")
    if _EVERY_HOURS.search(words):
        return when(text, now)
    days, repeats = _days(words)
    if not repeats and rule.days and (bare := _bare_days(words)):
        days, repeats = bare, True
    date = None if repeats else day(words, now.astimezone(CITY_TIME).date())
    kept = times or rule.times
    if not (times or repeats or date):
        return When(None, "date" if _NO_SUCH.search(words) or _NO_SUCH_EN.search(words) else "nothing")
    if not kept:
        return When(None, "need_time")
    if repeats:
        return _made(Rule(kept, days, zone=rule.zone), now)
    if date is not None:
        return _made(Rule(kept, on=date.isoformat(), zone=rule.zone), now)
    return _made(Rule(kept, rule.days, rule.on, zone=rule.zone), now)


def _bare_days(words: str) -> tuple[int, ...]:
    """Weekdays that are named without "every": enough where a weekly rule is changed."""
    found = {
        "一二三四五六日".find(sign.replace("天", "日")) for name in _BARE.findall(words) for sign in name if sign in "一二三四五六日天"
    }
    found |= {number for number, name in enumerate(_NAMES) if re.search(rf"\b{name}", words)}
    return tuple(sorted(found))


def runs_out(text: str, now: dt.datetime) -> When | None:
    """The morning two days before a medicine is gone that lasts so many days more; None where none are told."""
    found = _DAYS_LEFT.search(unicodedata.normalize("NFKC", text).casefold())
    if found is None:
        return None
    left = number(found[1] or found[2])
    return _once((now.astimezone(CITY_TIME) + dt.timedelta(days=max(1, left - _BEFORE_OUT))).replace(hour=9, minute=0), now)


def sample_ends(text: str, now: dt.datetime) -> When | None:
    """Four hours before the 48 of a nucleic acid test are over, which was taken at the last such time of day."""
    times, wrong = _times(unicodedata.normalize("NFKC", text).casefold())
    if wrong or not times:
        return None
    local = now.astimezone(CITY_TIME)
    taken = dt.datetime.combine(local.date(), dt.time.fromisoformat(times[0]), CITY_TIME)
    taken -= dt.timedelta(days=int(taken > local) + ("昨天" in text or "yesterday" in text.casefold()))
    return _once(taken + TEST_LASTS - BEFORE_TEST, now)


def without_moment(text: str) -> str:
    """The words without the time of day and the date, which were wrong."""
    words = unicodedata.normalize("NFKC", text).casefold()
    for pattern in (_NO_SUCH, _NO_SUCH_EN, _TIME, _TIME_EN):
        words = pattern.sub("", words)
    return words.strip()


def number(text: str) -> int:
    """A number in figures or in Chinese, up to 99; 0 for none."""
    if text.isdigit():
        return int(text)
    text = text.replace("两", "二")
    tens, ten, ones = text.partition("十")
    if ten:
        return (_FIGURES.find(tens) if tens else 1) * 10 + (_FIGURES.find(ones) if ones else 0)
    return max(0, _FIGURES.find(text)) if len(text) == 1 else 0


def _made(rule: Rule, now: dt.datetime) -> When:
    first = rule.next(now)
    return When(rule, "", first) if first is not None else When(None, "past")


def _once(at: dt.datetime, now: dt.datetime) -> When:
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


def _days(words: str) -> tuple[tuple[int, ...], bool]:
    """The weekdays named, none for every day; and whether it repeats."""
    if found := _WEEKLY.search(words):
        named = {"一二三四五六日".find(sign.replace("天", "日")) for sign in found[1] if sign in "一二三四五六日天"}
        named |= {int(sign) - 1 for sign in found[1] if sign.isdigit()}
        return tuple(sorted(named)), True
    if found := _WEEKLY_EN.search(words):
        named = {number for number, name in enumerate(_NAMES) if re.search(rf"\b{name}", found[1])}
        if found[0].startswith("on ") and len(named) == 1:
            return (), False
        return tuple(sorted(named)), True
    if _WEEKDAYS.search(words):
        return (0, 1, 2, 3, 4), True
    return (), _DAILY.search(words) is not None or _BOTH.search(words) is not None


def _times(words: str) -> tuple[tuple[str, ...], bool]:
    """The times of day named, sorted; and whether one of them is none."""
    found: set[str] = {time for name, time in _WORD_TIMES.items() if name in words}
    before = ""
    for match in _TIME.finditer(words):
        before = match[1] or before
        hour, minute = number(match[2]), 30 if match[4] else 15 if match[5] else 45 if match[6] else int(match[3] or 0)
        if hour > 23 or minute > 59:
            return (), True
        hours = (hour, hour + 12) if before == "早晚" and hour < 12 else (hour + 12 if before in _LATE and hour < 12 else hour,)
        if before == "中午" and hour < 3:
            hours = (hour + 12,)
        found |= {f"{one:02d}:{minute:02d}" for one in hours}
    for match in _TIME_EN.finditer(words) if not found else ():
        hour, minute, half = int(match[1] or match[4] or match[6]), int(match[2] or match[5] or match[7] or 0), match[3]
        if hour > (12 if half else 23) or minute > 59 or (half and hour == 0):
            return (), True
        hour = hour % 12 + 12 * (half == "p") if half else hour
        found.add(f"{hour:02d}:{minute:02d}")
    if not found and _BOTH.search(words):
        found = {_MORNING, _EVENING}
    return tuple(sorted(found)), False


def _impossible_date(words: str) -> bool:
    for match in _NO_SUCH.finditer(words):
        if not _exists(int(match[1]), int(match[2])):
            return True
    return any(not _exists(_MONTHS.index(match[2] or match[3]) + 1, int(match[1] or match[4])) for match in _NO_SUCH_EN.finditer(words))


def _exists(month: int, number: int) -> bool:
    try:
        dt.date(_LEAP, month, number)
    except ValueError:
        return False
    return True
