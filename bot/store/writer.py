"""The one thread that writes to SQLite: callables are queued to it and committed in groups, a savepoint each."""

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

from bot.errors import StoreError, StoreUnavailable
from bot.store.connect import MEMORY, identity, open_writer
from bot.store.trouble import PASSING, code_of, told, unavailable

T = TypeVar("T")
GROUP = 256
"""At most this many callables share one commit."""


@dataclass(frozen=True, slots=True)
class _Job:
    work: Callable[[Database], Any]
    future: Future[Any]
    lasting: bool


class Writer:
    """Owns the writing connection. A future is done only after its work is on the disk."""

    def __init__(self, path: str, prepare: Callable[[Database], object]) -> None:
        """Open the database and run ``prepare`` on it (the migrations), in one transaction. Raises what they raise."""
        self._path = path
        self._prepare = prepare
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._gate = threading.Lock()
        self._closed = False
        self._db: Database | None = None
        self._full = True
        self._file: tuple[int, int] | None = None
        ready: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, args=(ready,), name="store-writer", daemon=True)
        self._thread.start()
        ready.result()

    def submit(self, work: Callable[[Database], T], *, lasting: bool = True) -> Future[T]:
        """Queue a callable; all it writes is committed or nothing. Raises :class:`StoreUnavailable` when closed.

        Where nothing in its group is ``lasting``, the commit does not wait for the disk: a power cut may undo it, as a whole
        and together with whatever came after it.

        The future raises what the callable raised, or :class:`StoreUnavailable` where the commit failed.
        """
        future: Future[T] = Future()
        with self._gate:
            if self._closed:
                raise StoreUnavailable("the database is closed")
            self._jobs.put(_Job(work, future, lasting))
        return future

    def close(self) -> None:
        """Finish what is queued, fold the log into the file and close."""
        with self._gate:
            if not self._closed:
                self._closed = True
                self._jobs.put(None)
        self._thread.join()

    def _run(self, ready: Future[None]) -> None:
        try:
            self._open()
        except BaseException as error:  # handed to whoever waits
            ready.set_exception(error)
            return
        ready.set_result(None)
        while self._group():
            pass
        # Where this fails, the log is folded in by whoever opens the file next.
        with contextlib.suppress(sqlite3.Error):
            if self._db is not None:
                self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._drop()

    def _open(self) -> Database:
        """The connection; a new one where there is none, or where the file is another. Raises :class:`StoreError`."""
        file = identity(self._path)
        if self._db is not None and file == self._file:
            return self._db
        self._drop()
        if file is None and self._file is not None:
            mend = "put it back, and the service goes on by itself; or start it anew with an empty one"
            raise StoreUnavailable(f"the database {self._path} has been removed ({mend})")
        db = open_writer(self._path)
        try:
            db.execute("BEGIN IMMEDIATE")
            self._prepare(db)
            db.execute("COMMIT")
        except BaseException as error:
            with contextlib.suppress(sqlite3.Error):
                db.close()
            if isinstance(error, sqlite3.Error):
                raise unavailable(self._path, error) from error
            raise
        self._db, self._full, self._file = db, True, identity(self._path)
        return db

    def _drop(self) -> None:
        """Close the connection; the next group opens another. What lies in memory would be lost by it and stays."""
        if self._db is not None and (self._path != MEMORY or self._closed):
            with contextlib.suppress(sqlite3.Error):
                self._db.close()
            self._db = None

    def _group(self) -> bool:
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
            self._commit(jobs)
        return job is not None

    def _commit(self, jobs: list[_Job]) -> None:
        outcomes: list[tuple[Any, BaseException | None]] = []
        try:
            db = self._open()
            self._wait_for_the_disk(db, any(job.lasting for job in jobs))
            db.execute("BEGIN IMMEDIATE")
            for job in jobs:
                outcomes.append(self._attempt(db, job.work))
                if not db.conn.in_transaction:
                    # A full disk or a failing one rolls everything back, our neighbours' work included.
                    raise StoreUnavailable(str(outcomes[-1][1] or "the transaction was lost"))
            db.execute("COMMIT")
        except (sqlite3.Error, StoreError) as error:
            self._recover(error)
            failure = unavailable(self._path, error) if isinstance(error, sqlite3.Error) else error
            for job in jobs:
                job.future.set_exception(failure)
            return
        for job, (value, why) in zip(jobs, outcomes, strict=True):
            if why is None:
                job.future.set_result(value)
            else:
                job.future.set_exception(why)

    def _wait_for_the_disk(self, db: Database, full: bool) -> None:
        if full != self._full:
            db.execute(f"PRAGMA synchronous = {'FULL' if full else 'NORMAL'}")
            self._full = full

    def _recover(self, error: Exception) -> None:
        """Leave the transaction, and the connection too where the failure could have spoilt it."""
        if self._db is not None:
            with contextlib.suppress(sqlite3.Error):
                self._db.rollback()
        if code_of(error) not in PASSING:
            self._drop()

    def _attempt(self, db: Database, work: Callable[[Database], Any]) -> tuple[Any, BaseException | None]:
        try:
            db.execute("SAVEPOINT item")
            value = work(db)
            db.execute("RELEASE item")
        except BaseException as error:  # handed to whoever waits
            # A broken transaction has no savepoint left to return to; the caller sees that.
            if db.conn.in_transaction:
                with contextlib.suppress(sqlite3.Error):
                    db.execute("ROLLBACK TO item")
                    db.execute("RELEASE item")
            return None, told(self._path, error) if isinstance(error, sqlite3.Error) else error
        return value, None
