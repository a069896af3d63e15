"""Sites: the groups of compounds and quarantine sites; and who has written in a group, so that it is told and deleted with the rest."""

from __future__ import annotations

import datetime as dt

from bot.clock import to_ms
from bot.model import MEMBER, Incoming
from bot.safe import storable
from bot.site import Site
from bot.store.connection import Connection, Row

_SEEN = "INSERT INTO members (person, address, home) VALUES (:person, :address, :home) ON CONFLICT (person, address) DO NOTHING"


def put(db: Connection, group: str, site: Site, now: dt.datetime) -> None:
    """Put a group down as a site, or give its site another name and place; its cases go by the new name."""
    row = db.one(
        """
        INSERT INTO sites (address, name, city, district, kind, registered_at)
        VALUES (:address, :name, :city, :district, :kind, :now)
        ON CONFLICT (address) DO UPDATE
        SET name = excluded.name, city = excluded.city, district = excluded.district, kind = excluded.kind
        RETURNING number
        """,
        address=storable(group),
        name=storable(site.name),
        city=site.city,
        district=site.district,
        kind=site.kind,
        now=to_ms(now),
    )
    if row is not None:
        # The second condition lets the index of the few cases that have a site be used.
        sql = "UPDATE cases SET site = :name WHERE site_number = :number AND site_number <> 0"
        db.execute(sql, name=storable(site.name), number=row["number"])


def drop(db: Connection, group: str) -> None:
    """The group is a site's no more; cases keep the name."""
    db.execute("DELETE FROM sites WHERE address = :address", address=storable(group))


def of_group(db: Connection, group: str) -> Site | None:
    """The site whose group this is."""
    row = db.one("SELECT * FROM sites WHERE address = :address", address=storable(group))
    return _site(row) if row else None


def numbered(db: Connection, number: int) -> Site | None:
    """A site by its number."""
    row = db.one("SELECT * FROM sites WHERE number = :number", number=number)
    return _site(row) if row else None


def all_of(db: Connection) -> list[Site]:
    """All sites, by their number."""
    return [_site(row) for row in db.query("SELECT * FROM sites ORDER BY number LIMIT 1000")]


def name_of(db: Connection, number: int) -> str:
    """A site's name; empty where it is one no more."""
    found = numbered(db, number) if number else None
    return found.name if found else ""


def seen(db: Connection, incoming: Incoming) -> None:
    """Somebody has written in a group: their private chat is asked for by it."""
    if incoming.address != incoming.where:
        db.execute(_SEEN, person=storable(incoming.person), address=storable(incoming.address), home=storable(incoming.where))


def conversations_of(db: Connection, person: str) -> list[str]:
    """The addresses under which somebody has written: their own chat, then those in groups."""
    rows = db.query("SELECT address FROM members WHERE person = :person ORDER BY address", person=storable(person))
    return list(dict.fromkeys([person, *(row["address"] for row in rows)]))


def forget_member(db: Connection, person: str) -> None:
    """Nobody need know any more who wrote in which group."""
    db.execute("DELETE FROM members WHERE person = :person", person=storable(person))


def members(db: Connection, group: str) -> list[str]:
    """The addresses of those who have written in a group."""
    sql = "SELECT address FROM members WHERE home = :group ORDER BY address"
    return [row["address"] for row in db.query(sql, group=storable(group))]


def move(db: Connection, old: str, new: str) -> None:
    """The group has another number; a site that was put down anew under it stays."""
    sql = "UPDATE sites SET address = :new WHERE address = :old AND NOT EXISTS (SELECT 1 FROM sites AS there WHERE there.address = :new)"
    db.execute(sql, old=old, new=new)


def move_member(db: Connection, old: str, new: str) -> None:
    """The conversation of somebody in a group has another address."""
    rows = db.query("SELECT person FROM members WHERE address = :old", old=old)
    home = new.partition(MEMBER)[0]
    db.execute_many(_SEEN, [{"person": row["person"], "address": new, "home": home} for row in rows])
    db.execute("DELETE FROM members WHERE address = :old", old=old)


def _site(row: Row) -> Site:
    return Site(row["name"], row["city"], row["district"], row["kind"], int(row["number"]))
