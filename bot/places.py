"""The lines of a reply that name places and phones, with their dates and what is not published to us."""

from __future__ import annotations

import datetime as dt

from bot.texts import Texts
from intents.directory import phones
from intents.knowledge import Facility, Hotline
from intents.understanding import Understanding

OLD = dt.timedelta(days=365)
"""A list older than this, at the date of the answer, shows its date."""


def directory_lines(replies: Texts, got: Understanding) -> list[str]:
    """Blocks of text: hospitals, then lines, then what is not published."""
    blocks = []
    if got.facilities:
        lines = [line for facility in got.facilities for line in _facility(replies, got, facility)]
        blocks.append("\n".join([replies.say("place.heading", got.lang, district=_where(replies, got)), *lines, *_notes(replies, got)]))
    blocks += [text for what in got.unpublished if (text := _unpublished(replies, got, what))]
    lines = [_hotline(got, line) for line in got.hotlines if not (got.action == "emergency" and line.number in {"120", "110", "119"})]
    if lines:
        blocks.append("\n".join(lines))
    return blocks


def _facility(replies: Texts, got: Understanding, facility: Facility) -> list[str]:
    english = facility.name_en if got.lang == "en" else ""
    name = f"{english}（{facility.name}）" if english else facility.name
    lines = [f"· {name}"]
    if facility.address:
        lines.append(f"  {facility.address}")
    numbers = phones(facility, got.context)
    lines += [f"  ☎ {number}" for number in numbers]
    if not numbers:
        lines.append(f"  {replies.say('place.no_phone', got.lang)}")
    if facility.verified and got.context.date - facility.verified > OLD:
        lines.append(f"  {replies.say('place.dated', got.lang, date=facility.verified.isoformat())}")
    return lines


def _notes(replies: Texts, got: Understanding) -> list[str]:
    unsure = [facility for facility in got.facilities if facility.designated != "closed_area"]
    return [replies.say("place.ask_first", got.lang)] if unsure else []


def _where(replies: Texts, got: Understanding) -> str:
    city = replies.knowledge.cities.get(str(got.slots.get("city", "")))
    if city is None:
        return ""
    district = city.districts.get(str(got.slots.get("district", "")))
    here = district is not None and any(district.id in {f.district, f.managed_by} for f in got.facilities)
    name = city.name.in_(got.lang) if district is None or not here else district.name.in_(got.lang)
    return f"{name}: " if got.lang == "en" and not name else name


def _unpublished(replies: Texts, got: Understanding, what: str) -> str:
    kind, _, place = what.partition(":")
    if kind not in {"designated", "fever_clinic", "duty"}:
        return ""
    names = {d.id: d.name for city in replies.knowledge.cities.values() for d in city.districts.values()}
    names |= {city.id: city.name for city in replies.knowledge.cities.values()}
    where = names[place].in_(got.lang) if place in names else ""
    if kind == "duty":
        return replies.say("duty.unpublished", got.lang, district=where)
    return replies.say("place.unpublished", got.lang, what=replies.say(f"place.what.{kind}", got.lang, district=where))


def _hotline(got: Understanding, line: Hotline) -> str:
    return f"☎ {line.number}  {line.name.in_(got.lang)}"
