"""How quickly the staff mean to act (``data/desk/targets.yaml``): leases and clocks by priority, in minutes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from intents.load import Reader, data_folder
from intents.problems import BrokenData

FILE = "desk/targets.yaml"
Minutes = Annotated[int, Field(ge=1, le=14 * 24 * 60)]


class Target(BaseModel):
    """What holds for one priority; minutes."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    lease: Annotated[int, Field(ge=1, le=240)]
    """So long a case stays with whoever took it without a sign of life."""
    acknowledge: Minutes
    first_answer: Minutes
    next_answer: Minutes
    solve: Minutes


class Targets(BaseModel):
    """What holds for each priority."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    P0: Target
    P1: Target
    P2: Target
    P3: Target

    def of(self, priority: str) -> Target:
        """The targets of ``P0`` to ``P3``."""
        found: Target = getattr(self, priority)
        return found

    def leases(self) -> dict[str, dt.timedelta]:
        """The length of a lease by priority."""
        return {name: dt.timedelta(minutes=self.of(name).lease) for name in type(self).model_fields}


class Alarms(BaseModel):
    """How a danger to life rings that nobody has taken (``data/desk/alarms.yaml``); minutes."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    every: Annotated[int, Field(ge=1, le=60)]
    """It rings again after so long, and again."""
    supervisors: Annotated[int, Field(ge=1, le=240)]
    """After so long the supervisors are told too."""


def read_alarms(folder: Path | None = None) -> Alarms:
    """Read the file. Raises :class:`BrokenData`."""
    reader = Reader(folder or data_folder())
    found = reader.model(reader.folder / "desk/alarms.yaml", Alarms)
    if found is None:
        raise BrokenData(reader.problems)
    return found


def read_targets(folder: Path | None = None) -> Targets:
    """Read the file. Raises :class:`BrokenData`."""
    reader = Reader(folder or data_folder())
    found = reader.model(reader.folder / FILE, Targets)
    if found is None:
        raise BrokenData(reader.problems)
    return found


def wrong_targets(targets: Targets) -> Iterator[tuple[str, str, str, str]]:
    """What form alone does not show: file, what stands on the line, what is wrong, how to mend it."""
    names = list(Targets.model_fields)
    for name in names:
        one = targets.of(name)
        if not one.acknowledge <= one.first_answer <= one.solve:
            yield FILE, f"{name}:", f"{name} is to be answered before it is taken, or solved before it is answered", "let them rise"
    for urgent, calm in pairwise(names):
        for field in Target.model_fields:
            if getattr(targets.of(urgent), field) > getattr(targets.of(calm), field):
                yield FILE, f"{urgent}:", f"{field} of {urgent} is longer than of {calm}", "give the more urgent one no more time"
