"""Counts what the bot did with messages, by hour. In memory, and added to the database by a tick: a turn costs no statement more.

What a process that is killed has counted since its last tick is lost; these are shares of a day, not an account.
"""

from __future__ import annotations

import threading
from collections import Counter

from bot.clock import Clock, to_ms
from bot.effects import Later
from bot.errors import StoreError
from bot.log import get_logger
from bot.model import Incoming, Turn
from bot.store import tallies
from bot.store.opened import Opened

log = get_logger(__name__)

CAME = "came"
"""The moment that :mod:`bot.conversation.ladders` sets where 120 could not be reached."""
TURN, SETTLED, UNCLEAR, UNREACHED = "turn", "settled", "unclear", "unreached"
"""What is counted: messages by action, those of them without a case, those not understood by topic, reports that 120 is out of reach."""


class Tallies:
    """What this process has counted and not yet written. Safe to use from any thread."""

    def __init__(self, store: Opened, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._lock = threading.Lock()
        self._counts: Counter[tuple[int, str, str]] = Counter()

    def turn(self, incoming: Incoming, turn: Turn, _: int) -> None:
        """A turn was committed; for ``Hotline``'s ``watch``. What we said unasked is not counted."""
        got = turn.understanding
        if got is None or incoming.kind == "due":
            return
        now = to_ms(self._clock.now())
        hour = now - now % tallies.HOUR
        keys: list[tuple[int, str, str]] = [(hour, TURN, got.action)]
        if turn.case is None:
            keys.append((hour, SETTLED, got.action))
        topic = got.topics[0].id if got.topics else ""
        # What is handed over for what it is, such as a refusal, was understood.
        if got.action == "clarify" or (got.action == "handoff" and topic in {"", "other"}):
            keys.append((hour, UNCLEAR, topic))
        if any(isinstance(effect, Later) and effect.kind == CAME for effect in turn.effects):
            keys.append((hour, UNREACHED, "120"))
        with self._lock:
            self._counts.update(keys)

    def flush(self) -> None:
        """Write what was counted; where the database is away it is kept for the next time. Blocks."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
        if not counts:
            return
        try:
            self._store.write(lambda db: tallies.add(db, counts), lasting=False)
        except StoreError as error:
            log.warning("tallies_kept", error=type(error).__name__)
            with self._lock:
                self._counts.update(counts)
