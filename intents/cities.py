"""A city as data: its districts, the names people use for places, its hospitals and its lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from intents.rows import Confidence, MaybeDate, Parts, Row, Words, blank_to_none


class District(Row):
    """A district or development zone."""

    id: str
    name: Words
    kind: Literal["district", "development_zone"] = "district"
    note: str = ""


class CityFile(Row):
    """``city.yaml``: the city's name, its words in messages, its districts."""

    id: str
    name: Words
    words: tuple[str, ...]
    districts: tuple[District, ...] = Field(min_length=1)


class Place(Row):
    """A place name and the district it lies in; ``ask`` where the name alone does not tell."""

    name: str
    aliases: Parts = ()
    pinyin: str = ""
    kind: str
    district: str = ""
    managed_by: str = ""
    ask: bool = False
    source: str
    confidence: Confidence
    note: str = ""


class Facility(Row):
    """A hospital or other place of care. ``designated`` keeps the two meanings of the word apart."""

    id: str
    name: str
    name_en: str = ""
    aliases: Parts = ()
    district: str = ""
    managed_by: str = ""
    kind: Literal["hospital", "placeholder", "excluded", "ambulance", "primary_care"]
    services: Parts = ()
    designated: Literal["", "closed_area", "closed_area_unnamed", "covid_only"] = ""
    designated_for: Parts = ()
    status: Literal["open", "full", "closed", "suspended"] = "open"
    status_from: MaybeDate = None
    status_to: MaybeDate = None
    address: str = ""
    phone: Parts = ()
    phone_kind: str = ""
    phone_confidence: Annotated[Confidence | None, BeforeValidator(blank_to_none)] = None
    source: str
    verified: MaybeDate = None
    confidence: Confidence
    note: str = ""


class Hotline(Row):
    """A telephone line; ``number`` is shown only where its confidence is published."""

    id: str
    number: str = ""
    scope: Literal["national", "city", "district", "facility", "local"]
    district: str = ""
    name: Words
    purpose: Words
    serves: Parts = ()
    hours: str = ""
    valid_from: MaybeDate = None
    valid_to: MaybeDate = None
    source: str
    verified: MaybeDate = None
    confidence: Confidence
    note: str = ""

    @property
    def shown(self) -> bool:
        """Whether the number may be shown at all."""
        return bool(self.number) and self.confidence == "published"


@dataclass(frozen=True)
class City:
    """A folder of ``data/cities``."""

    id: str
    name: Words
    words: tuple[str, ...]
    districts: Mapping[str, District]
    places: tuple[Place, ...]
    facilities: tuple[Facility, ...]
    hotlines: tuple[Hotline, ...]
