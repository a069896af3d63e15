"""What all SQL runs on: one neutral connection, whatever the engine behind it. ``:name`` parameters, rows as dictionaries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Literal, Protocol, TypeVar

T = TypeVar("T")
Row = dict[str, Any]
EngineName = Literal["sqlite", "postgresql"]


class Connection(Protocol):
    """A connection inside a transaction of its engine. Statements are written in the part of SQL that both engines speak;
    ``FOR UPDATE`` and ``SKIP LOCKED`` are left out where only one transaction writes at a time.

    Every method raises what the driver raises; the engine turns it into an exception of :mod:`bot.errors`.
    """

    engine: ClassVar[EngineName]

    def query(self, sql: str, /, **values: Any) -> list[Row]:
        """The rows of a statement, those of ``RETURNING`` included."""
        ...

    def execute(self, sql: str, /, **values: Any) -> int:
        """Run a statement; how many rows it changed."""
        ...

    def execute_many(self, sql: str, rows: Sequence[Mapping[str, Any]], /) -> int:
        """Run a statement once for each of ``rows``, in one round trip where the engine can; how many rows it changed."""
        ...

    def has_table(self, name: str) -> bool:
        """Whether there is such a table."""
        ...

    def one(self, sql: str, /, **values: Any) -> Row | None:
        """The first row of a statement, if there is one."""
        rows = self.query(sql, **values)
        return rows[0] if rows else None


Work = Callable[[Connection], T]
"""What is done in one transaction. It may be run again from its beginning, so it changes nothing but the database."""


class Engine(Protocol):
    """A database. Every method raises :class:`bot.errors.StoreUnavailable` where it is away and :class:`StoreRefused` for a bad value."""

    name: EngineName
    place: str
    """Where the database is, fit for a log: without a password."""

    def write(self, work: Work[T], *, single: bool = False, lasting: bool = True) -> T:
        """Run ``work`` in a transaction and wait until it is on the disk. ``single``: one statement, all or nothing by itself.

        Not ``lasting``: other processes see it at once, but a power cut may undo it, never without what was written after it.
        """
        ...

    def read(self, work: Work[T]) -> T:
        """Run ``work``, which only reads."""
        ...

    def close(self) -> None:
        """Commit what is queued and close."""
        ...
