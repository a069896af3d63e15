"""What is kept about a person: read as a whole for them, and deleted where they ask for it."""

from __future__ import annotations

import datetime as dt

from bot.clock import from_ms
from bot.model import Message, Person
from bot.safe import storable
from bot.store import audit, calls, cases, links, notes, people, phones, register, reminders, search, sites
from bot.store.connection import Connection
from bot.store.rows import load_buttons


def person(db: Connection, address: str) -> Person:
    """Everything kept about a chat, and what the same person wrote to us in groups."""
    values = {"address": storable(address)}
    sql = "SELECT * FROM messages WHERE address = :address AND copy = 0 ORDER BY id"
    found = [row for where in sites.conversations_of(db, address) for row in db.query(sql, address=storable(where))]
    lines = sorted(found, key=lambda row: int(row["id"]))
    due = db.one("SELECT count(*) AS many FROM dues WHERE address = :address", **values)
    return Person(
        lines=tuple(Message(row["id"], row["author"], row["text"], from_ms(row["at"]), load_buttons(row["buttons"])) for row in lines),
        cases=tuple(cases.all_of(db, address)),
        entries=register.of(db, address),
        reminders=reminders.of(db, address),
        moments=int(due["many"]) if due else 0,
        reports=phones.count(db, address),
        notes=notes.of_chat(db, address),
        broadcasts=people.counted_in(db, address),
        preferences=people.preferences(db, address),
        place=people.place(db, address),
        topics=people.topics(db, address),
    )


def forget(db: Connection, address: str, now: dt.datetime) -> None:
    """Delete a person's words wherever they lie, in groups too.

    What stays: ids, kinds, places and times of their cases, and that their updates came.
    Rows of the inbox stay without their words, so that an update that comes again is known; those not answered yet are untouched.
    A message that is being sent loses its row; whoever sends it finds that out when settling it.
    """
    values = {"address": storable(address)}
    for where in sites.conversations_of(db, address):
        _forget_chat(db, where)
        if where != address:  # the state of the chat itself is the turn's
            db.execute("DELETE FROM conversations WHERE address = :where", where=storable(where))
    sites.forget_member(db, address)
    search.forget(db, address)
    links.forget(db, address)
    notes.forget(db, address)
    calls.forget(db, address)
    phones.forget(db, address)
    for row in db.query("SELECT number FROM cases WHERE address = :address ORDER BY number", **values):
        audit.record(db, row["number"], "case.forgotten", {}, now)
    db.execute("UPDATE cases SET words = '', facts = '{}', hospital = '' WHERE address = :address", **values)
    # Nobody answers a closed case any more: it need not say whose it was.
    db.execute("UPDATE cases SET address = '' WHERE address = :address AND status <> 'open'", **values)


def _forget_chat(db: Connection, address: str) -> None:
    values = {"address": storable(address)}
    channel, _, chat = values["address"].partition(":")
    found = db.query("SELECT inbox_id, count(*) AS replies FROM messages WHERE address = :address GROUP BY inbox_id", **values)
    blank = "UPDATE inbox SET text = '', raw = '', lang = '', city = '' WHERE status <> 'open'"
    db.execute(f"{blank} AND channel = :channel AND chat = :chat", channel=channel, chat=chat)
    # A chat that moved has rows under its earlier number.
    db.execute_many(f"{blank} AND id = :id", [{"id": row["inbox_id"]} for row in found])
    keys = [f"reply:{row['inbox_id']}:{number}" for row in found for number in range(row["replies"])]
    # By their keys: of what was sent there is no index by chat, and the table may be long.
    db.execute_many("DELETE FROM outbox WHERE key = :key", [{"key": key} for key in keys])
    db.execute("DELETE FROM outbox WHERE address = :address AND status IN ('pending', 'sending')", **values)
    db.execute("DELETE FROM messages WHERE address = :address", **values)
    db.execute("DELETE FROM dues WHERE address = :address", **values)
    people.forget(db, address)
    register.remove(db, address)
    reminders.forget(db, address)
