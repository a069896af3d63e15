"""What is said to the staff at once, and how it gets from the threads that decide to the event loop that makes the calls."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Back:
    """What is said to the staff at once, or done in their group. Of no consequence where it is lost."""

    text: str = ""
    thread: int = 0
    to: int = 0
    """The message that it answers."""
    query: str = ""
    """The press that it answers, in place of a message."""
    outcomes: int = 0
    """The case whose card offers its outcomes; below zero: its usual buttons again."""
    hurry: bool = False
    """Something is due for a resident."""


class Outward:
    """Hands over from worker threads to the event loop that makes the calls."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Back] = asyncio.Queue()
        self._loop: asyncio.AbstractEventLoop | None = None

    def serve(self) -> None:
        """Called on the event loop."""
        self._loop = asyncio.get_running_loop()

    def __call__(self, back: Back) -> None:
        """From any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.queue.put_nowait, back)
