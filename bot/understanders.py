"""Processes that understand messages beside the service's own, so that one Python uses all cores.

Understanding is arithmetic and patterns, which threads of one Python do one after the other. A text that never ends, or that
ends the process that reads it, costs that process and no more: another is started in its place.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import queue
import signal
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from bot.log import get_logger
from bot.ports import Understands
from intents.understanding import Context, Understanding

log = get_logger(__name__)

MOST = 4
"""More processes than this would cost a laptop more memory than they give back in time."""
PATIENCE = 10.0
"""Seconds until a process that does not answer is ended; the resident has long had a reply by then."""
READY = "ready"
Opens = Callable[[], Understands]
"""Opens the engine, in a process of its own: a function that can be named from there."""


class UnderstanderEnded(RuntimeError):
    """The process that read the message has ended without an answer, and so has the second one."""


def default_count(database: str) -> int:
    """How many to start: one for each core where this service is alone, none where more services share a PostgreSQL database."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return 0 if cores < 2 or database.startswith(("postgresql://", "postgres://")) else min(cores, MOST)


class Understanders:
    """Understands in ``count`` processes; in this one while none is ready. Safe to use from any thread."""

    def __init__(self, engine: Understands, opens: Opens, count: int, patience: float = PATIENCE) -> None:
        """``engine`` is this process's own. Nothing is started before :meth:`start`."""
        self._engine, self._opens, self._patience = engine, opens, patience
        self.count = count
        self._idle: queue.SimpleQueue[_Child] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._children: set[_Child] = set()
        self._ready = 0
        self._closed = False

    @property
    def ready(self) -> int:
        """How many processes are ready to read, or reading."""
        return self._ready

    def start(self) -> None:
        """Start the processes; they say by themselves when they are ready."""
        for _ in range(self.count):
            self._add()

    def understand(self, text: str, context: Context) -> Understanding:
        """What is understood of a message. Raises what the engine raises, TimeoutError or :class:`UnderstanderEnded`."""
        for _ in range(2):
            if not self._ready:
                return self._engine.understand(text, context)
            try:
                child = self._idle.get(timeout=self._patience)
            except queue.Empty:
                raise TimeoutError("all are busy") from None
            try:
                return self._ask(child, text, context)
            except TimeoutError:
                raise
            except (EOFError, OSError):
                # Whoever ended one by hand, or for its memory, did not mean the message: another reads it, once.
                continue
        raise UnderstanderEnded

    def _ask(self, child: _Child, text: str, context: Context) -> Understanding:
        whole = False
        try:
            child.pipe.send((text, context))
            if not child.pipe.poll(self._patience):
                raise TimeoutError("understanding takes too long")
            found = child.pipe.recv()
            whole = True
        finally:
            if whole:
                self._idle.put(child)
            else:
                self._replace(child)
        if isinstance(found, Exception):
            raise found
        answer: Understanding = found
        return answer

    def _replace(self, child: _Child) -> None:
        with self._lock:
            self._ready -= not self._closed
            self._children.discard(child)
        child.end()
        if self._closed:
            return
        log.error("understander_ended")
        self._add()

    def _add(self) -> None:
        threading.Thread(target=self._begin, name="understander", daemon=True).start()

    def _begin(self) -> None:
        """Start one and wait until it is ready. One that cannot be started is missed: the others, or this process, read instead."""
        try:
            child = _Child(self._opens)
        except Exception as error:
            log.error("understander_failed", error=type(error).__name__)
            return
        with self._lock:
            if not self._closed:
                self._children.add(child)
        try:
            found = None if self._closed else child.pipe.recv()
        except (EOFError, OSError):
            found = None
        with self._lock:
            if found == READY and not self._closed:
                self._ready += 1
                self._idle.put(child)
                return
            self._children.discard(child)
        child.end()
        if not self._closed:
            log.error("understander_failed", error=str(found))

    def close(self) -> None:
        """End the processes; what they read at this moment is read again by whoever takes the row up."""
        with self._lock:
            self._closed, self._ready = True, 0
            children, self._children = self._children, set()
        for child in children:
            child.kill()


class _Child:
    """One process and the pipe to it."""

    def __init__(self, opens: Opens) -> None:
        # Not a fork: the locks that other threads hold at that moment would stay locked in it for ever.
        context = multiprocessing.get_context("spawn")
        self._lock = threading.Lock()
        self.pipe, theirs = context.Pipe()
        self._process = context.Process(target=_read, args=(theirs, opens), name="understander", daemon=True)
        self._process.start()
        theirs.close()

    def kill(self) -> None:
        """End it at once; it holds nothing that could be lost. Safe to call from any thread, and again."""
        with self._lock:
            self._process.kill()
            self._process.join()

    def end(self) -> None:
        """:meth:`kill`, and close the pipe: only for the thread that reads from it, under which it must not be closed."""
        self.kill()
        self.pipe.close()


def _read(pipe: Connection, opens: Opens) -> None:
    """What a process does: read what comes, until the service has gone."""
    # The service still has messages to read when it is asked to end, and the same signal goes to all its processes.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    with contextlib.suppress(EOFError, OSError):
        try:
            engine = opens()
        except Exception as error:
            pipe.send(type(error).__name__)
            return
        pipe.send(READY)
        while True:
            text, context = pipe.recv()
            pipe.send(_tried(engine, text, context))


def _tried(engine: Understands, text: str, context: Context) -> Any:
    try:
        return engine.understand(text, context)
    except Exception as error:
        # Its kind only: its words may be the resident's, and not every exception can be sent.
        return RuntimeError(type(error).__name__)
