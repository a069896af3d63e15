"""How long something waits, in a way that a clock which is set back cannot make endless.

A wait is kept with the moment it began. One that began in the future was written before the clock was set back, and is over.
"""

from __future__ import annotations

import datetime as dt

from bot.clock import to_ms

SKEW_MS = 5_000
"""The clocks of two machines may differ by this much."""
FOREVER = 2**62


def later(now: dt.datetime, seconds: float) -> int:
    """Epoch milliseconds of ``seconds`` after ``now``."""
    return to_ms(now) + int(seconds * 1000)


def ahead_of(now: dt.datetime) -> int:
    """Epoch milliseconds; what began after this moment began before the clock was set back."""
    return to_ms(now) + SKEW_MS
