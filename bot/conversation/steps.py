"""Every so many days or weeks, and the day before: 隔天, 每21天, 上次是1月3号, 前一晚, every other day, every second Wednesday. Pure."""

from __future__ import annotations

import datetime as dt
import re

from bot.conversation.days import MONTHS, day
from bot.conversation.times import NUMBER, number

LONGEST = 90
"""Days."""
_WORDS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10}
_DAYS = rf"每({NUMBER})[天日]|\bevery (\d{{1,2}}|{'|'.join(_WORDS)}) days\b"
_WEEKS = rf"每隔?({NUMBER})个?(?:周|星期|礼拜)|\bevery (\d{{1,2}}|{'|'.join(_WORDS)}) weeks\b|\b(\d{{1,2}})-weekly\b"
_OTHER_DAY = r"(?:每隔(?:一|1)?|(?<!每)隔(?:一|1)?)[天日](?!\d)|\bevery (?:other|second|2nd) day\b"
_OTHER_WEEK = (
    r"(?:每)?隔(?:一|1)?个?(?:周|星期|礼拜)|\bevery (?:other|second|2nd) (?=week|mon|tue|wed|thu|fri|sat|sun)(?:week\b)?"
    r"|\b(?:bi-?weekly|fortnightly)\b"
)
_STEP = re.compile(f"{_OTHER_DAY}|{_OTHER_WEEK}|{_DAYS}|{_WEEKS}")
_UNSURE = re.compile(rf"每隔(?!(?:一|1)[天日])({NUMBER})[天日]")
_MONTHLY = re.compile(r"每个?月|\b(?:every|each) month\b|\bmonthly\b")
_LAST = re.compile(r"上(?:一)?次(?:是|在)?\D{0,3}(\d{1,2})月(\d{1,2})[日号]")
_LAST_EN = re.compile(
    rf"\blast (?:one |time )?(?:was )?(?:on )?(?:(\d{{1,2}})(?:st|nd|rd|th)? ({'|'.join(MONTHS)})|({'|'.join(MONTHS)})[a-z]* (\d{{1,2}}))"
)
_DAY_BEFORE = re.compile(
    r"(?:前|头)(?:一|1)?(?:天|日|个?晚上?)|提前(?:一|1)(?:天|晚|个晚上)|\b(?:the |one |a )?(?:day|night|evening) before\b"
)
_SAME_DAY = re.compile(r"当天|当日|再(?:说|提醒|喊|叫|响)|\bsame day\b")
_EARLIER = re.compile(
    rf"提前(?!(?:一|1)(?:天|晚|个晚上))(?:{NUMBER}|半)|(?:{NUMBER}|半)个?(?:小时|钟头|分钟|天)(?:之)?前(?!后)"
    rf"|(?:之前|前)(?:{NUMBER}|半)个?(?:小时|钟头|分钟)"
    r"|\b(?:\d+|an?|half an) ?(?:hours?|minutes?|mins?) before\b|\b(?!1 |one |a )(?:\d+|two|three) days? before\b"
)


def step(words: str) -> int:
    """Every how many days, 2 at least; 0 where nothing of the kind is said."""
    found = _STEP.search(words)
    if found is None:
        return 0
    days, weeks = next(filter(None, found.groups()[:2]), ""), next(filter(None, found.groups()[2:]), "")
    if days or weeks:
        many = (_number(days) if days else 7 * _number(weeks)) or 0
        return many if many > 1 else 0
    return 2 if re.fullmatch(_OTHER_DAY, found[0]) else 14


def open_step(words: str) -> bool:
    """每隔两天: every second day to some, every third to others."""
    return _UNSURE.search(words) is not None or step(words) > LONGEST


def monthly(words: str) -> bool:
    """Once a month, which no rule of ours can be."""
    return _MONTHLY.search(words) is not None


def without_step(words: str) -> str:
    """The words without what could not be told for sure."""
    return _MONTHLY.sub("", _UNSURE.sub("", words))


def first_day(words: str, today: dt.date) -> dt.date | None:
    """The day from which it is counted: the last one that was, or the next that is named."""
    if found := _LAST.search(words):
        return _past(int(found[1]), int(found[2]), today)
    if found := _LAST_EN.search(words):
        return _past(MONTHS.index(found[2] or found[3]) + 1, int(found[1] or found[4]), today)
    return day(_STEP.sub(" ", words), today)


def day_before(words: str) -> bool:
    """Whether it is to come on the day before the one that is named."""
    return _DAY_BEFORE.search(words) is not None


def several(words: str) -> bool:
    """Whether so much is asked for that one rule cannot be it: hours before, or the day before and the day itself."""
    return _EARLIER.search(words) is not None or (day_before(words) and _SAME_DAY.search(words) is not None)


def _number(text: str) -> int:
    return _WORDS.get(text) or number(text)


def _past(month: int, number_: int, today: dt.date) -> dt.date | None:
    for year in (today.year, today.year - 1):
        try:
            found = dt.date(year, month, number_)
        except ValueError:
            continue
        if found <= today:
            return found
    return None
