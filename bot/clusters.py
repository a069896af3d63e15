"""Like messages put together, most frequent first. Pure: the same messages give the same clusters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from bot.overlay import plain

LIKE = 66.0
"""Likeness (0 to 100) of a message to the middle of a cluster that it joins."""
SHOWN = 6


@dataclass(frozen=True, slots=True)
class Cluster:
    """Messages that may mean the same."""

    many: int
    label: str
    """The one that is most like the others."""
    samples: tuple[str, ...]
    """Some of them, each once."""


def clusters(texts: Iterable[str]) -> list[Cluster]:
    """The clusters of some messages, the largest first. A message joins the one that it is most like, or begins a new one."""
    middles: list[str] = []
    members: list[list[str]] = []
    for text in texts:
        bare = plain(text)
        if not bare:
            continue
        found = process.extractOne(bare, middles, scorer=fuzz.token_set_ratio, score_cutoff=LIKE) if len(bare) > 1 else None
        near = found if found is not None and fuzz.ratio(bare, middles[found[2]]) >= LIKE / 1.5 else None
        if near is None:
            middles.append(bare)
            members.append([text])
        else:
            members[near[2]].append(text)
    found_all = [Cluster(len(group), _middle(group), tuple(dict.fromkeys(group))[:SHOWN]) for group in members]
    return sorted(found_all, key=lambda one: (-one.many, one.label))


def _middle(group: list[str]) -> str:
    some = list(dict.fromkeys(group))[:30]
    return max(some, key=lambda one: (sum(fuzz.ratio(plain(one), plain(other)) for other in some), -len(one), one))
