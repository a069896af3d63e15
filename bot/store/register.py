"""The register of people at risk: who was put down with consent, and how many there are, for those who look after them."""

from __future__ import annotations

import datetime as dt

from bot.clock import to_ms
from bot.person import Count, Entry
from bot.safe import storable
from bot.store.connection import Connection


def put(db: Connection, address: str, entry: Entry, now: dt.datetime) -> None:
    """Put somebody down, or what is now known of them; what is not told this time stays, and so does the time of the consent."""
    db.execute(
        """
        INSERT INTO register (address, grp, patient, city, district, next_on, next_words, agreed_at, updated_at)
        VALUES (:address, :grp, :patient, :city, :district, :next_on, :next_words, :now, :now)
        ON CONFLICT (address, grp, patient) DO UPDATE SET
            city = CASE WHEN excluded.district <> '' THEN excluded.city ELSE register.city END,
            district = CASE WHEN excluded.district <> '' THEN excluded.district ELSE register.district END,
            next_on = CASE WHEN excluded.next_words <> '' THEN excluded.next_on ELSE register.next_on END,
            next_words = CASE WHEN excluded.next_words <> '' THEN excluded.next_words ELSE register.next_words END,
            updated_at = excluded.updated_at
        """,
        address=storable(address),
        grp=entry.group,
        patient=entry.patient,
        city=entry.city,
        district=entry.district,
        next_on=entry.next_on,
        next_words=storable(entry.next_words),
        now=to_ms(now),
    )


def remove(db: Connection, address: str, group: str = "", patient: str = "") -> None:
    """Take one entry of a chat off, or with an empty group all of them."""
    sql = "DELETE FROM register WHERE address = :address"
    if group:
        db.execute(f"{sql} AND grp = :grp AND patient = :patient", address=storable(address), grp=group, patient=patient)
    else:
        db.execute(sql, address=storable(address))


def of(db: Connection, address: str) -> tuple[Entry, ...]:
    """Whom a chat has put down, in the order of consent."""
    rows = db.query("SELECT * FROM register WHERE address = :address ORDER BY agreed_at, grp, patient", address=storable(address))
    return tuple(Entry(row["grp"], row["patient"], row["city"], row["district"], row["next_on"], row["next_words"]) for row in rows)


def counts(db: Connection) -> list[Count]:
    """How many people are put down, by group and district; an empty district is one that was not told."""
    rows = db.query(
        "SELECT grp, city, district, count(*) AS people FROM register GROUP BY grp, city, district ORDER BY grp, city, district"
    )
    return [Count(row["grp"], row["city"], row["district"], int(row["people"])) for row in rows]
