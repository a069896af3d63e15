"""What the Telegram edge needs of the rest of the service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.model import Button, Incoming, Message


class OutRow(Protocol):
    """One message waiting in the outbox."""

    @property
    def id(self) -> int:
        """The row's number, for :meth:`Desk.sent` and :meth:`Desk.failed`."""
        ...

    @property
    def address(self) -> str:
        """``telegram:<chat id>``."""
        ...

    @property
    def text(self) -> str:
        """Plain text of any length."""
        ...

    @property
    def buttons(self) -> Sequence[Button]:
        """Buttons below it."""
        ...


class Desk(Protocol):
    """The hotline as this edge uses it; every method blocks and belongs in a worker thread."""

    def accept(self, incoming: Incoming) -> int:
        """Commit the raw row; its id in the inbox."""
        ...

    def process(self, address: str) -> int:
        """Answer all open rows of one chat; how many."""
        ...

    def history(self, address: str, after: int = 0) -> Sequence[Message]:
        """The lines of one chat with an id above ``after``, oldest first."""
        ...

    def outgoing(self, channel: str, limit: int = 50) -> Sequence[OutRow]:
        """Rows to be sent, oldest first."""
        ...

    def sent(self, id: int) -> None:
        """The row was delivered."""
        ...

    def failed(self, id: int, reason: str) -> None:
        """The row can never be delivered; ``reason`` is a short code without anybody's words."""
        ...
