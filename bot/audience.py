"""Whom a broadcast is for: what is chosen and what is left out, as one value. Pure.

Within one field any value fits; of several fields all must fit.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, get_args

from bot.errors import HotlineError
from intents.rows import Zone

To = Literal["people", "groups"]
GROUPS = ("dialysis", "oncology", "pregnant", "newborn", "alone")
"""Of the register of people at risk."""
ZONES: tuple[str, ...] = get_args(Zone)
TOPIC_DAYS = 30
"""So many days a topic that somebody asked about counts."""


class BadAudience(HotlineError):
    """The words say no audience; the text says which."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Empty fields choose everybody. ``to``: private chats, or the groups of sites themselves."""

    to: To = "people"
    cities: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    """``city/district``."""
    zones: tuple[str, ...] = ()
    """The risk zone that somebody told last."""
    sites: tuple[int, ...] = ()
    """Numbers of sites; people are of a site by their case, or by having written in its group."""
    topics: tuple[str, ...] = ()
    """What they asked about in the last :data:`TOPIC_DAYS` days."""
    patients: tuple[str, ...] = ()
    """Groups of the register of people at risk."""
    langs: tuple[str, ...] = ()
    seen_days: int = 0
    """Who has written within so many days; 0: ever."""
    opted_in: bool = False
    """Only who asked for this kind of broadcast."""
    not_districts: tuple[str, ...] = ()
    not_zones: tuple[str, ...] = ()
    not_sites: tuple[int, ...] = ()
    not_topics: tuple[str, ...] = ()
    not_patients: tuple[str, ...] = ()
    not_casts: tuple[int, ...] = ()
    """Not who was sent one of these broadcasts already."""

    def dumped(self) -> str:
        """As JSON, without what is empty."""
        return json.dumps({name: value for name, value in asdict(self).items() if value}, sort_keys=True)


def audience_of(text: str) -> Audience:
    """An audience from JSON; what a later version added is left out."""
    values: dict[str, Any] = json.loads(text) if text else {}
    known = {field.name for field in fields(Audience)}
    kept: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items() if name in known}
    return Audience(**kept)


_NAMES = {
    "city": "cities",
    "district": "districts",
    "zone": "zones",
    "site": "sites",
    "topic": "topics",
    "group": "patients",
    "lang": "langs",
    "cast": "casts",
}
_LEAVES_OUT = frozenset({"district", "zone", "site", "topic", "group", "cast"})


def parse_audience(words: str) -> Audience:
    """An audience in words such as ``district=xian/yanta,xian/beilin topic=care.dialysis -zone=sealed seen=30 opted to=groups``.

    Raises :class:`BadAudience`.
    """
    found = Audience()
    if not words.split():
        raise BadAudience("write whom it is for, or: all")
    for word in words.split():
        name, mark, text = word.partition("=")
        values = tuple(part for part in text.split(",") if part)
        leaves = name.startswith("-")
        name = name.removeprefix("-")
        if name == "opted" and not mark and not leaves:
            found = replace(found, opted_in=True)
        elif name == "all" and not mark:
            continue
        elif name == "seen" and text.isdigit() and not leaves:
            found = replace(found, seen_days=min(int(text), 3_650))
        elif name == "to" and text in get_args(To) and not leaves:
            found = replace(found, to=text)  # type: ignore[arg-type]
        elif name in _NAMES and values and (not leaves or name in _LEAVES_OUT) and (name != "cast" or leaves):
            field = ("not_" if leaves else "") + _NAMES[name]
            numbers = name in {"site", "cast"}
            if numbers and not all(value.isdigit() for value in values):
                raise BadAudience(f"{name} takes numbers: {word}")
            chosen: Any = tuple(int(value) for value in values) if numbers else values
            together: Any = (*getattr(found, field), *chosen)
            found = replace(found, **{field: together})
        else:
            raise BadAudience(f"{word}: write district=…, zone=…, site=…, topic=…, group=…, lang=…, seen=DAYS, opted, to=groups, all")
    return found


def audience_words(audience: Audience) -> str:
    """The same in the words that :func:`parse_audience` takes; ``all`` for everybody."""
    back = {field: name for name, field in _NAMES.items()}
    words = [f"to={audience.to}"] if audience.to != "people" else []
    for field in fields(Audience):
        value = getattr(audience, field.name)
        if isinstance(value, tuple) and value:
            leaves = field.name.startswith("not_")
            words.append(f"{'-' if leaves else ''}{back[field.name.removeprefix('not_')]}={','.join(map(str, value))}")
    words += [f"seen={audience.seen_days}"] if audience.seen_days else []
    words += ["opted"] if audience.opted_in else []
    return " ".join(words) or "all"


def with_cities(audience: Audience, cities: dict[str, set[str]]) -> Audience:
    """A district that was named without its city, where only one city has it."""

    def whole(name: str) -> str:
        found = [f"{city}/{name}" for city, districts in cities.items() if name in districts]
        return found[0] if len(found) == 1 else name

    return replace(audience, districts=tuple(map(whole, audience.districts)), not_districts=tuple(map(whole, audience.not_districts)))


def wrong_audience(audience: Audience, cities: dict[str, set[str]], topics: set[str]) -> str:
    """The first value that is no place, zone, topic or group; empty where all are known. ``cities``: districts by city."""
    places = {f"{city}/{district}" for city, districts in cities.items() for district in districts}
    checks: tuple[tuple[tuple[str, ...], set[str]], ...] = (
        (audience.cities, set(cities)),
        (audience.districts + audience.not_districts, places),
        (audience.zones + audience.not_zones, set(ZONES)),
        (audience.topics + audience.not_topics, topics),
        (audience.patients + audience.not_patients, set(GROUPS)),
        (audience.langs, {"zh", "en"}),
    )
    return next((value for values, known in checks for value in values if value not in known), "")
