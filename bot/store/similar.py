"""Cases that may be about the same: told by their words, among the open ones of the same place and need. For a person to look at."""

from __future__ import annotations

import json

from rapidfuzz import fuzz

from bot.store.connection import Connection

CANDIDATES = 300
"""So many of the newest cases are held against one."""
SHOWN = 5
LIKE = 55.0
"""Least likeness (0 to 100) to be shown: half of the pairs of characters in common."""
LONGEST = 600
"""Characters of a case's terms that are held against another's."""
_ANYTHING = ("other", "care.emergency", "service.human")
"""Topics that two cases share without being about the same."""


def similar(db: Connection, number: int) -> list[tuple[int, float]]:
    """Other open cases with like words, and how alike they are, most alike first.

    Of the same district, where it is known, and with a topic in common, where the case has one that says anything.
    """
    case = db.one(
        "SELECT topics, district, body FROM cases JOIN case_texts ON case_number = number WHERE number = :number",
        number=number,
    )
    if case is None:
        return []
    topics = sorted(set(json.loads(case["topics"])) - set(_ANYTHING))
    where, values = "cases.status = 'open' AND cases.number <> :number", {"number": number, "district": case["district"]}
    if case["district"]:
        where += " AND cases.district = :district"
    if topics:
        named = {f"topic{place}": topic for place, topic in enumerate(topics)}
        some = ", ".join(f":{name}" for name in named)
        where += f" AND EXISTS (SELECT 1 FROM case_topics AS t WHERE t.topic IN ({some}) AND t.case_number = cases.number)"  # noqa: S608
        values |= named
    # The newest of the open cases, by the index of those (and not by that of all openings): few enough to be put in order.
    rows = db.query(
        f"""
        SELECT chosen.number, case_texts.body FROM (
            SELECT cases.number FROM cases WHERE {where} ORDER BY cases.opened_at + 0 DESC, cases.number DESC LIMIT :most
        ) AS chosen JOIN case_texts ON case_texts.case_number = chosen.number
        """,  # noqa: S608  (constants)
        most=CANDIDATES,
        **values,
    )
    own = case["body"][:LONGEST]
    scored = ((row["number"], fuzz.token_sort_ratio(own, row["body"][:LONGEST], score_cutoff=LIKE)) for row in rows)
    return sorted(((other, round(score, 1)) for other, score in scored if score), key=lambda pair: (-pair[1], -pair[0]))[:SHOWN]
