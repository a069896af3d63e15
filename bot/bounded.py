"""Waiting no longer than a resident can."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


def within(seconds: float, work: Callable[[], T]) -> T:
    """The result of ``work``, run in a thread of its own. Raises what it raises, or TimeoutError.

    Work that takes too long is left to end by itself; its thread does not keep the process alive.
    """
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # handed to whoever waits
            future.set_exception(error)

    threading.Thread(target=run, name="understand", daemon=True).start()
    return future.result(timeout=seconds)
