"""What all rows of the data have in common: frozen, strict, two languages, cells with several parts."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Lang = Literal["zh", "en"]
LevelName = Literal["national", "province", "city"]
FlagLevel = Literal["call_120", "same_day_hospital", "duty_line"]
Confidence = Literal["published", "known", "uncertain"]
Zone = Literal["sealed", "controlled", "prevention", "quarantine_site", "home_observation"]
Code = Literal["red", "yellow", "green", "travel_card"]
Test = Literal["none", "expired", "pending", "negative", "positive"]
Patient = Literal["newborn", "pregnant", "child", "elderly", "other", "self"]


def split_parts(value: object) -> object:
    """A cell of a CSV file: parts between bars; an empty cell has none."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split("|") if part.strip())
    return value


def blank_to_none(value: object) -> object:
    """An empty cell of a CSV file is nothing known."""
    return None if value == "" else value


Parts = Annotated[tuple[str, ...], BeforeValidator(split_parts)]
MaybeDate = Annotated[dt.date | None, BeforeValidator(blank_to_none)]


class Row(BaseModel):
    """A frozen row; a field that is not known is an error, so that slips of the pen are seen."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(Row):
    """The same thing said in the two languages."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def in_(self, lang: str) -> str:
        """The words in ``lang`` (``zh`` or ``en``)."""
        return self.zh if lang == "zh" else self.en
