"""Writing what a turn does besides answering."""

from __future__ import annotations

import datetime as dt

from bot.effects import (
    Answered,
    ChangeReminder,
    CloseCase,
    DropSite,
    EditReminder,
    Effect,
    Forget,
    Judge,
    Later,
    MoveReminder,
    NoLater,
    Pick,
    PutReminder,
    PutSite,
    RateCase,
    Register,
    ReportPhone,
    Unregister,
    Wants,
)
from bot.model import Incoming
from bot.store import cases, dues, evidence, mydata, people, phones, register, reminders, sites
from bot.store.connection import Connection


def apply(db: Connection, incoming: Incoming, effect: Effect, now: dt.datetime) -> None:
    """Write one effect of the turn that a message came to, in the turn's transaction."""
    address = incoming.address
    match effect:
        case Later():
            dues.put(db, address, effect, now)
        case NoLater(kind):
            dues.drop(db, address, kind)
        case CloseCase(number, why):
            cases.close(db, incoming.person, number, why, now)
        case RateCase(number, rating):
            cases.rate(db, incoming.person, number, rating, now)
        case Answered(number, by):
            cases.answered(db, incoming.person, number, by, now)
        case Forget():
            mydata.forget(db, address, now)
        case Register(entry):
            register.put(db, address, entry, now)
        case Unregister(group, patient):
            register.remove(db, address, group, patient)
        case PutSite(site):
            sites.put(db, incoming.where, site, now)
        case DropSite():
            sites.drop(db, incoming.where)
        case ReportPhone(number, kind):
            phones.report(db, number, kind, address, now)
        case Judge():
            evidence.judge(db, effect, now)
        case Pick():
            evidence.pick(db, effect, now)
        case PutReminder(kind, words, rule):
            reminders.put(db, address, kind, words, rule, now)
        case ChangeReminder(number, status):
            reminders.change(db, address, number, status, now)
        case EditReminder(number, rule):
            reminders.edit(db, address, number, rule, now)
        case MoveReminder(id):
            reminders.move_on(db, address, id, now)
        case Wants(kind, wants):
            people.want(db, incoming.person, kind, wants, now)  # in a group too it is theirs alone
