"""Somebody of the staff, as the rest of the program knows them: no password, no secret."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from bot.rights import Action, Role, may

Theme = Literal["", "light", "dark"]


@dataclass(frozen=True, slots=True)
class Account:
    """An account that was read from the store."""

    name: str
    """The short id that the audit keeps: letters, figures, dots, dashes, underscores; at most 40."""
    role: Role
    shown: str = ""
    """The name as colleagues see it; any text, never trusted."""
    lang: Literal["zh", "en"] = "zh"
    theme: Theme = ""
    """Empty: as the device says."""
    telegram: int = 0
    """Their Telegram user id, which an admin linked; 0: none."""
    disabled_at: dt.datetime | None = None

    def may(self, action: Action) -> bool:
        """Whether they may do this now."""
        return self.disabled_at is None and may(self.role, action)
