"""What holds for the staff's broadcasts (``data/desk/broadcasts.yaml``): kinds, limits, quiet hours."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Annotated

from pydantic import Field

from intents.load import Reader, data_folder
from intents.problems import BrokenData
from intents.rows import Row

FILE = "desk/broadcasts.yaml"
EMERGENCY = "emergency"
"""The kind that no quiet hours and no cap hold back, and that is left by its own name only."""
Hour = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class CastKind(Row):
    """A kind of broadcast that residents can leave. ``wants``: whether it reaches those who have said nothing about it."""

    id: Annotated[str, Field(pattern=r"^[a-z]{2,20}$")]
    wants: bool


class Quiet(Row):
    """Hours of the city's day."""

    from_: Hour = Field(alias="from")
    until: Hour


class CastRules(Row):
    """The limits."""

    approve_above: Annotated[int, Field(ge=0, le=1_000_000)]
    """People; more need a second person's approval."""
    quiet: Quiet
    cap: Annotated[int, Field(ge=1, le=100)]
    """Broadcasts to one person within 24 hours, emergency notices left out."""
    expires_hours: Annotated[int, Field(ge=1, le=240)]
    kinds: tuple[CastKind, ...] = Field(min_length=1)

    def kind(self, id: str) -> CastKind | None:
        """A kind by its id."""
        return next((kind for kind in self.kinds if kind.id == id), None)


def read_cast_rules(folder: Path | None = None) -> CastRules:
    """Read the file. Raises :class:`BrokenData`."""
    reader = Reader(folder or data_folder())
    found = reader.model(reader.folder / FILE, CastRules)
    if found is None:
        raise BrokenData(reader.problems)
    return found


def wrong_cast_rules(rules: CastRules, replies: Collection[str]) -> Iterator[tuple[str, str, str, str]]:
    """What form alone does not show, with the keys of the replies: file, what stands on the line, what is wrong, how to mend it."""
    ids = [kind.id for kind in rules.kinds]
    if EMERGENCY not in ids:
        yield FILE, "kinds:", "there is no kind for emergencies", f"keep a kind with the id {EMERGENCY}"
    if len(set(ids)) != len(ids):
        yield FILE, "kinds:", "two kinds have one id", "give each its own"
    for kind in ids:
        if f"cast.kind.{kind}" not in replies:
            yield FILE, f"id: {kind}", f"residents are not told what {kind} is", f"write cast.kind.{kind} in data/replies"
    if rules.quiet.from_ == rules.quiet.until:
        yield FILE, "quiet:", "the quiet hours begin where they end", "leave an hour at least between them"
