"""Red flags: what a message shows of them, and what takes their force away.

A flag counts where one of its patterns holds (sign × patient × circumstance) and the sign is not negated (没有出血),
supposed (如果…怎么办), asked about in general, told of others (新闻里), or over (上周出过血，现在好了). What
cannot be decided by words alone is left to the learned score, which can only confirm or clear what words show.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from intents.knowledge import Cues, Flag
from intents.lexicon import Compiled
from intents.normalise import Text
from intents.numerals import figures
from intents.patterns import Pattern, Span
from intents.search import Search

_CLAUSE = re.compile(r"[，,。.！!？?；;\n]|(?:但是|可是|不过|然后|结果|现在|\bbut\b|\bhowever\b|\bnow\b|\bthen\b)")
_SENTENCE = re.compile(r"[。.！!？?；;\n]")
_NOW = re.compile(r"现在|今天|今早|今晚|刚才|刚刚|这会|从昨|昨晚|正在|又|\b(?:now|today|tonight|just|this morning|right now|since)\b")
"""After one of these the past and the supposed are left behind: 上周没去成，今天胸口闷."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A flag shown by a message: where, whether it alarms, and what weakens it."""

    flag: Flag
    alarms: bool
    span: Span
    doubts: frozenset[str]
    """Any of hypothesis, question, past, over, others; empty: the sign stands."""

    @property
    def stands(self) -> bool:
        """Whether nothing in the words weakens it."""
        return not self.doubts


class Triage:
    """Finds red flags. Pure: same text, same hits."""

    def __init__(self, compiled: Compiled, cues: Cues) -> None:
        self._compiled = compiled
        self._cues = {
            name: [re.compile(figures(line)) for line in getattr(cues, name)]
            for name in ("negation", "hypothesis", "question", "past", "over", "since", "others", "real")
        }

    def hits(self, text: Text, search: Search) -> list[Hit]:
        """Every flag that a pattern shows, alarming ones first, then by rank."""
        found: list[Hit] = []
        for entry in self._compiled.flags:
            if entry.ids.isdisjoint(search.possible):
                continue
            raised = self._first(entry.raising, text, search)
            base = None if raised else self._first(entry.base, text, search)
            span = raised or base
            if span is None:
                continue
            alarms = raised is not None or entry.flag.level == "call_120"
            found.append(Hit(entry.flag, alarms, span, self._doubts(text.plain, span, entry.flag)))
        return sorted(found, key=lambda hit: (not hit.alarms, not hit.stands, hit.flag.rank, hit.flag.id))

    def distress(self, search: Search) -> list[str]:
        """Ids of flags whose weak signs occur; alone they never alarm."""
        return [flag for flag, atom in self._compiled.distress.items() if search.atom(atom)]

    def _first(self, patterns: tuple[Pattern, ...], text: Text, search: Search) -> Span | None:
        for pattern in patterns:
            found = search.pattern(pattern)
            context = [atom for atom in pattern.atoms if atom.anywhere and not atom.negative] if found else []
            if any(all(self._negated(text.plain, span) for span in search.atom(atom)) for atom in context):
                continue  # 化疗 is no sign with a fever that is denied wherever it is spoken of
            for parts in found:
                if not any(self._negated(text.plain, part) for part in parts):
                    return parts[0][0], max(end for _, end in parts)
        return None

    def _negated(self, plain: str, span: Span) -> bool:
        starts = [span[0]]
        if span[1] - span[0] == 1 and span[0]:
            starts.append(span[0] - 1)  # 烧 of 不发烧: the word is longer than the sign
        for start in starts:
            clause = _CLAUSE.split(plain[max(0, start - 24) : start])[-1]
            if any(cue.search(clause) for cue in self._cues["negation"]):
                return True
        return False

    def _doubts(self, plain: str, span: Span, flag: Flag) -> frozenset[str]:
        start = max((m.end() for m in _SENTENCE.finditer(plain, 0, span[0])), default=0)
        end = next((m.start() for m in _SENTENCE.finditer(plain, span[1])), len(plain))
        before = plain[start : span[0] + 2]
        before = before[max((m.end() for m in _NOW.finditer(before)), default=0) :]
        sentence = plain[start:end]
        doubts = set()
        if any(cue.search(before) for cue in self._cues["hypothesis"]):
            doubts.add("hypothesis")
        if any(cue.search(sentence) for cue in self._cues["question"]):
            doubts.add("question")
        if any(cue.search(plain) for cue in self._cues["others"]):
            doubts.add("others")
        after = plain[span[1] :]
        if any(cue.search(before) for cue in self._cues["past"]) or any(cue.search(after) for cue in self._cues["since"]):
            doubts.add("past")
        if flag.over_clears and any(cue.search(plain, span[1]) for cue in self._cues["over"]):
            doubts.add("over")
        if any(cue.search(plain) for cue in self._cues["real"]):
            doubts -= {"hypothesis", "question", "others"}
        return frozenset(doubts)
