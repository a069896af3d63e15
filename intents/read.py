"""Reading one message: text, signs, slots and features, before anything is decided."""

from __future__ import annotations

from dataclasses import dataclass, replace

from intents.features import grams
from intents.knowledge import Knowledge
from intents.lexicon import Compiled
from intents.normalise import Text
from intents.search import Search
from intents.slots import SlotFiller
from intents.triage import Hit, Triage

LONGEST_MARK = 60
"""Longer messages speak for themselves and carry no mark."""
LONG = 2000
"""A longer text is searched for red flags in pieces of this size, for the rest in its beginning and its end: linear in its length."""
OVERLAP = 200
CONCEPT, FLAG, SLOT, CUE, SHAPE = 0.25, 0.3, 0.3, 0.25, 0.25


@dataclass(frozen=True)
class Reading:
    """A message with everything its words show."""

    text: Text
    hits: tuple[Hit, ...]
    distress: tuple[str, ...]
    concepts: frozenset[str]
    slots: dict[str, str | bool]
    signs: dict[str, float]
    marks: frozenset[str]
    """What the message does to the conversation before it, by its words (``lexicon/follow.yaml``)."""

    @property
    def document(self) -> list[str]:
        """N-grams for the matcher."""
        return grams(self.text.plain, self.text.sounds)


class Reader:
    """Reads messages with one compiled knowledge."""

    def __init__(self, knowledge: Knowledge, compiled: Compiled) -> None:
        self._compiled = compiled
        self._triage = Triage(compiled, knowledge.cues)
        self._slots = SlotFiller(knowledge, compiled)

    def __call__(self, raw: str, city: str = "") -> Reading:
        """Read one message; ``city`` is what is known before."""
        text = self._compiled.normalise(raw)
        search = self._search(text)
        hits = self._hits(text, search)
        distress = self._triage.distress(search)
        slots = self._slots.fill(text, search, city)
        concepts = frozenset(name for name, atom in self._compiled.concepts.items() if search.atom(atom))
        signs = {f"c:{name}": CONCEPT for name in concepts}
        for hit in hits:
            signs[f"f:{hit.flag.id}"] = FLAG
            signs["f:alarm" if hit.alarms and hit.stands else "f:doubt" if hit.alarms else "f:lower"] = 2 * FLAG
            signs |= {f"d:{doubt}": FLAG for doubt in hit.doubts}
        for name, value in slots.items():
            signs[f"s:{name}" if name in {"city", "district"} else f"s:{name}={value}"] = SLOT
        signs |= {f"w:{flag}": CUE / 2 for flag in distress}
        for topic, patterns in self._compiled.cues.items():
            for number, pattern in enumerate(patterns):
                if search.pattern(pattern):
                    signs[f"q:{topic}"] = signs[f"q:{topic}:{number}"] = CUE
        size = len(text.plain)
        signs[f"length:{sum(size >= edge for edge in (6, 15, 40))}"] = SHAPE
        signs[f"lang:{text.lang}"] = SHAPE / 2
        brief = size <= LONGEST_MARK
        marks = frozenset(name for name, atoms in self._compiled.marks.items() if brief and search.any(atoms))
        return Reading(text, tuple(hits), tuple(distress), concepts, slots, signs, marks)

    def _hits(self, text: Text, search: Search) -> list[Hit]:
        if len(text.plain) <= LONG:
            return self._triage.hits(text, search)
        found: dict[str, Hit] = {}
        for piece in _pieces(text):
            for hit in self._triage.hits(piece, Search(piece.plain, piece.sounds, self._compiled.index)):
                known = found.get(hit.flag.id)
                if known is None or (hit.alarms, hit.stands) > (known.alarms, known.stands):
                    found[hit.flag.id] = hit
        return sorted(found.values(), key=lambda hit: (not hit.alarms, not hit.stands, hit.flag.rank, hit.flag.id))

    def _search(self, text: Text) -> Search:
        if len(text.plain) <= LONG:
            return Search(text.plain, text.sounds, self._compiled.index)
        half = LONG // 2
        plain, sounds = (f"{whole[:half]}\n{whole[-half:]}" for whole in (text.plain, text.sounds))
        return Search(plain, sounds, self._compiled.index)


def _pieces(text: Text) -> list[Text]:
    """The text in pieces that overlap; a piece that repeats is read once."""
    starts = range(0, len(text.plain), LONG - OVERLAP)
    cut = {text.plain[at : at + LONG]: text.sounds[at : at + LONG] for at in starts}
    return [replace(text, plain=plain, sounds=sounds) for plain, sounds in cut.items()]
