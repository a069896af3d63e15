"""Ready sentences for answers of the staff (``data/desk/canned.yaml``)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from intents.load import Reader, data_folder
from intents.problems import BrokenData, Problem
from intents.rows import Words

FILE = "desk/canned.yaml"
OPEN = re.compile(r"\{[a-z_]+\}|_{3,}")
"""What must be replaced before an answer may be sent."""


class Canned(BaseModel):
    """One ready sentence."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: Annotated[str, Field(pattern=r"[a-z_]{2,30}")]
    title: Words
    text: Words


def read_canned(folder: Path | None = None) -> tuple[Canned, ...]:
    """The sentences in their order. Raises :class:`BrokenData`."""
    reader = Reader(folder or data_folder())
    value = reader.yaml(reader.folder / FILE)
    if reader.problems:
        raise BrokenData(reader.problems)
    try:
        return tuple(TypeAdapter(list[Canned]).validate_python(value))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise BrokenData([Problem(f"data/{FILE}", 1, f"{where}: {first['msg']}", "write id, title and text in both languages")]) from None


def filled(text: str, values: Mapping[str, str]) -> str:
    """A sentence with what is known filled in; a placeholder that nothing is known for stays."""
    for name, value in values.items():
        if value:
            text = text.replace("{" + name + "}", value)
    return text


def unfilled(text: str) -> bool:
    """Whether something must still be replaced."""
    return OPEN.search(text) is not None
