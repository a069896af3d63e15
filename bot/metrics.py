"""Whether the service is well, in numbers for Prometheus: what waits, what was understood, how long it took. Never words."""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.clock import Clock
from bot.errors import StoreError
from bot.model import Incoming, Turn
from bot.ports import Understands
from intents.understanding import Context, Understanding

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0)
_LAST = 1000
STATUSES = ("pending", "sending", "dead", "uncertain")


class Watched(Protocol):
    """The store as the numbers need it; every method blocks and raises where the database is away."""

    def outbox_counts(self) -> Mapping[Any, int]:
        """How many messages are in each status that is not settled well."""
        ...

    def outbox_oldest(self) -> dt.datetime | None:
        """Since when the longest waiting message waits."""
        ...

    def open_addresses(self, now: dt.datetime | None = None) -> Sequence[str]:
        """The chats with something to answer."""
        ...

    def write(self, work: Any, *, single: bool = False) -> object:
        """Run a callable in a transaction."""
        ...


class Metrics:
    """Counts what this process does, and asks the database for what all do. Thread-safe."""

    def __init__(self, store: Watched, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._registry = CollectorRegistry()
        self._turns = Counter("hotline_turns", "Messages answered, by what was understood.", ["channel", "action"], registry=self._registry)
        self._cases = Counter("hotline_case_changes", "Cases opened or added to.", ["priority"], registry=self._registry)
        self._understanding = Histogram(
            "hotline_understanding_seconds", "Understanding a message.", buckets=_BUCKETS, registry=self._registry
        )
        self._answer = Histogram(
            "hotline_answer_seconds", "From a message's arrival to its committed answer.", buckets=_BUCKETS, registry=self._registry
        )
        self._last: deque[float] = deque(maxlen=_LAST)
        self._registry.register(_Waiting(store, clock, self._last))

    def turn(self, incoming: Incoming, turn: Turn, _: int) -> None:
        """A turn was committed; for ``Hotline``'s ``watch``."""
        action = turn.understanding.action if turn.understanding else "none"
        self._turns.labels(incoming.channel, action).inc()
        if turn.case is not None:
            self._cases.labels(turn.case.priority).inc()
        seconds = max(0.0, (self._clock.now() - incoming.at).total_seconds())
        self._answer.observe(seconds)
        self._last.append(seconds)

    def timed(self, engine: Understands) -> Understands:
        """The same engine, its time taken."""
        return _Timed(engine, self._understanding)

    def text(self) -> bytes:
        """Everything, in Prometheus' text format. Blocks on the database; while that is away its numbers are left out."""
        return generate_latest(self._registry)

    def ready(self) -> None:
        """Nothing, where a message could be committed now. Blocks. Raises what the store raises."""
        self._store.write(lambda _: None)


class _Timed:
    def __init__(self, engine: Understands, histogram: Histogram) -> None:
        self._engine = engine
        self._histogram = histogram

    def understand(self, text: str, context: Context) -> Understanding:
        with self._histogram.time():
            return self._engine.understand(text, context)


class _Waiting(Collector):
    """What is asked of the database each time somebody looks."""

    def __init__(self, store: Watched, clock: Clock, last: Sequence[float]) -> None:
        self._store = store
        self._clock = clock
        self._last = last

    def describe(self) -> list[Metric]:
        """Nothing, so that the database is not asked when this is registered."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The gauges."""
        recent = sorted(self._last)
        if recent:
            p99 = recent[min(len(recent) - 1, int(len(recent) * 0.99))]
            yield GaugeMetricFamily("hotline_answer_p99_seconds", f"The same, of the last {_LAST} messages.", p99)
        try:
            counts, oldest = self._store.outbox_counts(), self._store.outbox_oldest()
            chats = len(self._store.open_addresses())
        except StoreError:
            yield GaugeMetricFamily("hotline_database_up", "Whether the database answers.", 0)
            return
        yield GaugeMetricFamily("hotline_database_up", "Whether the database answers.", 1)
        messages = GaugeMetricFamily("hotline_outbox_messages", "Messages that have not arrived.", labels=["status"])
        for status in STATUSES:
            messages.add_metric([status], counts.get(status, 0))
        yield messages
        age = (self._clock.now() - oldest).total_seconds() if oldest else 0.0
        yield GaugeMetricFamily("hotline_outbox_oldest_seconds", "The age of the message that waits longest.", max(0.0, age))
        yield GaugeMetricFamily("hotline_inbox_chats", "Chats with a message that is not answered yet.", chats)
