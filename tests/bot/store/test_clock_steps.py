"""The clock is set back and forth while messages come in, are answered and sent: nothing is lost, doubled or out of order."""

from __future__ import annotations

import random

import pytest

from bot.model import Reply
from bot.store import outbox
from bot.store.pacer import Pace
from tests.bot.store.conftest import Open
from tests.bot.store.play import after, answer, incoming

STEPS = (-86_400, -3_600, -31, -1, 0, 1, 31, 3_600, 86_400)
CHATS = ("1", "2", "3")


@pytest.mark.parametrize("seed", range(4))
def test_a_clock_that_steps_back_and_forth(opened: Open, seed: int) -> None:
    store, chance = opened(Pace(30, 1, 20)), random.Random(seed)
    at = 0.0
    said: dict[str, list[str]] = {chat: [] for chat in CHATS}
    heard: list[tuple[str, str]] = []
    once: list[int] = []

    def send(finish: float) -> None:
        """``finish`` is the chance that a sender lives to report."""
        for row in store.take("telegram", 3, after(at)):
            if row.lane == "broadcast":
                once.append(row.id)
            elif (row.address, row.text) not in heard:
                heard.append((row.address, row.text))
            if chance.random() < finish:
                store.delivered(row.id, row.attempt, after(at))

    for number in range(60):
        at += chance.choice(STEPS)
        chat = chance.choice(CHATS)
        store.accept(incoming(chat, f"u{number}"))
        said[chat].append(f"re: u{number}")
        if number % 10 == 0:
            # A key of its own: those of the replies are made of the inbox's numbers.
            words, moment = (Reply(f"to all {number}"),), after(at)
            store.write(
                lambda db, n=number, c=chat, w=words, m=moment: outbox.put(db, "telegram", f"telegram:{c}", 1000 + n, w, "broadcast", m)
            )  # type: ignore[misc]
        if chance.random() < 0.3:
            store.claim(f"telegram:{chance.choice(CHATS)}", after(at))  # and its process dies
        answer(store, f"telegram:{chance.choice(CHATS)}", after(at))
        send(finish=0.6)

    for _ in range(300):  # then it goes as it should, and all that waits comes to its end
        at += 31
        for address in store.open_addresses(after(at)):
            answer(store, address, after(at))
        send(finish=1.0)
    assert store.open_addresses() == [] and store.next_due("telegram", after(at)) is None
    for chat in CHATS:
        assert [text for address, text in heard if address == f"telegram:{chat}"] == said[chat]
    assert len(once) == len(set(once)) == 6
