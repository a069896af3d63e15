"""Reminders whose moment is computed: before a medicine is gone, before the 48 hours of a nucleic acid test are over. Pure."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

from bot.clock import CITY_TIME
from bot.conversation.times import NUMBER, number, times_of
from bot.conversation.when import When, once

_DAYS_LEFT = re.compile(
    rf"(?:(?:还|還|只|就|够|能|剩)(?:能|够|有|剩)?(?:吃|用|打|服)?(?:下)?|(?:吃|用|打)得?)({NUMBER})天|({NUMBER})天(?:的)?(?:量|药|藥)"
    r"|\b(\d{1,2}) days? (?:left|of|worth)"
)
_BEFORE_OUT = 2
"""Days before a medicine runs out."""
TEST_LASTS, BEFORE_TEST = dt.timedelta(hours=48), dt.timedelta(hours=4)


def runs_out(text: str, now: dt.datetime) -> When | None:
    """The morning two days before a medicine is gone that lasts so many days more; None where none are told."""
    found = _DAYS_LEFT.search(unicodedata.normalize("NFKC", text).casefold())
    if found is None:
        return None
    left = number(found[1] or found[2] or found[3])
    return once((now.astimezone(CITY_TIME) + dt.timedelta(days=max(1, left - _BEFORE_OUT))).replace(hour=9, minute=0), now)


def sample_ends(text: str, now: dt.datetime) -> When | None:
    """Four hours before the 48 of a nucleic acid test are over, which was taken at the last such time of day."""
    times, wrong = times_of(unicodedata.normalize("NFKC", text).casefold())
    if wrong or not times:
        return None
    local = now.astimezone(CITY_TIME)
    taken = dt.datetime.combine(local.date(), dt.time.fromisoformat(times[0]), CITY_TIME)
    taken -= dt.timedelta(days=int(taken > local) + ("昨天" in text or "yesterday" in text.casefold()))
    return once(taken + TEST_LASTS - BEFORE_TEST, now)
