"""The checker finds what it is there to find."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable

import pytest

from tests.crash.checker import Evidence, Out, Row, check

CHATS, EACH = (1, 2), 4


def all_well() -> Evidence:
    """Two chats take turns; every message has one reply."""
    found = Evidence()
    for number in range(CHATS[-1] * EACH):
        update, chat, row = 100 + number, CHATS[number % 2], 1 + number
        found.said.append((update, chat))
        found.confirmed.add(update)
        found.inbox.append(Row(row, update, chat, "done"))
        found.turns.append((row, chat))
        found.outbox.append(Out(row, row, chat, f"reply {number % 4}", "sent"))
        found.received.append((chat, f"reply {number % 4}"))
    return found


def test_nothing_is_found_where_all_is_well() -> None:
    assert check(all_well()).wrong == []


def test_a_copy_right_after_its_reply_is_counted_and_allowed() -> None:
    found = all_well()
    found.received.insert(1, found.received[0])
    verdict = check(found)
    assert (verdict.wrong, verdict.duplicates) == ([], 1)


def swap(items: list[object], one: int, other: int) -> None:
    items[one], items[other] = items[other], items[one]


def lose_a_row(found: Evidence) -> None:
    del found.inbox[2]


def never_take_an_update(found: Evidence) -> None:
    found.confirmed.discard(103)
    del found.inbox[3]


def another_chat(found: Evidence) -> None:
    found.inbox[0] = dataclasses.replace(found.inbox[0], chat=2)


def store_out_of_order(found: Evidence) -> None:
    swap(found.inbox, 0, 2)  # type: ignore[arg-type]


def handle_out_of_order(found: Evidence) -> None:
    swap(found.turns, 1, 3)  # type: ignore[arg-type]


def receive_out_of_order(found: Evidence) -> None:
    swap(found.received, 0, 2)  # type: ignore[arg-type]


def receive_a_copy_too_late(found: Evidence) -> None:
    found.received.append(found.received[0])


def lose_a_reply(found: Evidence) -> None:
    del found.received[-1]


def lose_a_reply_in_the_middle(found: Evidence) -> None:
    del found.received[2]


def leave_a_reply(found: Evidence) -> None:
    found.outbox[5] = dataclasses.replace(found.outbox[5], status="sending")


def write_no_reply(found: Evidence) -> None:
    del found.outbox[4], found.received[4]


def leave_a_row_open(found: Evidence) -> None:
    found.inbox[4] = dataclasses.replace(found.inbox[4], status="open")


def answer_twice(found: Evidence) -> None:
    found.turns.insert(0, found.turns[0])


@pytest.mark.parametrize(
    ("spoil", "where"),
    [
        (lose_a_row, "lost"),
        (never_take_an_update, "lost"),
        (another_chat, "lost"),
        (store_out_of_order, "order"),
        (handle_out_of_order, "order"),
        (receive_out_of_order, "order"),
        (receive_a_copy_too_late, "order"),
        (lose_a_reply, "missing"),
        (lose_a_reply_in_the_middle, "missing"),
        (leave_a_reply, "missing"),
        (write_no_reply, "missing"),
        (leave_a_row_open, "turns"),
        (answer_twice, "turns"),
    ],
)
def test_what_went_wrong_is_found(spoil: Callable[[Evidence], None], where: str) -> None:
    found = copy.deepcopy(all_well())
    spoil(found)
    assert getattr(check(found), where)
