"""What a channel is to the delivery: something that takes one part of a message and says what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.model import Button


@dataclass(frozen=True, slots=True)
class Arrived:
    """The channel has taken it."""


@dataclass(frozen=True, slots=True)
class NotSent:
    """It has surely not arrived; another attempt may do. ``everybody``: nothing else would arrive now either."""

    reason: str
    everybody: bool = False


@dataclass(frozen=True, slots=True)
class Unclear:
    """It was sent, and nobody knows whether it has arrived."""

    reason: str


@dataclass(frozen=True, slots=True)
class Never:
    """It can never arrive. ``unreachable``: nor can anything else to this address, until the resident writes again."""

    reason: str
    unreachable: bool = False


@dataclass(frozen=True, slots=True)
class TooFast:
    """The channel asks for silence, of all processes together, for so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Moved:
    """The chat has another address."""

    address: str


@dataclass(frozen=True, slots=True)
class NotShown:
    """A picture cannot be shown and has surely not arrived: its words go instead."""

    reason: str


Outcome = Arrived | NotSent | Unclear | Never | TooFast | Moved


class Channel(Protocol):
    """Where messages go. Reasons are short ids, never anybody's words."""

    @property
    def name(self) -> str:
        """The channel's name in the outbox."""
        ...

    def parts(self, text: str) -> Sequence[str]:
        """The text in as many parts as the channel needs; none where there is nothing to send."""
        ...

    async def send(self, address: str, text: str, buttons: Sequence[Button], quotes: int = 0) -> Outcome:
        """Send one part, in a group as an answer to the message ``quotes``. What it raises counts as :class:`Unclear`."""
        ...

    async def show(self, address: str, picture: str, buttons: Sequence[Button]) -> Outcome | NotShown:
        """Send a picture (:attr:`bot.model.Reply.picture`) in place of the text. What it raises counts as :class:`Unclear`."""
        ...
