"""What must hold when the dust has settled: what was acknowledged, stored, answered and received, held against each other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Row:
    """An inbox row."""

    id: int
    update: int
    chat: int
    status: str


@dataclass(frozen=True)
class Out:
    """An outbox row."""

    id: int
    inbox: int
    chat: int
    text: str
    status: str


@dataclass
class Evidence:
    """Everything that is known at the end. Lists are in the order of their ids, or of time."""

    said: list[tuple[int, int]] = field(default_factory=list)
    """Update and chat of all that residents wrote, in the order of writing."""
    confirmed: set[int] = field(default_factory=set)
    """The updates that were acknowledged to the Bot API."""
    inbox: list[Row] = field(default_factory=list)
    turns: list[tuple[int, int]] = field(default_factory=list)
    """Inbox row and chat of each resident's line in the conversations."""
    outbox: list[Out] = field(default_factory=list)
    received: list[tuple[int, str]] = field(default_factory=list)
    """Chat and text of all that the Bot API took."""


@dataclass
class Verdict:
    """What is wrong, in a line each, and the copies that are allowed."""

    lost: list[str] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    turns: list[str] = field(default_factory=list)
    duplicates: int = 0

    @property
    def wrong(self) -> list[str]:
        """All that may not be."""
        return [*self.lost, *self.order, *self.missing, *self.turns]


def check(found: Evidence, *, arrivals: bool = True) -> Verdict:
    """Hold the evidence against itself; without ``arrivals`` not the order in which the Bot API took the replies."""
    verdict = Verdict()
    ours = dict(found.said)
    rows = [row for row in found.inbox if row.update in ours]
    kept = {row.update for row in rows}
    verdict.lost += [f"update {update} was acknowledged and is not stored" for update in ours if update in found.confirmed - kept]
    verdict.lost += [f"update {update} was never taken" for update in ours if update not in found.confirmed | kept]
    verdict.lost += [f"update {row.update} is stored for another chat" for row in rows if row.chat != ours[row.update]]
    _turns(found, rows, verdict)
    _order(found, rows, verdict)
    _replies(found, rows, verdict)
    if arrivals:
        _arrivals(found, verdict)
    return verdict


def _turns(found: Evidence, rows: Sequence[Row], verdict: Verdict) -> None:
    taken = Counter(inbox for inbox, _ in found.turns)
    for row in rows:
        if row.status == "open":
            verdict.turns.append(f"update {row.update} is still open")
        elif taken[row.id] != 1:
            verdict.turns.append(f"update {row.update} has {taken[row.id]} turns")


def _order(found: Evidence, rows: Sequence[Row], verdict: Verdict) -> None:
    said = _by_chat((chat, update) for update, chat in found.said)
    stored = _by_chat((row.chat, row.update) for row in rows)
    update_of = {row.id: row.update for row in rows}
    handled = _by_chat((chat, update_of[inbox]) for inbox, chat in found.turns if inbox in update_of)
    for chat, updates in said.items():
        place = {update: number for number, update in enumerate(updates)}
        for what, seen in (("stored", stored[chat]), ("handled", handled[chat])):
            places = [place[update] for update in seen if update in place]
            if places != sorted(places):
                verdict.order.append(f"chat {chat} was {what} out of order")


def _replies(found: Evidence, rows: Sequence[Row], verdict: Verdict) -> None:
    answered = {out.inbox for out in found.outbox}
    verdict.missing += [f"update {row.update} has no reply" for row in rows if row.status != "open" and row.id not in answered]
    verdict.missing += [f"reply {out.id} is {out.status}" for out in found.outbox if out.status != "sent"]


def _arrivals(found: Evidence, verdict: Verdict) -> None:
    due = _by_chat((out.chat, out) for out in found.outbox)
    got = _by_chat(found.received)
    for chat, replies in due.items():
        _one_chat(chat, replies, got[chat], verdict)


def _one_chat(chat: int, due: Sequence[Out], got: Sequence[str], verdict: Verdict) -> None:
    """Each reply must come after the one before it. A copy may only follow at once: a chat's next reply waits for the one before.

    What is not settled may have arrived too; only what is must have.
    """
    next_up = 0
    for text in got:
        if next_up < len(due) and due[next_up].text == text:
            next_up += 1
        elif next_up and due[next_up - 1].text == text:
            verdict.duplicates += 1
        else:
            later = any(text == other.text for other in due[next_up:])
            verdict.order.append(f"chat {chat} received {'a reply too early' if later else 'a copy too late'} after reply {next_up}")
            break
    sent = [out for out in due if out.status == "sent"]
    counts, wanted = Counter(got), Counter(out.text for out in sent)
    short = sum((wanted - counts).values())
    if short:
        verdict.missing.append(f"chat {chat} never received {short} of its {len(sent)} replies")
    elif next_up < len(sent) and not any(line.startswith(f"chat {chat} received") for line in verdict.order):
        verdict.missing.append(f"chat {chat} received only the first {next_up} of its {len(sent)} replies in order")


def _by_chat(pairs: Iterable[tuple[int, T]]) -> defaultdict[int, list[T]]:
    found: defaultdict[int, list[T]] = defaultdict(list)
    for chat, value in pairs:
        found[chat].append(value)
    return found
