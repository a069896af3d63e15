"""Chinese numerals before a unit: the reading makes figures of them, and a pattern finds them either way.

One list of units serves both, so that what the reading changes in a message a pattern still finds there.
"""

from __future__ import annotations

import re
from functools import cache

UNITS = "度|天|日|周|岁|月|小时|钟头|分钟|点|次|回|支|片|粒|袋|瓶|盒|针|楼|米|斤|公斤|年|号|星期|礼拜"
"""Alternatives of an expression. Only before one of these a numeral is a number: 一 of 一直 and 三 of 张三 are none."""
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_ABOUT = "(?:个|多|来)?"
_ONE = "[一二两三四五六七八九]"
_WHOLE = rf"(?=[零〇一二两三四五六七八九十百])(?:({_ONE}?)百)?零?(?:({_ONE}?)十)?([零〇一二两三四五六七八九]?)"
_IN_TEXT = re.compile(rf"{_WHOLE}(?={_ABOUT}(?:{UNITS}))")
_FIRST = "".join(dict.fromkeys(unit[0] for unit in UNITS.split("|")))
_IN_PATTERN = re.compile(rf"{_WHOLE}(?={_ABOUT}[{_FIRST}]|[()\[|?]|$)")
"""Looser: in a pattern the unit may be in a group, a class or the next part, and may be cut short."""
_DEGREES = re.compile(r"(\d+)(?:度|点)([一二三四五六七八九\d])(?!\d|[点个十天])度?")
_CLASS = re.compile(r"\[(?:\\.|[^\]\\])*\]")


def arabic(text: str) -> str:
    """Chinese numerals before a unit as figures, up to 999, and degrees of a body with their fraction: 三十七度八 becomes 37.8度."""
    text = _IN_TEXT.sub(_number, text)
    return _DEGREES.sub(lambda m: f"{m[1]}.{_DIGITS.get(m[2], m[2])}度" if 34 <= int(m[1]) <= 43 else m.group(), text)


@cache
def figures(body: str) -> str:
    """A pattern with each numeral that may stand before a unit as itself or as the figure that :func:`arabic` makes of it."""
    parts, last = [], 0
    for whole in _CLASS.finditer(body):
        inside = "".join(f"{c}{_DIGITS[c]}" if c in _DIGITS else c for c in whole.group()[1:])
        parts += [_outside(body[last : whole.start()] + "["), inside]
        last = whole.end()
    return "".join((*parts, _outside(body[last:])))


def _outside(body: str) -> str:
    """Numerals outside a class; the bracket of a class that follows may stand at the end."""
    return _IN_PATTERN.sub(lambda match: f"(?:{match.group()}|{_number(match)})", body)


def _number(match: re.Match[str]) -> str:
    hundreds, tens, ones = match.groups()
    whole = match.group()
    value = 0
    if "百" in whole:
        value += 100 * _DIGITS.get(hundreds or "一", 1)
    if "十" in whole:
        value += 10 * _DIGITS.get(tens or "一", 1)
    return str(value + _DIGITS.get(ones or "零", 0))
