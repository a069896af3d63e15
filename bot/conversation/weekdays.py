"""The days of the week that a sentence names: 每周一三五, mon wed fri, 周末, every day except Sunday. Pure."""

from __future__ import annotations

import re

from bot.conversation.days import NAMES
from bot.conversation.times import SEVERAL, WEEKDAY, WEEKDAYS

_WEEKLY = re.compile(rf"(?:每|逢)(?:个|個)?{WEEKDAYS}")
_BARE = re.compile(rf"(?<!下)(?<!这){WEEKDAYS}")
_WEEKLY_EN = re.compile(r"\b(?:every|each|on) ((?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*(?:[ ,/&]|and|\+)*)+)")
_SEVERAL_DAYS = re.compile(rf"(?<![下这這上])(?:周|週|星期|礼拜|禮拜)((?:{WEEKDAY}[、,，和及/ ]*(?:周|週|星期|礼拜|禮拜)?){{2,}})")
_OF_ONE_WEEK = re.compile(rf"[下这這](?:个|個)?(?:周|週|星期|礼拜|禮拜)(?:{WEEKDAY}[、,，和及/ ]*(?:周|週|星期|礼拜|禮拜)?){{2,}}")
_SEVERAL_DAYS_EN = re.compile(r"\b((?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*(?:[ ,/&+]|and)+)+(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*)\b")
_BARE_DAYS = re.compile(WEEKDAYS)
_BUT = re.compile(r"除了?(?:周|週|星期|礼拜|禮拜)|\bexcept\b|\bbut not\b")
_SOME_DAY = re.compile(
    r"下(?:个|個)?(?:周|週|星期|礼拜|禮拜|月)|周末|週末|(?:天|周|星期|礼拜)(?:之|以)?[后後]"
    r"|\bnext (?:week|month|mon|tue|wed|thu|fri|sat|sun)|\bweekends?\b"
)
"""Names a day, though none that can be told for sure."""
_SO_OFTEN = re.compile(
    r"每(?:个)?(?:周|週|星期|礼拜|禮拜)[一二三四五六七两\d]次|\b(?:times|twice|once) a week\b|\bweekends\b|每(?:个)?周末|\bevery weekend\b"
)
_DAILY = re.compile(r"每天|每日|天天|每(?:个)?(?:早上|晚上|早|晚)|\b(?:every ?day|daily|each day|every (?:morning|evening|night))\b")
_WEEKDAYS = re.compile(r"工作日|\b(?:weekdays|every weekday)\b")


def days_of(words: str) -> tuple[tuple[int, ...], bool]:
    """The weekdays named, none for every day; and whether it repeats."""
    if found := _WEEKLY.search(words):
        return _signs(found[1]), True
    if found := _WEEKLY_EN.search(words):
        named = _names(found[1])
        return ((), False) if found[0].startswith("on ") and len(named) == 1 else (named, True)
    if _WEEKDAYS.search(words):
        return (0, 1, 2, 3, 4), True
    # Two days of the week or more are meant again and again, said so or not.
    if found := _SEVERAL_DAYS.search(words):
        return _signs(found[1]), True
    if found := _SEVERAL_DAYS_EN.search(words):
        return _names(found[1]), True
    return (), _DAILY.search(words) is not None or SEVERAL.search(words) is not None


def days_apart(words: str) -> bool:
    """Whether days of the week are named in two places: the day of the treatment and another one."""
    zh = [found[1] for found in _BARE_DAYS.finditer(words)]
    en = {name for name in NAMES if re.search(rf"\b{name}(?:day|s?day|nesday|rsday|urday)?s?\b", words)}
    listed = _WEEKLY_EN.search(words) or _SEVERAL_DAYS_EN.search(words)
    return len(set(zh)) > 1 or (len(en) > 1 and listed is None) or _OF_ONE_WEEK.search(words) is not None


def bare_days(words: str) -> tuple[int, ...]:
    """Weekdays that small letters name without "every": enough where a weekly rule is changed."""
    return tuple(sorted({*_signs("".join(_BARE.findall(words))), *_names(words)}))


def _signs(signs: str) -> tuple[int, ...]:
    """The days that stand behind 周, as Chinese or other figures; 0 is Monday."""
    found = {"一二三四五六日".find(sign.replace("天", "日")) for sign in signs if sign in "一二三四五六日天"}
    return tuple(sorted(found | {int(sign) - 1 for sign in signs if sign in "1234567"}))


def _names(words: str) -> tuple[int, ...]:
    return tuple(number for number, name in enumerate(NAMES) if re.search(rf"\b{name}", words))


def but_not(words: str) -> bool:
    """Whether a day is taken out again, which no rule of ours can be."""
    return _BUT.search(words) is not None


def some_day(words: str) -> bool:
    """Whether a day is meant that cannot be told for sure."""
    return _SOME_DAY.search(words) is not None


def so_often(words: str) -> bool:
    """So often a week, without the days."""
    return _SO_OFTEN.search(words) is not None
