"""An open database of either engine: run something in a transaction, close it."""

from __future__ import annotations

from typing import TypeVar

from bot.store.connection import Engine, Work

T = TypeVar("T")


class Opened:
    """Holds the engine of a store."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def place(self) -> str:
        """Where the database is, without a password."""
        return self._engine.place

    def close(self) -> None:
        """Commit what is queued and close."""
        self._engine.close()

    def write(self, work: Work[T], *, single: bool = False, lasting: bool = True) -> T:
        """Run a callable in a transaction and wait until it is on the disk, unless that is not asked for (:class:`Engine`)."""
        return self._engine.write(work, single=single, lasting=lasting)

    def read(self, work: Work[T]) -> T:
        """Run a callable that only reads."""
        return self._engine.read(work)

    @property
    def shared(self) -> bool:
        """Whether other processes are meant to work on the same database."""
        return self._engine.name == "postgresql"
