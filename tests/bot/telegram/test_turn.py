"""Of several processes on one database one polls, and another where that one is gone; the database is a real one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from bot.backoff import Backoff
from bot.clock import FrozenClock, SystemClock
from bot.store.store import Store
from bot.telegram.client import connect
from bot.telegram.keeper import Keeper
from bot.telegram.polling import Polling
from bot.telegram.turn import Turn
from tests.fakes.bot_api import TOKEN, BotApi
from tests.fakes.desk import FakeDesk
from tests.fakes.engine import NOON

SECONDS = 20


class Process:
    """What polls in one process; all share the desk, as all share the inbox."""

    def __init__(self, api: BotApi, desk: FakeDesk, path: Path, *, alone: bool = False) -> None:
        clock = SystemClock()
        self.store = Store(str(path), clock)
        self.turn = Turn(None if alone else partial(self.store.poll, "telegram"), clock, lease=1.0, renewed=0.1)
        self._client = connect(TOKEN, api.url)
        backoff = Backoff(first=0.02, most=0.1)
        self._polling = Polling(self._client, Keeper(desk, clock, 123456), lambda _: None, backoff, 1, self.turn)
        self.stop = asyncio.Event()
        self.task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._polling.run(self.stop))
                group.create_task(self.turn.run(self.stop))
        finally:
            await self._client.close_connections()

    async def kill(self) -> None:
        """It gives nothing back."""
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        self.store.close()

    async def end(self) -> None:
        """It ends as it should."""
        self.stop.set()
        await asyncio.wait_for(self.task, SECONDS)
        self.store.close()


async def until(done: Callable[[], object]) -> None:
    async with asyncio.timeout(SECONDS):
        while not done():
            await asyncio.sleep(0.01)


def conflicts(api: BotApi) -> int:
    return sum(call.status == 409 for call in api.state.calls)


@pytest.mark.parametrize("killed", [True, False])
def test_another_process_polls_where_the_first_is_gone(api: BotApi, tmp_path: Path, killed: bool) -> None:
    desk = FakeDesk()

    async def main() -> None:
        processes = [Process(api, desk, tmp_path / "hotline.db") for _ in range(3)]
        await until(lambda: any(process.turn.mine.is_set() for process in processes))
        said = [api.says("一"), api.says("二", chat=8)]
        await until(lambda: len(desk.inbox) == 2)
        (first,) = [process for process in processes if process.turn.mine.is_set()]
        assert conflicts(api) == 0
        await (first.kill() if killed else first.end())
        said += [api.says("三"), api.says("四", chat=8)]
        await until(lambda: len(desk.inbox) == 4)
        others = [process for process in processes if process is not first]
        assert sum(process.turn.mine.is_set() for process in others) == 1
        assert [incoming.update for incoming in desk.inbox] == [f"123456:{number}" for number in said]
        for process in others:
            await process.end()

    asyncio.run(main())


def test_who_works_alone_never_waits_for_a_turn(api: BotApi, tmp_path: Path) -> None:
    desk = FakeDesk()

    async def main() -> None:
        process = Process(api, desk, tmp_path / "hotline.db", alone=True)
        assert process.turn.mine.is_set()
        api.says("一")
        await until(lambda: desk.inbox)
        await process.end()

    asyncio.run(main())


def test_without_a_database_nobody_polls(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "hotline.db"))
    store.close()

    async def main() -> None:
        turn, stop = Turn(partial(store.poll, "telegram"), FrozenClock(NOON), renewed=0.01), asyncio.Event()
        task = asyncio.create_task(turn.run(stop))
        await asyncio.sleep(0)
        stop.set()
        await asyncio.wait_for(task, SECONDS)
        assert turn.lost.is_set() and not turn.mine.is_set()

    asyncio.run(main())
