"""What the staff approved beside the data: messages like some phrases are about a topic, and may have an answer of their own. Pure.

It is asked only where the engine itself was at a loss, and never where it saw a red flag: an approved phrase cannot hide a danger, and
cannot change what is understood already.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz, process

from bot.ports import Understands
from intents.knowledge import Knowledge
from intents.understanding import Context, Understanding

Status = Literal["draft", "approved", "refused", "withdrawn"]
LIKE = 88.0
"""Likeness (0 to 100) from which a message counts as one of the phrases."""
_LOST = frozenset({"clarify", "handoff", "decline"})
_NOTHING = frozenset({"other", "out_of_scope", "service.human", "smalltalk"})
_PLAIN = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Proposal:
    """Messages like these phrases are about this topic; with an answer in both languages where the topic's own is not the right one."""

    id: int
    topic: str
    phrases: tuple[str, ...]
    answer_zh: str = ""
    answer_en: str = ""
    proposed_by: str = ""
    proposed_at: dt.datetime | None = None
    status: Status = "draft"
    decided_by: str = ""
    report: str = ""
    """What a replay showed, as JSON; empty: there was none yet."""


class Overlay:
    """The approved proposals, ready to be asked. Nothing of it changes."""

    def __init__(self, approved: Sequence[Proposal] = ()) -> None:
        self.approved = tuple(approved)
        self._phrases = [plain(phrase) for one in approved for phrase in one.phrases]
        self._owners = [one for one in approved for _ in one.phrases]

    def find(self, text: str) -> Proposal | None:
        """The proposal whose phrase a whole message is, or nearly is."""
        if not self._phrases:
            return None
        bare = plain(text)
        found = process.extractOne(bare, self._phrases, scorer=fuzz.ratio, score_cutoff=LIKE) if bare else None
        return self._owners[found[2]] if found else None


class Overlaid:
    """An engine with an overlay that can be exchanged while it runs."""

    def __init__(self, engine: Understands, knowledge: Knowledge) -> None:
        self._engine, self._knowledge = engine, knowledge
        self.overlay = Overlay()

    def understand(self, text: str, context: Context) -> Understanding:
        """What is understood of a message."""
        return self.through(self.overlay, text, context)

    def through(self, overlay: Overlay, text: str, context: Context) -> Understanding:
        """The same with another overlay, as for a replay."""
        got = self._engine.understand(text, context)
        if not is_lost(got) or (found := overlay.find(text)) is None or found.topic not in self._knowledge.topics:
            return got
        return self._about(found, got, context)

    def _about(self, found: Proposal, got: Understanding, context: Context) -> Understanding:
        """What the topic's own name would be understood as, with the place that the message names."""
        slots = got.slots
        city, district = str(slots.get("city", "")) or context.city, str(slots.get("district", "")) or context.district
        asked = dataclasses.replace(context, offered=(found.topic,), city=city, district=district)
        told = self._engine.understand(self._knowledge.topics[found.topic].name.in_(got.lang), asked)
        if told.action == "emergency" or told.alarms:
            return got
        own = found.answer_en if got.lang == "en" else found.answer_zh
        return dataclasses.replace(told, lang=got.lang, traditional=got.traditional, context=context, own=own)


def is_lost(got: Understanding) -> bool:
    """Whether the engine was at a loss, and saw nothing that counts more."""
    return got.action in _LOST and not got.flags and not got.alarms and (got.action != "handoff" or got.main in _NOTHING)


def plain(text: str) -> str:
    """A message without what does not matter for its likeness: width, case, marks."""
    return _PLAIN.sub("", unicodedata.normalize("NFKC", text[:400]).casefold())
