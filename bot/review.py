"""Use cases: what was not understood is looked at, a topic or an answer is proposed, tried on what is known, approved, taken back."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.clock import Clock
from bot.clusters import Cluster, clusters
from bot.errors import HotlineError
from bot.overlay import Overlaid, Overlay, Proposal, Status
from bot.store import staff_audit, unmatched
from bot.store.connection import Connection
from bot.store.opened import Opened
from intents.knowledge import Example, Knowledge
from intents.understanding import Context

MOST = 2_000
"""Messages that are looked at."""
PHRASES, LONGEST_PHRASE, LONGEST_ANSWER = 20, 60, 1_000
SHOWN = 20
REFRESH_SECONDS = 2
"""How soon a process has what another approved."""


class ReviewRefused(HotlineError):
    """It cannot be done; ``why`` is its key below ``wrong.`` in ``data/desk``."""

    def __init__(self, text: str, why: str) -> None:
        super().__init__(text)
        self.why = why


@dataclass(frozen=True, slots=True)
class Report:
    """What a proposal would change. Messages of residents are counted, labelled sentences of ours are named."""

    reached: int = 0
    """Of the newest messages that were not understood, so many would be."""
    of: int = 0
    better: list[str] = field(default_factory=list)
    """Labelled sentences that would be understood rightly and are not now."""
    worse: list[str] = field(default_factory=list)
    danger: list[str] = field(default_factory=list)
    """Labelled emergencies among the phrases or what they reach: such a proposal cannot be approved."""
    right_before: int = 0
    right_after: int = 0
    rows: int = 0
    """Labelled sentences that the phrases reach at all; no other one can change."""


class Review:
    """``examples`` reads the labelled sentences; ``day`` is the date that the service runs at."""

    def __init__(
        self,
        store: Opened,
        clock: Clock,
        engine: Overlaid,
        knowledge: Knowledge,
        examples: Callable[[], Sequence[Example]],
        day: Callable[[], dt.date],
    ) -> None:
        self._store, self._clock, self._engine = store, clock, engine
        self._knowledge, self._examples, self._day = knowledge, examples, day

    def clusters(self) -> list[Cluster]:
        """What was not understood lately, most frequent first."""
        return clusters(text for _, text in self._store.read(lambda db: unmatched.recent(db, MOST)))

    def proposals(self) -> list[Proposal]:
        """The newest proposals, newest first."""
        return self._store.read(lambda db: unmatched.proposals(db, 100))

    def propose(self, by: str, topic: str, phrases: Sequence[str], answer_zh: str = "", answer_en: str = "") -> int:
        """Propose it, with what a replay shows; its number. Raises :class:`ReviewRefused`."""
        kept = tuple(dict.fromkeys(phrase.strip() for phrase in phrases if phrase.strip()))
        if topic not in self._knowledge.topics or topic in ("other", "out_of_scope", "care.emergency"):
            raise ReviewRefused("choose a topic", "choose")
        if not 1 <= len(kept) <= PHRASES or any(len(phrase) > LONGEST_PHRASE or len(phrase) < 2 for phrase in kept):
            raise ReviewRefused(f"write 1 to {PHRASES} phrases of 2 to {LONGEST_PHRASE} characters, a line each", "phrases")
        zh, en = answer_zh.strip(), answer_en.strip()
        if bool(zh) != bool(en) or max(len(zh), len(en)) > LONGEST_ANSWER:
            raise ReviewRefused("write the answer in both languages, or in none", "answers")
        made = Proposal(0, topic, kept, zh, en, by)
        now, report = self._clock.now(), json.dumps(_plain(self.replay(made)), ensure_ascii=False)

        def work(db: Connection) -> int:
            number = unmatched.add(db, made, now)
            unmatched.reported(db, number, report)
            staff_audit.record(db, by, "proposal.made", {"proposal": number, "topic": topic}, now)
            return number

        return self._store.write(work)

    def replay(self, made: Proposal) -> Report:
        """What would be understood otherwise: of the labelled sentences, and of the newest messages that were not understood."""
        now = self._engine.overlay
        after = Overlay((*(one for one in now.approved if one.id != made.id), made))
        context = Context(date=self._day())
        news = self._store.read(lambda db: unmatched.recent(db, MOST))
        reached = [text for _, text in news if (found := after.find(text)) is not None and found.phrases == made.phrases]
        rows = [row for row in self._examples() if (found := after.find(row.text)) is not None and found.phrases == made.phrases]
        danger = [phrase for phrase in made.phrases if self._engine.understand(phrase, context).action == "emergency"]
        better, worse, before_right, after_right = list[str](), list[str](), 0, 0
        for row in rows:
            was = self._engine.through(now, row.text, context)
            will = self._engine.through(after, row.text, context)
            good = {*row.topics, *row.ok_topics}
            before_right += was.main in good
            after_right += will.main in good
            if "emergency" in row.actions and will.action != "emergency":
                danger.append(row.text)
            elif was.main in good and will.main not in good:
                worse.append(row.text)
            elif was.main not in good and will.main in good:
                better.append(row.text)
        return Report(len(reached), len(news), better[:SHOWN], worse[:SHOWN], danger[:SHOWN], before_right, after_right, len(rows))

    def approve(self, number: int, by: str) -> None:
        """It holds in every process within seconds. Another person than who proposed it. Raises :class:`ReviewRefused`."""
        made = self._draft(number)
        if made.proposed_by == by:
            raise ReviewRefused("somebody else must approve it", "own")
        report = self.replay(made)
        if report.danger:
            raise ReviewRefused("it reaches emergencies", "danger")
        self._decide(number, "draft", "approved", by)

    def refuse(self, number: int, by: str) -> None:
        """It is not wanted. Raises :class:`ReviewRefused`."""
        self._draft(number)
        self._decide(number, "draft", "refused", by)

    def withdraw(self, number: int, by: str) -> None:
        """What was approved holds no more. Raises :class:`ReviewRefused`."""
        self._decide(number, "approved", "withdrawn", by)

    def refresh(self) -> None:
        """Have in this process what is approved now."""
        found = self._store.read(unmatched.approved)
        if found != self._engine.overlay.approved:
            self._engine.overlay = Overlay(found)

    def _draft(self, number: int) -> Proposal:
        made = self._store.read(lambda db: unmatched.proposal(db, number))
        if made is None or made.status != "draft":
            raise ReviewRefused("that proposal was decided already", "decided")
        return made

    def _decide(self, number: int, was: Status, status: Status, by: str) -> None:
        now = self._clock.now()

        def work(db: Connection) -> bool:
            if not unmatched.decide(db, number, was, status, by, now):
                return False
            staff_audit.record(db, by, f"proposal.{status}", {"proposal": number}, now)
            return True

        if not self._store.write(work):
            raise ReviewRefused("that proposal was decided already", "decided")
        self.refresh()


def _plain(report: Report) -> dict[str, object]:
    return {name: getattr(report, name) for name in Report.__slots__}
