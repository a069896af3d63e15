"""A site: a compound or a quarantine site whose group the bot is in. A plain value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Site:
    """The place may be unknown."""

    name: str
    city: str = ""
    district: str = ""
    kind: Literal["", "compound", "quarantine"] = ""
    """Empty: not told."""
    number: int = 0
    """Given by the store."""
