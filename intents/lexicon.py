"""The lexicon, compiled: sounds, normaliser, concepts, and patterns for flags, slots and topics."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from intents.knowledge import Flag, Knowledge
from intents.normalise import Normaliser
from intents.patterns import Atom, Pattern, compile_atom, compile_pattern
from intents.search import Index
from intents.sounds import SoundTable
from intents.spelling import Speller


@dataclass(frozen=True)
class FlagPatterns:
    """A flag with its patterns compiled: those of its own level and those that raise it."""

    flag: Flag
    base: tuple[Pattern, ...]
    raising: tuple[Pattern, ...]

    @cached_property
    def ids(self) -> frozenset[int]:
        """``id`` of each pattern: what a search knows them by."""
        return frozenset(map(id, (*self.base, *self.raising)))


@dataclass(frozen=True)
class Compiled:
    """All patterns of the knowledge, ready to search."""

    sounds: SoundTable
    normalise: Normaliser
    concepts: dict[str, Atom]
    flags: tuple[FlagPatterns, ...]
    distress: dict[str, Atom]
    slots: dict[str, tuple[tuple[str, tuple[Pattern, ...]], ...]]
    cues: dict[str, tuple[Pattern, ...]]
    marks: dict[str, tuple[Atom, ...]]
    index: Index


def concept_atoms(knowledge: Knowledge, sounds: SoundTable) -> dict[str, Atom]:
    """Concepts by name; a concept may use those above it. Raises ValueError with the concept's name."""
    atoms: dict[str, Atom] = {}
    for name, lines in knowledge.lexicon.concepts.items():
        parts = []
        for line in lines:
            try:
                parts.append(compile_atom(line, atoms, sounds.encode))
            except ValueError as error:
                raise ValueError(f"concept {name}: {error}") from error
        atoms[name] = Atom(tuple(a for part in parts for a in part.alternatives), anywhere=True)
    return atoms


def compile_knowledge(knowledge: Knowledge, sounds: SoundTable, words: frozenset[str] = frozenset()) -> Compiled:
    """Compile every pattern. Raises ValueError naming the first that is broken (``hotline check`` lists all)."""
    concepts = concept_atoms(knowledge, sounds)
    shared: dict[str, Atom] = {}

    def patterns(lines: tuple[str, ...]) -> tuple[Pattern, ...]:
        return tuple(compile_pattern(line, concepts, sounds.encode, shared) for line in lines)

    values = knowledge.slot_words
    slots = {
        name: tuple((str(value), patterns(tuple(lines))) for value, lines in getattr(values, name).items())
        for name in ("zone", "code", "test", "patient")
    }
    flags = tuple(FlagPatterns(flag, patterns(flag.patterns), patterns(flag.raising)) for group in knowledge.groups for flag in group.flags)
    distress = {
        flag: Atom(tuple(a for line in lines for a in compile_atom(line, concepts, sounds.encode).alternatives))
        for flag, lines in knowledge.cues.distress.items()
    }
    marks = {name: tuple(compile_atom(line, concepts, sounds.encode) for line in lines) for name, lines in knowledge.follow.marks.items()}
    cues = {topic.id: patterns(topic.cues) for topic in knowledge.topics.values() if topic.cues}
    every = [pattern for flag in flags for pattern in (*flag.base, *flag.raising)]
    every += [pattern for values in slots.values() for _, group in values for pattern in group]
    every += [pattern for group in cues.values() for pattern in group]
    atoms = (*concepts.values(), *distress.values(), *(atom for group in marks.values() for atom in group))
    return Compiled(
        sounds=sounds,
        normalise=Normaliser(
            sounds,
            knowledge.lexicon.replacements,
            knowledge.lexicon.terms,
            knowledge.lexicon.protected,
            Speller(words),
        ),
        concepts=concepts,
        flags=flags,
        distress=distress,
        slots=slots,
        marks=marks,
        cues=cues,
        index=Index(every, atoms),
    )
