"""What comes at the same time is done together, and each hears what its own came to."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence

import pytest

from bot.gather import Gather


def test_what_waits_is_done_together_and_each_hears_its_own() -> None:
    batches: list[int] = []
    held = threading.Event()

    def work(items: Sequence[int]) -> list[int | Exception]:
        batches.append(len(items))
        held.wait(10)
        return [ValueError("odd") if item % 2 else item * 10 for item in items]

    async def play() -> list[int | BaseException]:
        gather: Gather[int, int] = Gather(work)
        waiting = [asyncio.ensure_future(gather.add(item)) for item in range(8)]
        while len(batches) < 1:
            await asyncio.sleep(0)
        held.set()
        return await asyncio.gather(*waiting, return_exceptions=True)

    found = asyncio.run(play())
    assert [result if isinstance(result, int) else str(result) for result in found] == [0, "odd", 20, "odd", 40, "odd", 60, "odd"]
    assert sum(batches) == 8 and len(batches) < 8


def test_what_the_work_raises_holds_for_all_and_the_next_is_tried_again() -> None:
    refuses = [True]

    def work(items: Sequence[int]) -> list[int | Exception]:
        if refuses.pop():
            refuses.append(False)
            raise OSError("away")
        return list(items)

    async def play() -> None:
        gather: Gather[int, int] = Gather(work)
        with pytest.raises(OSError, match="away"):
            await gather.add(1)
        assert await gather.add(2) == 2

    asyncio.run(play())


def test_what_comes_just_as_the_work_ends_is_not_left_behind() -> None:
    async def at_once(work: Callable[[], list[int]]) -> list[int]:
        return work()

    async def play() -> list[int]:
        gather: Gather[int, int] = Gather(list, at_once)

        async def two(item: int) -> int:
            await gather.add(item)
            return await gather.add(item + 10)  # in the very round of the loop in which the lanes end

        async with asyncio.timeout(10):
            return list(await asyncio.gather(two(1), two(2)))

    assert asyncio.run(play()) == [11, 12]


def test_whoever_has_given_up_is_left_alone() -> None:
    held = threading.Event()

    def work(items: Sequence[int]) -> list[int | Exception]:
        held.wait(10)
        return list(items)

    async def play() -> None:
        gather: Gather[int, int] = Gather(work)
        given_up, stays = asyncio.ensure_future(gather.add(1)), asyncio.ensure_future(gather.add(2))
        await asyncio.sleep(0)
        given_up.cancel()
        held.set()
        assert await stays == 2
        with pytest.raises(asyncio.CancelledError):
            await given_up

    asyncio.run(play())
