"""The lines of a reply that name places and phones, with their dates and what is not published to us."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from bot.phones import NEVER, Standing, Standings, in_order
from bot.texts import Texts
from intents.cities import Facility
from intents.directory import phones
from intents.understanding import Understanding

OLD = dt.timedelta(days=365)
"""A list older than this, at the date of the answer, shows its date."""
_GROWN = frozenset({"elderly", "pregnant", "self"})
_FOR_CHILDREN = frozenset({"emergency", "newborn", "paediatrics"})
"""A hospital that serves nothing else is one for children, whatever else its emergency department takes in."""
_HELPS_IN_DANGER = frozenset({"psychology", "violence", "women"})


def hospitals(replies: Texts, got: Understanding, standing: Standings) -> list[str]:
    """One block: the hospitals that can be asked, and once below them what holds for all. Whom nobody reaches comes last."""
    if not got.facilities:
        return []
    # Whoever was turned away asks for the next one.
    turned_away = bool(got.refused or got.context.refused) and any(topic.id == "care.refused" for topic in got.topics)
    key = "place.heading.next" if turned_away else "place.heading"
    lines = [replies.say(key, got.lang, district=_where(replies, got))]
    reached = sorted(got.facilities, key=lambda facility: _unreached(got, facility, standing)) if standing else got.facilities
    lines += [line for facility in reached for line in _facility(replies, got, facility, standing)]
    return ["\n".join([*lines, *_notes(replies, got)])]


def nearest(replies: Texts, got: Understanding) -> list[str]:
    """One block for an emergency: the hospitals of the patient's own district, where 120 cannot be had."""
    district = str(got.slots.get("district", ""))
    grown = got.slots.get("patient") in _GROWN
    near = [
        facility
        for facility in got.facilities
        if district and district in {facility.district, facility.managed_by} and not (grown and set(facility.services) <= _FOR_CHILDREN)
    ]
    if not near:
        return []
    lines = [line for facility in near for line in _facility(replies, got, facility)]
    return ["\n".join([replies.say("emergency.nearest", got.lang, district=_name(replies, got, district)), *lines])]


def missing(replies: Texts, got: Understanding) -> list[str]:
    """One line for all that is not published to us."""
    wanted: dict[str, list[str]] = {}
    for what in got.unpublished:
        kind, _, place = what.partition(":")
        if kind in {"designated", "fever_clinic", "duty"}:
            wanted.setdefault(place, []).append(replies.say(f"place.what.{kind}", got.lang))
    told = bool(got.facilities) and not any(phones(facility, got.context) for facility in got.facilities)
    key = "place.unpublished.too" if told and got.action != "emergency" else "place.unpublished"
    comma = replies.say("place.what.and", got.lang)
    return [replies.say(key, got.lang, district=_name(replies, got, place), what=comma.join(kinds)) for place, kinds in wanted.items()]


def in_words(replies: Texts, lang: str, names: Iterable[str]) -> str:
    """Hospitals' names, as the data or the resident has them, in a language as far as the data has it."""
    english = {f.name: f.name_en for city in replies.knowledge.cities.values() for f in city.facilities if f.name_en}
    return replies.say("place.what.and", lang).join(english.get(name, name) if lang == "en" else name for name in names)


def lines_to_call(replies: Texts, got: Understanding, said: str, standing: Standings) -> list[str]:
    """One block: the lines that help and that the text above does not name already, or names as if they could be reached."""
    minds = any(flag.id.startswith("mental") for flag in got.flags)
    news = [line for line in got.hotlines if line.number not in said or (line.number in standing and line.number not in NEVER)]
    chosen = [line for line in news if minds or "psychology" not in line.serves]
    if got.action == "emergency":
        chosen = [line for line in chosen if minds and _HELPS_IN_DANGER & set(line.serves)]
    order = in_order([line.number for line in chosen], standing)
    chosen.sort(key=lambda line: order.index(line.number))
    shown = (f"☎ {line.number}{beside(replies, got, line.number, standing)}  {line.name.in_(got.lang)}" for line in chosen)
    return ["\n".join(shown)] if chosen else []


def beside(replies: Texts, got: Understanding, number: str, standing: Standings) -> str:
    """What stands beside a number that somebody could not reach; empty for any other, and always for those of danger."""
    found = standing.get(number)
    if found is None or number in NEVER:
        return ""
    if found.demoted:
        return replies.say(f"phone.demoted.{found.demoted}", got.lang)
    minutes = found.minutes or 0
    return replies.say("phone.failed" if minutes > 1 else "phone.failed.now", got.lang, minutes=minutes)


def _unreached(got: Understanding, facility: Facility, standing: Standings) -> bool:
    """Whether all numbers of a hospital are demoted."""
    numbers = phones(facility, got.context)
    return bool(numbers) and all(standing.get(number, Standing()).demoted for number in numbers)


def _facility(replies: Texts, got: Understanding, facility: Facility, standing: Standings | None = None) -> list[str]:
    """The lines of a hospital; its numbers only with how they stand."""
    english = facility.name_en if got.lang == "en" else ""
    lines = [f"· {english}（{facility.name}）" if english else f"· {facility.name}"]
    if facility.address:
        lines.append(f"  {facility.address}")
    if standing is None:
        return lines
    numbers = in_order(phones(facility, got.context), standing)
    return [*lines, *(f"  ☎ {number}{beside(replies, got, number, standing)}" for number in numbers)]


def _notes(replies: Texts, got: Understanding) -> list[str]:
    """What holds for the hospitals above: numbers that we lack, the age of the list, ask before going."""
    silent = [facility for facility in got.facilities if not phones(facility, got.context)]
    unsure = [facility for facility in got.facilities if facility.designated != "closed_area"]
    old = [f.verified for f in got.facilities if f.verified and got.context.date - f.verified > OLD]
    notes = [replies.say("place.dated", got.lang, date=min(old).isoformat())] if old else []
    if len(silent) == len(got.facilities):
        return [*notes, replies.say("place.no_phones", got.lang)]
    if silent:
        notes.append(replies.say("place.no_phone", got.lang))
    return [*notes, replies.say("place.ask_first", got.lang)] if unsure else notes


def _where(replies: Texts, got: Understanding) -> str:
    """The district where all of them lie in it, the city otherwise."""
    district = str(got.slots.get("district", ""))
    if district and all(district in {f.district, f.managed_by} for f in got.facilities):
        return _name(replies, got, district)
    return _name(replies, got, str(got.slots.get("city", "")))


def _name(replies: Texts, got: Understanding, place: str) -> str:
    for city in replies.knowledge.cities.values():
        if place == city.id:
            return city.name.in_(got.lang)
        if place in city.districts:
            return city.districts[place].name.in_(got.lang)
    return ""
