"""What is said to the staff in their group, in both languages (``data/desk``, below ``room.``)."""

from __future__ import annotations

from intents.desk_texts import said, shipped

COMMANDS = ("queue", "case", "take", "note", "solve", "cast", "duty", "help")
"""What can be written in the group."""
OPERATORS = frozenset(COMMANDS) - {"case", "help"}
"""Those that are nobody's but the staff's: residents have the other two themselves."""


def say(key: str, lang: str, **values: object) -> str:
    """One sentence with its placeholders filled in. Raises KeyError for an unknown key."""
    return said(f"room.{key}", lang, **values)


def reason(why: str, lang: str) -> str:
    """Why something did not arrive, in words where there are any."""
    return say(f"why.{why}" if f"room.why.{why}" in shipped()["zh"] else "why.", lang, why=why)
