"""Waiting no longer than a resident can."""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")
_Job = tuple[Future[Any], Callable[[], Any]]


class _Hand(threading.Thread):
    """A thread that does one job after the other and says when it is free."""

    def __init__(self) -> None:
        # A daemon: work that never ends does not keep the process alive.
        super().__init__(name="understand", daemon=True)
        self.jobs: queue.SimpleQueue[_Job] = queue.SimpleQueue()
        self.start()

    def run(self) -> None:
        while True:
            future, work = self.jobs.get()
            try:
                future.set_result(work())
            except BaseException as error:  # handed to whoever waits
                future.set_exception(error)
            del future, work  # nobody's words stay here until the next job
            _free.append(self)


_free: deque[_Hand] = deque()


def within(seconds: float, work: Callable[[], T]) -> T:
    """The result of ``work``, run in another thread. Raises what it raises, or TimeoutError.

    Work that takes too long is left to end by itself; meanwhile others do what comes.
    """
    future: Future[T] = Future()
    try:
        hand = _free.pop()
    except IndexError:
        hand = _Hand()
    hand.jobs.put((future, work))
    return future.result(timeout=seconds)
