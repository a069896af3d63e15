"""Small steps that the tests of the store share."""

from __future__ import annotations

import datetime as dt
import itertools
import time

from bot.errors import Overtaken
from bot.model import Incoming, Reply, Turn
from bot.state import State
from bot.store import outbox
from bot.store.outbox import Lane, OutRow
from bot.store.store import Store
from tests.fakes.engine import NOON

_numbers = itertools.count(1)


def after(seconds: float) -> dt.datetime:
    """So many seconds after noon."""
    return NOON + dt.timedelta(seconds=seconds)


def incoming(chat: str = "7", update: str = "", text: str = "没饭") -> Incoming:
    return Incoming("telegram", chat, update or str(next(_numbers)), text, NOON)


def put(store: Store, *chats: str, lane: Lane = "reply", at: dt.datetime = NOON) -> None:
    """One message in the outbox for each chat named, in this order."""
    for chat in chats:
        number = next(_numbers)
        store.write(
            lambda db, chat=chat, number=number: outbox.put(  # type: ignore[misc]
                db, "telegram", f"telegram:{chat}", number, (Reply(f"{lane} {number}"),), lane, at
            )
        )


def chats(rows: list[OutRow]) -> list[str]:
    """The chats of taken messages."""
    return [row.address.removeprefix("telegram:") for row in rows]


def answer(store: Store, address: str, now: dt.datetime = NOON, work: float = 0.0) -> int | None:
    """Claim the oldest row of a chat, work on it for so many seconds and finish it with one reply.

    Its id; None where there is none to be had, or somebody else was quicker.
    """
    row = store.claim(address, now)
    if row is None:
        return None
    time.sleep(work)
    try:
        store.finish(row, Turn((Reply(f"re: {row.incoming.update}"),), State()), row.version, now)
    except Overtaken:
        return None
    return row.id
