"""What the staff do with cases: the one way in for the command line, the console and the staff group.

Each kind of action is a class in a module of its own; :class:`Desk` has them all.
"""

from __future__ import annotations

from bot.desk.base import LONGEST, STAFF, Busy, Changed, Refused
from bot.desk.bulk import Bulk
from bot.desk.check import Checking
from bot.desk.move import Moving
from bot.desk.reach import Reaching
from bot.desk.wait import Waiting
from bot.desk.work import Work

__all__ = ["LONGEST", "STAFF", "Busy", "Changed", "Desk", "Refused"]


class Desk(Work, Waiting, Checking, Moving, Reaching, Bulk):
    """Everything that one person of the staff does with cases."""
