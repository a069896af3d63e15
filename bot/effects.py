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


@dataclass(frozen=True, slots=True)
class CloseCase:
    """The resident has their open case closed; ``why`` is a short id."""

    number: int
    why: str


@dataclass(frozen=True, slots=True)
class RateCase:
    """What the resident says of the help: 1 it did, -1 it did not."""

    number: int
    rating: int


Effect = Later | NoLater | CloseCase | RateCase
