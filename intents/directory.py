"""Choosing from the directory: facilities, hotlines and provisions for a need, a place, a zone and a date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence

from intents.cities import City, Facility, Hotline
from intents.knowledge import Directive, Knowledge, Provision
from intents.numerals import figures
from intents.patterns import compiled
from intents.understanding import Citation, Context, Slots

CLOSED_ZONES = frozenset({"sealed", "controlled", "quarantine_site"})
CLOSED_CODES = frozenset({"red", "yellow"})
MAX_FACILITIES = 3
MAX_CITATIONS = 4
VERIFIED_DAYS = 30
"""At a live date a number or a role must have been verified within this many days."""
_LEVELS = {"city": 0, "province": 1, "national": 2}
_LINES: Mapping[str, tuple[str, ...]] = {
    "care.emergency": ("ambulance",),
    "care.ambulance": ("ambulance", "general"),
    "care.refused": ("complaint", "health_advice"),
    "transport.closed_loop": ("general",),
    "contact.hotline": ("general", "health_advice"),
    "care.entry": ("complaint",),
    "care.designated": ("general",),
    "medicine.chronic": ("general",),
    "medicine.delivery": ("general",),
    "medicine.online": ("health_advice",),
    "quarantine.site": ("general",),
    "home.monitoring": ("general",),
    "supplies.daily": ("general",),
    "policy.rules": ("general",),
    "tcm.prevention": ("general",),
    "other": ("general",),
}
"""What kinds of line help with a topic, beside those of the district."""
_HOSPITAL_TOPICS = frozenset(
    {
        "care.dialysis",
        "care.oncology",
        "care.maternity",
        "care.newborn",
        "care.fever",
        "care.general",
        "care.designated",
        "care.refused",
        "care.emergency",
    }
)
_DUTY_TOPICS = frozenset(["transport.closed_loop", "contact.hotline", "care.designated", "care.refused", "care.ambulance"])
_GENERAL = frozenset({"general", "emergency"})
_SPECIAL = frozenset({"dialysis", "oncology", "chemotherapy", "radiotherapy", "obstetrics", "newborn", "paediatrics", "fever_clinic"})
"""Needs that a hospital must serve itself; the other needs of a topic (transport, duty line …) are no matter of hospitals."""
_MAX_WORDS = 4000


def closed(slots: Slots) -> bool | None:
    """Whether the patient counts as coming from a closed area (Xi'an's category 1); None where nothing tells."""
    if slots.get("zone") in CLOSED_ZONES or slots.get("code") in CLOSED_CODES:
        return True
    if slots.get("zone") == "prevention" or slots.get("code") == "green":
        return False
    return None


def fresh(verified: dt.date | None, context: Context) -> bool:
    """Whether a row may be shown at the date: always in a replay, within 30 days of its check when live."""
    if not context.live:
        return verified is None or verified <= context.date
    return verified is not None and 0 <= (context.date - verified).days <= VERIFIED_DAYS


def usable(facility: Facility, context: Context) -> bool:
    """Whether a hospital may be named at the date."""
    if facility.kind != "hospital" or facility.confidence == "uncertain" or facility.designated == "covid_only":
        return False
    started = facility.status_from is None or facility.status_from <= context.date
    ended = facility.status_to is not None and facility.status_to < context.date
    if facility.status != "open" and started and not ended:
        return False
    return not context.live or fresh(facility.verified, context)


def phones(facility: Facility, context: Context) -> tuple[str, ...]:
    """The numbers of a facility that may be shown."""
    return facility.phone if facility.phone_confidence == "published" and fresh(facility.verified, context) else ()


def choose_facilities(
    city: City,
    topics: Sequence[str],
    needs: Sequence[str],
    slots: Slots,
    context: Context,
    avoid: Collection[str] = (),
) -> tuple[tuple[Facility, ...], tuple[str, ...]]:
    """Hospitals for the needs, nearest first, and what was looked for and is not published to us.

    Those whose names are to be avoided have turned the patient away: the next ones come, if need be from the whole city.
    """
    if not _HOSPITAL_TOPICS & set(topics):
        return (), ()
    district = str(slots.get("district", ""))
    from_closed = closed(slots)
    wanted = _SPECIAL & set(needs)
    special = bool(wanted - {"fever_clinic"})
    asked_role = "care.designated" in topics or from_closed is True
    refused = "care.refused" in topics
    # Turned away elsewhere: the hospital that is named for it has the least reason to do the same.
    first = asked_role or (refused and from_closed is None and "care.emergency" not in topics)
    ranked: list[tuple[tuple[int, ...], Facility]] = []
    for facility in city.facilities:
        if not usable(facility, context) or facility.name in avoid:
            continue
        designated = facility.designated == "closed_area"
        for_role = set(facility.designated_for)
        served = for_role if asked_role and designated else for_role | set(facility.services)
        here = bool(district) and district in {facility.district, facility.managed_by}
        role = designated and not special and ("general" in for_role or ("district" in for_role and (here or not district)))
        fits = bool(served & (wanted or _GENERAL)) or (asked_role and role)
        if asked_role and not designated and not (wanted == {"fever_clinic"} and fits and here):
            continue
        if asked_role:
            if not fits:
                continue
        elif not fits or (not here and not special and bool(district)) or (not district and not special):
            continue
        if from_closed is False and designated and special is False:
            continue
        ranked.append(((not fits, not here, not designated if first else designated, not facility.phone), facility))
    ranked.sort(key=lambda item: (item[0], item[1].id))
    found = tuple(facility for _, facility in ranked[:MAX_FACILITIES])
    if not found and refused:
        found = _anywhere(city, wanted or _GENERAL, slots, context, avoid)
    gaps = []
    known = city.facilities if refused else found
    named = any(district in {f.district, f.managed_by} and f.designated == "closed_area" for f in known if usable(f, context))
    if district and ("care.designated" in topics or from_closed or refused) and not named:
        gaps.append(f"designated:{district}")
    if "fever_clinic" in wanted and not any("fever_clinic" in f.services for f in found):
        gaps.append(f"fever_clinic:{district or city.id}")
    return found, tuple(gaps)


def _anywhere(city: City, wanted: Collection[str], slots: Slots, context: Context, avoid: Collection[str]) -> tuple[Facility, ...]:
    """Whatever hospital of the city serves the need: first those for closed areas, or those for open ones; then what can be rung up."""
    district = str(slots.get("district", ""))
    fitting = [
        facility
        for facility in city.facilities
        if usable(facility, context) and facility.name not in avoid and {*facility.services, *facility.designated_for} & set(wanted)
    ]
    for_closed = closed(slots) is not False
    fitting.sort(
        key=lambda f: (district not in {f.district, f.managed_by}, bool(f.designated) is not for_closed, not phones(f, context), f.id)
    )
    return tuple(fitting[:MAX_FACILITIES])


def choose_hotlines(
    knowledge: Knowledge, city: City | None, topics: Sequence[str], kinds: Sequence[str], slots: Slots, context: Context
) -> tuple[tuple[Hotline, ...], tuple[str, ...]]:
    """Lines for the topics, those of the city before national ones, and duty lines that are not published to us."""
    lines = [*(city.hotlines if city else ()), *knowledge.hotlines]
    chosen: list[Hotline] = []
    gaps: list[str] = []
    district = str(slots.get("district", ""))
    if district and _DUTY_TOPICS & set(topics):
        duty = [line for line in lines if line.scope == "district" and line.district == district and "duty" in line.serves]
        chosen += [line for line in duty if _line_usable(line, context)]
        gaps += [f"duty:{district}" for line in duty if not line.number]
    wanted = [*kinds, *(kind for topic in topics for kind in _LINES.get(topic, ()))]
    for kind in wanted:
        for line in lines:
            if kind in line.serves and line.scope in {"national", "city"} and _line_usable(line, context):
                if line.number.removeprefix("029-") not in {other.number.removeprefix("029-") for other in chosen}:
                    chosen.append(line)
                break
    return tuple(chosen[:4]), tuple(dict.fromkeys(gaps))


def _line_usable(line: Hotline, context: Context) -> bool:
    begun = line.valid_from is None or line.valid_from <= context.date
    ended = line.valid_to is not None and line.valid_to < context.date
    short = len(line.number) <= 5
    return line.shown and begun and not ended and (short or fresh(line.verified, context))


def in_force(directive: Directive, provision: Provision, context: Context) -> bool:
    """Whether a provision may be cited as in force at the date."""
    ends = [day for day in (directive.valid_to, provision.valid_to) if day is not None]
    return directive.date <= context.date and directive.valid_from <= context.date and all(context.date <= day for day in ends)


def asked(provision: Provision, words: str) -> bool:
    """Whether the words ask for this very provision."""
    return any(compiled(figures(cue)).search(words) for cue in provision.cues)


def _fits(provision: Provision, slots: Slots) -> int | None:
    """How specifically a provision is for this patient (0 best); None where it is for somebody else."""
    zone, code, patient = (str(slots.get(name, "")) for name in ("zone", "code", "patient"))
    if provision.patients and patient and patient not in provision.patients:
        return None
    if not provision.zones and not provision.codes:
        return 1
    if (zone and zone in provision.zones) or (code and code in provision.codes):
        return 0
    if zone or code in CLOSED_CODES:
        return None
    return 2


def cite(knowledge: Knowledge, topics: Iterable[str], slots: Slots, context: Context, words: str = "") -> tuple[Citation, ...]:
    """The provisions behind an answer: those that the words ask for, then for each topic the most fitting ones, city before nation."""
    city = str(slots.get("city", ""))
    words = words[:_MAX_WORDS]
    chosen: list[tuple[Directive, Provision]] = []
    names = list(topics)
    for number, topic in enumerate(names):
        ranked = []
        for directive in knowledge.directives:
            if directive.city and directive.city != city:
                continue
            for provision in directive.provisions:
                wanted = number == 0 and asked(provision, words)
                if not (wanted or topic in provision.topics) or not in_force(directive, provision, context):
                    continue
                fit = _fits(provision, slots)
                if fit is None:
                    continue
                place = provision.topics.index(topic) if topic in provision.topics else 3
                shared = -len(set(names) & set(provision.topics))
                key = (not wanted, min(place, 3), fit, shared, _LEVELS[directive.level], -directive.date.toordinal(), provision.id)
                ranked.append((key, directive, provision))
        ranked.sort(key=lambda item: item[0])
        quota = 1 if number else min(3, max(2, sum(not key[0] for key, _, _ in ranked)))
        for _, directive, provision in ranked:
            if quota and not any(p is provision for _, p in chosen):
                chosen.append((directive, provision))
                quota -= 1
    return tuple(
        Citation(d.id, p.id, d.title.model_dump(), d.issuer.model_dump(), p.says.model_dump(), d.date, asked(p, words))
        for d, p in chosen[:MAX_CITATIONS]
    )
