"""Finding cases by what was said: the index of their words, and how it is kept.

What is indexed: the last words, the facts, the hospitals, the staff's notes, what the resident wrote and what the staff
answered while the case was open. What the bot says is not: it says the same to everybody.

A transaction that changes any of it marks the case (one small row), and a tick cuts the words into terms soon after: with fifty terms
a case and conversations that go on for days, doing so within each turn would read and write everything said before once more. A mark has
a stamp of its own, so that what was read before a later change, a deletion above all, never is written after it.

The terms (:mod:`bot.terms`) lie in ``case_texts``, joined by spaces, and the index of each engine over that follows it by itself: FTS5
through triggers on SQLite, GIN on PostgreSQL. How they are asked is, beside the migration, the only place where the two differ.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from bot.clock import from_ms, to_ms
from bot.safe import storable
from bot.store import sites
from bot.store.connection import Connection
from bot.terms import Phrase, terms

LINES = 500
"""So many lines of a case's conversation can be found, the newest."""
STAFF_ANSWER = 'staff:%"do": "answer"%'
"""The row of an answer of the staff (:mod:`bot.conversation.staff`)."""
SHELF, MOST_SHELVES = 4_096, 14
"""Cases of so many numbers in a row stand on one shelf (the migration says the same); more shelves than these are not asked for."""
Mark = tuple[int, int]
"""A case and the stamp of its mark."""


def mark(db: Connection, number: int) -> None:
    """What can be found of a case has changed with this transaction."""
    db.execute(
        """
        INSERT INTO case_dirty (case_number, stamp) VALUES (:number, :stamp)
        ON CONFLICT (case_number) DO UPDATE SET stamp = excluded.stamp
        """,
        number=number,
        stamp=secrets.randbits(60),
    )


def marked(db: Connection, most: int) -> list[Mark]:
    """Cases that are to be indexed anew, newest first."""
    rows = db.query("SELECT case_number, stamp FROM case_dirty ORDER BY case_number DESC LIMIT :most", most=most)
    return [(row["case_number"], row["stamp"]) for row in rows]


def body(db: Connection, number: int) -> str:
    """The terms of a case as they are kept; empty where nothing is left of it."""
    case = db.one("SELECT * FROM cases WHERE number = :number", number=number)
    if case is None:
        return ""
    notes = db.query("SELECT text FROM case_notes WHERE case_number = :number ORDER BY id", number=number)
    said = [text for where in (sites.conversations_of(db, case["address"]) if case["address"] else ()) for text in _lines(db, where, case)]
    facts = case["facts"]  # JSON: its marks are no terms, and the names of fields are few
    parts = [case["words"], facts, case["hospital"], *(row["text"] for row in notes), *said]
    # The last words mostly are a line too.
    return " ".join(terms("\n".join(dict.fromkeys(part for part in parts if part and part != "{}"))))


def _lines(db: Connection, address: str, case: dict[str, Any]) -> list[str]:
    """What was said in one chat while the case was open, newest first."""
    rows = db.query(
        """
        SELECT messages.text FROM messages JOIN inbox ON inbox.id = messages.inbox_id
        WHERE messages.address = :address AND messages.copy = 0
        AND (messages.case_number = :number OR (messages.case_number IS NULL AND messages.at >= :since AND messages.at <= :until))
        AND (messages.author = 'resident' OR (inbox.kind = 'due' AND inbox.text LIKE :answer))
        ORDER BY messages.id DESC LIMIT :most
        """,
        address=address,
        number=case["number"],
        since=case["opened_at"],
        until=case["closed_at"] if case["closed_at"] is not None else to_ms(from_ms(case["updated_at"])) + _AHEAD,
        answer=STAFF_ANSWER,
        most=LINES,
    )
    return [row["text"] for row in rows]


_AHEAD = 10 * 365 * 86_400_000
"""Milliseconds: while a case is open, what is said belongs to it, however late."""


def put(db: Connection, found: Sequence[tuple[Mark, str]]) -> int:
    """Index cases by terms that were read after their marks; how many. Those marked again since are left for the next time."""
    done = 0
    for (number, stamp), text in found:
        if db.execute("DELETE FROM case_dirty WHERE case_number = :number AND stamp = :stamp", number=number, stamp=stamp) != 1:
            continue
        done += 1
        if not text:
            db.execute("DELETE FROM case_texts WHERE case_number = :number", number=number)
            continue
        db.execute(
            """
            INSERT INTO case_texts (case_number, body) VALUES (:number, :body)
            ON CONFLICT (case_number) DO UPDATE SET body = excluded.body WHERE case_texts.body <> excluded.body
            """,
            number=number,
            body=text,
        )
    return done


def forget(db: Connection, address: str) -> None:
    """Nothing that was said in a chat's cases is found any longer, now; what is left of them is indexed anew."""
    for row in db.query("SELECT number FROM cases WHERE address = :address ORDER BY number DESC", address=storable(address)):
        # In the order of those who index, or the two could wait for each other.
        mark(db, row["number"])
        db.execute("DELETE FROM case_texts WHERE case_number = :number", number=row["number"])


def hits(engine: str, phrases: Sequence[Phrase], low: int, before: int) -> tuple[str, dict[str, str | int]]:
    """A SELECT of the numbers of cases, from ``low`` to below ``before``, that have all the phrases; and its values.

    The only statements of this folder that each engine has its own of. A term holds letters and figures only: it needs no quoting.
    """
    if engine == "sqlite":
        said = (f'"{" ".join(phrase.terms)}"{" *" if phrase.opens else ""}' for phrase in phrases)
        sql = "SELECT rowid FROM case_search WHERE case_search MATCH :query AND rowid < :before AND rowid >= :low"
        return sql, {"query": " AND ".join(said), "low": low, "before": before}
    # The index knows no order: in a narrow window the shelves of its cases are asked for like terms. Of a phrase it finds the
    # candidates, and their text says whether the terms follow each other.
    lexemes = dict.fromkeys(
        f"'{term}'{':*' if phrase.opens and place == len(phrase.terms) else ''}"
        for phrase in phrases
        for place, term in enumerate(phrase.terms, 1)
    )
    shelves = range(low // SHELF, (before - 1) // SHELF + 1)
    among = " | ".join(f"'~{shelf}'" for shelf in shelves) if len(shelves) <= MOST_SHELVES else ""
    within = [f"({among})"] if among else []
    sql = "SELECT case_number FROM case_texts WHERE case_words(case_number, body) @@ CAST(:query AS tsquery)"
    # Not a condition that another index could be taken for.
    sql += " AND case_number + 0 < :before AND case_number + 0 >= :low"
    values: dict[str, str | int] = {"query": " & ".join((*within, *lexemes)), "low": low, "before": before}
    for place, phrase in enumerate(phrases):
        if len(phrase.terms) > 1:
            sql += f" AND ' ' || body || ' ' LIKE :phrase{place}"
            values[f"phrase{place}"] = f"% {' '.join(phrase.terms)}{'' if phrase.opens else ' '}%"
    return sql, values
