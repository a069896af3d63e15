"""Writing what a turn does besides answering."""

from __future__ import annotations

import datetime as dt

from bot.effects import Answered, CloseCase, Effect, Forget, Later, NoLater, RateCase, Register, Unregister
from bot.store import cases, dues, mydata, register
from bot.store.connection import Connection


def apply(db: Connection, address: str, effect: Effect, now: dt.datetime) -> None:
    """Write one effect of a turn of this chat, in the turn's transaction."""
    match effect:
        case Later():
            dues.put(db, address, effect, now)
        case NoLater(kind):
            dues.drop(db, address, kind)
        case CloseCase(number, why):
            cases.close(db, address, number, why, now)
        case RateCase(number, rating):
            cases.rate(db, address, number, rating, now)
        case Answered(number, by):
            cases.answered(db, address, number, by, now)
        case Forget():
            mydata.forget(db, address, now)
        case Register(entry):
            register.put(db, address, entry, now)
        case Unregister(group, patient):
            register.remove(db, address, group, patient)
