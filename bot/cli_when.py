"""A moment as the staff write it on the command line."""

from __future__ import annotations

import datetime as dt
import re

import click

from bot.clock import CITY_TIME

_SPAN = re.compile(r"(\d{1,4})(m|h|d)")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def moment(text: str, now: dt.datetime) -> dt.datetime:
    """``90m``, ``2h`` or ``1d`` from now; ``18:30``, the next one; ``2022-04-06 18:30``; all of them Beijing time.

    Raises ``click.UsageError``.
    """
    text = text.strip()
    if span := _SPAN.fullmatch(text):
        return now + dt.timedelta(**{_UNITS[span[2]]: int(span[1])})
    try:
        if re.fullmatch(r"\d{1,2}:\d\d", text):
            today = now.astimezone(CITY_TIME)
            hour, minute = map(int, text.split(":"))
            at = today.replace(hour=hour, minute=minute, second=0, microsecond=0)
            return (at if at > today else at + dt.timedelta(days=1)).astimezone(dt.UTC)
        return dt.datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=CITY_TIME).astimezone(dt.UTC)
    except ValueError:
        raise click.UsageError(f"{text!r} is no time: write 90m, 2h, 1d, 18:30 or 2022-04-06 18:30 (Beijing time)") from None
