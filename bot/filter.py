"""Which cases somebody wants to see: from the address of a page, and back into it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args
from urllib.parse import urlencode

from bot.model import Priority

Status = Literal["open", "closed", "any"]
Whose = Literal["", "mine", "unassigned", "team"]
_PLAIN = re.compile(r"[A-Za-z0-9_.-]{0,60}")
LONGEST = 200
"""Characters of words that are searched for."""


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """All of it must hold; what is empty does not matter."""

    status: Status = "open"
    priority: str = ""
    city: str = ""
    district: str = ""
    topic: str = ""
    hospital: str = ""
    """Part of the name of a hospital that turned the patient away."""
    site: str = ""
    """Name of a compound or quarantine site."""
    whose: Whose = ""
    overdue: bool = False
    snoozed: bool = False
    """Only those that are put off; without, an open queue leaves them out."""
    text: str = ""
    """Words to be searched for."""

    def query(self, **more: str) -> str:
        """As the query of an address; empty for the plain queue."""
        plain = CaseFilter()
        pairs = {
            field.name: "1" if value is True else str(value)
            for field in dataclasses.fields(self)
            if (value := getattr(self, field.name)) != getattr(plain, field.name)
        }
        return urlencode({**pairs, **more})


def read_filter(query: Mapping[str, str]) -> CaseFilter:
    """The filter of an address; what is none is left out."""

    def plain(name: str) -> str:
        value = query.get(name, "")
        return value if _PLAIN.fullmatch(value) else ""

    def words(name: str) -> str:
        return query.get(name, "").strip()[:LONGEST]

    status: Status = next((one for one in get_args(Status) if one == query.get("status")), "open")
    whose: Whose = next((one for one in get_args(Whose) if one == query.get("whose", "")), "")
    priority = plain("priority")
    return CaseFilter(
        status=status,
        priority=priority if priority in get_args(Priority) else "",
        city=plain("city"),
        district=plain("district"),
        topic=plain("topic"),
        hospital=words("hospital"),
        site=words("site"),
        whose=whose,
        overdue=query.get("overdue") == "1",
        snoozed=query.get("snoozed") == "1",
        text=words("text"),
    )
