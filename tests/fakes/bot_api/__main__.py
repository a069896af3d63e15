"""The fake Bot API as a program: ``python -m tests.fakes.bot_api --port 9000 --rules faults.yaml --limits``."""

from __future__ import annotations

import argparse
import asyncio
import random
import signal
from pathlib import Path

import yaml

from tests.fakes.bot_api.faults import rules_of
from tests.fakes.bot_api.limits import Limits
from tests.fakes.bot_api.server import BotApi
from tests.fakes.bot_api.state import TOKEN, State


def main() -> None:
    """Serve until SIGINT or SIGTERM. The first line on standard output is the address."""
    parser = argparse.ArgumentParser(prog="python -m tests.fakes.bot_api", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--token", default=TOKEN, help="the only token that is let in")
    parser.add_argument("--rules", type=Path, help="a script of faults, YAML or JSON: a list of {method, fault, times, skip, chance, chat}")
    parser.add_argument("--limits", action="store_true", help="enforce 30 a second in bulk, 1 a second to a chat, 20 a minute to a group")
    parser.add_argument("--seed", type=int, default=1, help="of the faults that come by chance")
    parser.add_argument("--record", type=Path, help="append every call and message to this file as JSON lines")
    given = parser.parse_args()
    state = State(token=given.token, dice=random.Random(given.seed))
    if given.rules:
        state.rules = rules_of(yaml.safe_load(given.rules.read_text(encoding="utf-8")) or [])
    if given.limits:
        state.limits = Limits(30, 1, 20)
    if given.record:
        state.record = given.record.open("a", encoding="utf-8")
    asyncio.run(_serve(BotApi(state), given.port))


async def _serve(api: BotApi, port: int) -> None:
    end = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, end.set)
    await api.listen(port, lambda: print(api.url, flush=True), end)


if __name__ == "__main__":
    main()
