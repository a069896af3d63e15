"""What the page needs of the rest of the service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from bot.model import Case, Incoming, Message

Lang = Literal["zh", "en"]


class Desk(Protocol):
    """The hotline as the page uses it; every method blocks and belongs in a worker thread."""

    def accept(self, incoming: Incoming) -> int:
        """Commit the raw row; its id in the inbox."""
        ...

    def process(self, address: str) -> int:
        """Answer all open rows of one chat; how many."""
        ...

    def history(self, address: str, after: int = 0) -> Sequence[Message]:
        """The lines of one chat with an id above ``after``, oldest first."""
        ...


class Cases(Protocol):
    """The cases as the page uses them; both methods block."""

    def case(self, number: int) -> Case | None:
        """A case by its number, open or closed."""
        ...

    def case_of(self, address: str) -> Case | None:
        """The last case that a chat had opened, open or closed."""
        ...


class Texts(Protocol):
    """The sentences of ``data/replies/<lang>.yaml``."""

    def say(self, key: str, lang: str, **values: str) -> str:
        """The sentence ``key`` in ``lang``, with its placeholders filled."""
        ...
