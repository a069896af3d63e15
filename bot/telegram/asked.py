"""How long Telegram asks to wait."""

from __future__ import annotations

import datetime as dt

from telegram.error import RetryAfter


def asked(error: BaseException) -> float:
    """The seconds of a 429; 0 for any other error."""
    if not isinstance(error, RetryAfter):
        return 0.0
    after = error.retry_after
    return after.total_seconds() if isinstance(after, dt.timedelta) else float(after)
