"""The staff's broadcasts: written, counted, tried, sent to each person at most once, stopped, reported."""

from __future__ import annotations

from bot.casts.refused import CastRefused
from bot.casts.report import Reports
from bot.casts.steer import Steering
from bot.casts.write import Writing


class Casts(Writing, Steering, Reports):
    """One person of the staff and the broadcasts; rights are the edges' business."""


__all__ = ["CastRefused", "Casts"]
