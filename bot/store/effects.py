"""Writing what a turn does besides answering."""

from __future__ import annotations

import datetime as dt

from bot.effects import Effect, Later, NoLater
from bot.store import dues
from bot.store.connection import Connection


def apply(db: Connection, address: str, effect: Effect, now: dt.datetime) -> None:
    """Write one effect of a turn of this chat, in the turn's transaction."""
    match effect:
        case Later():
            dues.put(db, address, effect, now)
        case NoLater(kind):
            dues.drop(db, address, kind)
