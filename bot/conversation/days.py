"""The day that a short answer names: 周三, 后天, 4月9日, Friday, 9 April. Pure."""

from __future__ import annotations

import datetime as dt
import re

from bot.conversation.times import NUMBER, number

_NEAR = {
    **dict.fromkeys(("今早", "今晚", "今夜", "tonight", "this evening", "this afternoon", "this morning"), 0),
    **dict.fromkeys(("明早", "明晚", "明儿", "明日"), 1),
    "今天": 0,
    "明天": 1,
    "大后天": 3,
    "后天": 2,
    "後天": 2,
    "today": 0,
    "day after tomorrow": 2,
    "tomorrow": 1,
}
_WEEK = re.compile(r"(下下|下|这|這|本)?(?:个|個)?(?:周|週|星期|礼拜|禮拜)([一二三四五六日天1-7])")
_WEEK_EN = re.compile(r"\b(next )?(mon|tue|wed|thu|fri|sat|sun)[a-z]*\b")
NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO = re.compile(r"(?<!\d)(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})")
_DATE = re.compile(r"(\d{1,2})(?:月|[/.-])(\d{1,2})(?:日|号|號|\b)")
_DAY = re.compile(r"(\d{1,2})(?:日|号|號)|\b(\d{1,2})(?:st|nd|rd|th)\b")
_NEXT_MONTH = re.compile(r"下(?:个|個)?月(\d{1,2})(?:日|号|號)")
_LATER = re.compile(rf"({NUMBER})(天|周|个星期|星期|个礼拜|礼拜)(?:之|以)?[后後]|\bin (\d{{1,2}}) (days?|weeks?)\b")
_DATE_EN = re.compile(rf"\b(?:(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?({'|'.join(MONTHS)})|({'|'.join(MONTHS)})[a-z]*\.? (\d{{1,2}}))")


def day(text: str, today: dt.date) -> dt.date | None:
    """The day named, today or later; None where none can be told for sure."""
    words = text.casefold()
    for name, days in _NEAR.items():
        if name in words:
            return today + dt.timedelta(days=days)
    if found := _LATER.search(words):
        many = number(found[1] or found[3])
        return today + dt.timedelta(days=many * (7 if (found[2] or found[4]).startswith(("周", "个", "星", "礼", "w")) else 1))
    return _week(words, today) or _date(words, today)


def _week(words: str, today: dt.date) -> dt.date | None:
    if found := _WEEK.search(words):
        number = "一二三四五六日".find(found[2].replace("天", "日"))
        number = number if number >= 0 else int(found[2]) - 1
        weeks = {"下": 1, "下下": 2}.get(found[1] or "", 0)
        if weeks:
            return today + dt.timedelta(days=7 * weeks + number - today.weekday())
        return today + dt.timedelta(days=(number - today.weekday()) % 7)
    if found := _WEEK_EN.search(words):
        ahead = (NAMES.index(found[2]) - today.weekday()) % 7
        # "Next" is said of this week's and of the following one's alike: only on the day itself it is sure.
        return None if found[1] and ahead else today + dt.timedelta(days=ahead or (7 if found[1] else 0))
    return None


def _date(words: str, today: dt.date) -> dt.date | None:
    if found := _ISO.search(words):
        return _made(int(found[1]), int(found[2]), int(found[3]))
    if found := _DATE.search(words):
        return _coming(int(found[1]), int(found[2]), today)
    if found := _DATE_EN.search(words):
        return _coming(MONTHS.index(found[2] or found[3]) + 1, int(found[1] or found[4]), today)
    if found := _NEXT_MONTH.search(words):
        following = today.replace(day=1) + dt.timedelta(days=32)
        return _made(following.year, following.month, int(found[1]))
    if found := _DAY.search(words):
        number = int(found[1] or found[2])
        this = _made(today.year, today.month, number)
        following = today.replace(day=1) + dt.timedelta(days=32)
        return this if this and this >= today else _made(following.year, following.month, number)
    return None


def _coming(month: int, number: int, today: dt.date) -> dt.date | None:
    """The next such day of a year."""
    this = _made(today.year, month, number)
    return this if this is None or this >= today else _made(today.year + 1, month, number)


def _made(year: int, month: int, number: int) -> dt.date | None:
    try:
        return dt.date(year, month, number)
    except ValueError:
        return None
