"""What a turn does besides answering: written with it, in the same transaction (:mod:`bot.store.effects`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Later:
    """Come back to this chat after so many seconds, once, whatever is killed meanwhile (:mod:`bot.conversation.later`)."""

    kind: str
    seconds: float
    detail: str = ""


@dataclass(frozen=True, slots=True)
class NoLater:
    """What was set of this kind for the chat no longer matters."""

    kind: str


Effect = Later | NoLater
