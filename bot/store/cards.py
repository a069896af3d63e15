"""Has the card of a case in the staff group shown anew, from inside any transaction; the group itself is in :mod:`bot.store.group`."""

from __future__ import annotations

from bot.store.connection import Connection


def show(db: Connection, case: int, version: int) -> None:
    """The case has changed: its card is to show this version, where there is a group."""
    db.execute(
        """
        INSERT INTO staff_cards (case_number, wanted) SELECT :case, :version FROM staff_groups WHERE name = 'group'
        ON CONFLICT (case_number) DO UPDATE SET wanted = excluded.wanted
        """,
        case=case,
        version=version,
    )


def ring(db: Connection, number: int) -> None:
    """Have an alarm posted for a case, where there is a group."""
    db.execute(
        """
        INSERT INTO staff_cards (case_number, ring) SELECT :number, 1 FROM staff_groups WHERE name = 'group'
        ON CONFLICT (case_number) DO UPDATE SET ring = staff_cards.ring + 1
        """,
        number=number,
    )
