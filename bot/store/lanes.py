"""Which lane is served next: the weighted share of each, however many messages the others have. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from bot.store.outbox import Lane

T = TypeVar("T")
LANES: tuple[Lane, ...] = ("emergency", "reply", "reminder", "broadcast")
"""Most urgent first."""


def cycle(weights: Mapping[Lane, int]) -> tuple[Lane, ...]:
    """The order in which the lanes have their turn: each as often as its weight says, spread evenly.

    Raises ValueError for a lane that would never have a turn.
    """
    if set(weights) != set(LANES) or min(weights.values()) < 1:
        raise ValueError("every lane needs a weight of at least 1")
    total, turns = sum(weights.values()), []
    credit = dict.fromkeys(LANES, 0)
    for _ in range(total):
        for lane in LANES:
            credit[lane] += weights[lane]
        chosen = max(LANES, key=lambda lane: credit[lane])
        credit[chosen] -= total
        turns.append(chosen)
    return tuple(turns)


def choose(
    turns: Sequence[Lane], turn: int, waiting: Mapping[Lane, Sequence[T]], count: int, fits: Callable[[T], bool]
) -> tuple[list[T], int]:
    """Up to ``count`` of what waits, from the turn numbered ``turn`` on, and the number of the turn that is next.

    A lane that has nothing leaves its turn to the most urgent one that has. ``fits`` is asked of each once, in the order chosen.
    """
    left = {lane: list(reversed(waiting.get(lane, ()))) for lane in LANES}
    chosen: list[T] = []
    while len(chosen) < count:
        lane = turns[turn % len(turns)]
        lane = lane if left[lane] else next((other for other in LANES if left[other]), lane)
        if not left[lane]:
            break
        one = left[lane].pop()
        if fits(one):
            chosen.append(one)
            turn += 1
    return chosen, turn
