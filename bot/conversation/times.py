"""The times of day that a sentence names: 早上7点半, 早七晚七, 7am and 7pm, half past 7 tonight. Pure."""

from __future__ import annotations

import re

_FIGURES = "零一二三四五六七八九十"
NUMBER = r"(?:\d{1,3}|[一二三四五六七八九十两]{1,3})"
"""A number in figures or in Chinese."""
WEEKDAY = r"(?:[一二三四五六日天](?![点點时時:次])|[1-7](?![点點时時:\d次]))"
"""A day of the week behind 周: 每周一三点 is Monday at three."""
WEEKDAYS = rf"(?:周|週|星期|礼拜|禮拜)((?:{WEEKDAY}[、,，和及/ ]*(?:周|週|星期|礼拜|禮拜)?)+)"
"""One or more of them."""
TIME = re.compile(
    rf"(凌晨|清早|早上|早晨|上午|中午|午后|下午|后晌|傍晚|晚上|晚间|夜晚|夜里|半夜|今晚|明晚|明早|早晚|早|晚)?({NUMBER})(?:[点點时時](?!间|間|候|后|後)|:(?=\d\d))(?:(\d{{1,2}}|[二三四五]?十[一二三四五六七八九]?|零[一二三四五六七八九])(?!\d|[点點时時月日号天])分?|(半)|(一刻)|(三刻))?"
)
TIME_EN = re.compile(
    r"\b(\d{1,2})(?:[:.](\d{2}))? ?([ap])\.?m\b\.?"
    r"|\b(?:at|@) ?(\d{1,2})(?:[:.](\d{2}))?(?! ?(?:hours?|days?|weeks?|am|pm))\b|\b(\d{1,2}):(\d{2})\b"
    r"|\b(\d{1,2})(?= ?(?:o'?clock|tonight|in the (?:morning|afternoon|evening)|at night))"
)
_WORD_TIMES = {"noon": "12:00", "midday": "12:00", "midnight": "00:00", "正午": "12:00"}
BOTH = re.compile(r"早晚(?:各一次|各)?|morning and (?:evening|night)|twice (?:a day|daily)|(?:一天|每天|一日|每日)(?:两|2)次")
_THRICE = re.compile(r"早中晚|(?:一天|每天|一日|每日)(?:三|3)次|(?:three times|3 times|3x|thrice) (?:a day|daily)")
SEVERAL = re.compile(f"{BOTH.pattern}|{_THRICE.pattern}")
"""So many times a day, without a time: those that are usual are meant, and shown."""
_MORNING, _NOON, _EVENING = "08:00", "13:00", "20:00"
_PAIR = re.compile(rf"早({NUMBER})点?晚({NUMBER})(?!次)点?")
_LATE = frozenset({"午后", "下午", "后晌", "傍晚", "晚上", "晚间", "夜晚", "夜里", "今晚", "明晚", "晚"})
_NIGHT = frozenset({"晚上", "晚间", "夜晚", "夜里", "半夜", "凌晨", "今晚", "明晚", "晚"})
_HALF_PAST = re.compile(r"\bhalf past (\d{1,2})\b|\b(?:a )?quarter (past|to) (\d{1,2})\b")
_BEHIND = re.compile(r" ?(?:o'?clock)? ?(?:in the )?(?:(afternoon|evening|tonight|at night)|morning)")
_EVENINGS = re.compile(r"\b(?:tonight|this evening|tomorrow (?:evening|night)|every (?:evening|night)|each (?:evening|night))\b")
_NO = re.compile(r"不是[^,，。;；]{0,12}")
_WEEKDAYS = re.compile(WEEKDAYS)
_RATHER = re.compile(r"不对|不對|说错了|說錯了|搞错了|\bno,? wait\b|\bi mean\b")


def number(text: str) -> int:
    """A number in figures or in Chinese, up to 99; 0 for none."""
    if text.isdigit():
        return int(text)
    text = text.replace("两", "二")
    tens, ten, ones = text.partition("十")
    if ten:
        return (_FIGURES.find(tens) if tens else 1) * 10 + (_FIGURES.find(ones) if ones else 0)
    return max(0, _FIGURES.find(text)) if len(text) == 1 else 0


