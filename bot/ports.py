"""What the use cases need of the engine, the replies and the decision; fakes stand in for them in tests."""

from __future__ import annotations

import datetime as dt
from typing import Any, Protocol

from bot.model import Incoming, Known, Reply, Turn
from bot.state import State
from intents.understanding import Context, Understanding


class Understands(Protocol):
    """The engine: pure and safe to call from any thread."""

    def understand(self, text: str, context: Context) -> Understanding:
        """What is understood of a message."""
        ...


class Speaks(Protocol):
    """The sentences of ``data/replies``."""

    def compose(self, understanding: Understanding, *, case_number: int | None, now: dt.datetime) -> tuple[Reply, ...]:
        """What a resident is told."""
        ...

    def say(self, key: str, lang: str, **values: Any) -> str:
        """One sentence by its key."""
        ...


class Crowd(Protocol):
    """What a channel knows of the groups that it holds."""

    @property
    def bot(self) -> str:
        """The bot's name on the channel; empty: not known yet."""
        ...

    def manages(self, incoming: Incoming) -> bool | None:
        """Whether who wrote this may act for the group; None where nobody can tell now. Blocks."""
        ...


class Decides(Protocol):
    """The decision on one message; pure."""

    def __call__(
        self, state: State, incoming: Incoming, understanding: Understanding, replies: Any, now: dt.datetime, known: Known, /
    ) -> Turn:
        """The turn of the conversation."""
        ...
