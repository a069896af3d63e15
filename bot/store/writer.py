"""The one thread that writes: callables are queued to it and committed in groups, a savepoint each."""

from __future__ import annotations

import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlite_utils import Database

from bot.errors import StoreUnavailable
from bot.store.connect import open_writer, unavailable

T = TypeVar("T")
GROUP = 256
"""At most this many callables share one commit."""


@dataclass(frozen=True, slots=True)
class _Job:
    work: Callable[[Database], Any]
    future: Future[Any]


class Writer:
    """Owns the writing connection. A future is done only after its work is on the disk."""

    def __init__(self, path: str, prepare: Callable[[Database], object]) -> None:
        """Open the database and run ``prepare`` on it (the migrations). Raises what they raise."""
        self._path = path
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._gate = threading.Lock()
        self._closed = False
        ready: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, args=(prepare, ready), name="store-writer", daemon=True)
        self._thread.start()
        ready.result()

    def submit(self, work: Callable[[Database], T]) -> Future[T]:
        """Queue a callable; all it writes is committed or nothing. Raises :class:`StoreUnavailable` when closed.

        The future raises what the callable raised, or :class:`StoreUnavailable` where the commit failed.
        """
        future: Future[T] = Future()
        with self._gate:
            if self._closed:
                raise StoreUnavailable("the database is closed")
            self._jobs.put(_Job(work, future))
        return future

    def close(self) -> None:
        """Finish what is queued, fold the log into the file and close."""
        with self._gate:
            if not self._closed:
                self._closed = True
                self._jobs.put(None)
        self._thread.join()

    def _run(self, prepare: Callable[[Database], object], ready: Future[None]) -> None:
        try:
            db = open_writer(self._path)
        except BaseException as error:  # handed to whoever waits
            ready.set_exception(error)
            return
        try:
            prepare(db)
        except BaseException as error:  # handed to whoever waits
            db.close()
            ready.set_exception(unavailable(self._path, error) if isinstance(error, sqlite3.Error) else error)
            return
        ready.set_result(None)
        try:
            while self._group(db):
                pass
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error:
            pass  # The log is folded in by whoever opens the file next.
        finally:
            db.close()

    def _group(self, db: Database) -> bool:
        job = self._jobs.get()
        jobs: list[_Job] = []
        while job is not None:
            if job.future.set_running_or_notify_cancel():
                jobs.append(job)
            if len(jobs) >= GROUP:
                break
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
        if jobs:
            self._commit(db, jobs)
        return job is not None

    def _commit(self, db: Database, jobs: list[_Job]) -> None:
        outcomes: list[tuple[Any, BaseException | None]] = []
        try:
            db.execute("BEGIN IMMEDIATE")
            for job in jobs:
                outcomes.append(_attempt(db, job.work))
                if not db.conn.in_transaction:
                    # A full disk or a failing one rolls everything back, our neighbours' work included.
                    raise sqlite3.OperationalError(str(outcomes[-1][1] or "the transaction was lost"))
            db.execute("COMMIT")
        except sqlite3.Error as error:
            with contextlib.suppress(sqlite3.Error):
                db.rollback()
            for job in jobs:
                job.future.set_exception(unavailable(self._path, error))
            return
        for job, (value, failure) in zip(jobs, outcomes, strict=True):
            if failure is None:
                job.future.set_result(value)
            else:
                job.future.set_exception(failure)


def _attempt(db: Database, work: Callable[[Database], Any]) -> tuple[Any, BaseException | None]:
    try:
        with db.atomic():
            return work(db), None
    except BaseException as error:  # handed to whoever waits
        return None, error