def times_of(words: str) -> tuple[tuple[str, ...], bool]:
    """The times of day that small letters name, sorted; and whether one of them is none."""
    words = _WEEKDAYS.sub(" ", _meant(words))
    found: set[str] = {time for name, time in _WORD_TIMES.items() if name in words}
    for match in _PAIR.finditer(words):
        found |= {f"{number(match[1]):02d}:00", f"{number(match[2]) % 12 + 12:02d}:00"}
    chinese, wrong = _chinese(_PAIR.sub(" ", words))
    if not wrong:
        found |= chinese
        english, wrong = _english(_past(words)) if not found else (set(), False)
        found |= english
    if wrong:
        return (), True
    if not found and _THRICE.search(words):
        found = {_MORNING, _NOON, _EVENING}
    if not found and BOTH.search(words):
        found = {_MORNING, _EVENING}
    return tuple(sorted(found)), False


def without_times(words: str) -> str:
    """The words without the times of day."""
    return TIME_EN.sub("", TIME.sub("", words))


def _meant(words: str) -> str:
    """Whoever corrects the time in the same sentence means the later one, and not what they say it is not."""
    if _has_time(kept := _NO.sub("", words)):
        words = kept
    *_, last = (None, *_RATHER.finditer(words))
    return words[last.end() :] if last is not None and _has_time(words[last.end() :]) else words


def _has_time(words: str) -> bool:
    return TIME.search(words) is not None or TIME_EN.search(words) is not None


def _chinese(words: str) -> tuple[set[str], bool]:
    found: set[str] = set()
    before, last = "", -1
    for match in TIME.finditer(words):
        before = match[1] or before
        hour, minute = number(match[2]), 30 if match[4] else 15 if match[5] else 45 if match[6] else number((match[3] or "").lstrip("零"))
        if hour > 23 or minute > 59:
            return set(), True
        hours = (hour, hour + 12) if before == "早晚" and hour < 12 else (hour + 12 if before in _LATE and hour < 12 else hour,)
        if before in _NIGHT and (hour == 12 or 0 < hour < 5):
            # Twelve at night is a minute later than the day that is named; one to four are the small hours.
            hours, minute = ((23,), 59) if hour == 12 else ((hour,), minute)
        if before == "中午" and hour < 3:
            hours = (hour + 12,)
        # 6点11点4点9点: whoever counts on through the day begins anew after noon.
        if not match[1] and len(hours) == 1 and hours[0] < last <= hours[0] + 12 <= 23:
            hours = (hours[0] + 12,)
        last = hours[0]
        found |= {f"{one:02d}:{minute:02d}" for one in hours}
    return found, False


def _english(words: str) -> tuple[set[str], bool]:
    found: set[str] = set()
    for match in TIME_EN.finditer(words):
        hour, minute, half = int(match[1] or match[4] or match[6] or match[8]), int(match[2] or match[5] or match[7] or 0), match[3]
        if hour > (12 if half else 23) or minute > 59 or (half and hour == 0):
            return set(), True
        if not half and 0 < hour <= 12:
            behind = _BEHIND.match(words, match.end())
            late = bool(behind[1]) if behind is not None else _EVENINGS.search(words) is not None
            if hour == 12 and late and (behind is None or behind[1] != "afternoon"):
                hour, minute = 23, 59
            elif hour < 12:
                half = "p" if late else None
        hour = hour % 12 + 12 * (half == "p") if half else hour
        found.add(f"{hour:02d}:{minute:02d}")
    return found, False


def _past(words: str) -> str:
    """ "Half past 7" and "a quarter to 8" in figures."""

    def figures(match: re.Match[str]) -> str:
        hour = int(match[1] or match[3])
        return f"{hour}:30" if match[1] else f"{hour}:15" if match[2] == "past" else f"{(hour - 1) % 24}:45"

    return _HALF_PAST.sub(figures, words)
