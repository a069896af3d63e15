"""The form of a broadcast: what was written in it as a draft, and a draft as what stands in it."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from bot.audience import Audience
from bot.broadcast import Draft
from bot.casts import CastRefused
from bot.casts.plans import plan_of, rule_words
from bot.clock import CITY_TIME
from bot.web.console.visit import Visit, moment
from intents.broadcasts import CastRules

_MANY = ("districts", "zones", "topics", "patients", "langs", "not_districts", "not_zones", "not_topics", "not_patients")
_NUMBERS = re.compile(r"\d{1,9}")
SEEN = (1, 3, 7, 30)
EXPIRES = (1, 3, 6, 12, 24, 48)


def read_form(visit: Visit, now: dt.datetime, before: Audience | None = None) -> Draft:
    """The draft that was posted; what the form does not show of the audience of ``before`` stays. Raises :class:`bot.casts.CastRefused`."""
    chosen: dict[str, Any] = {name: tuple(dict.fromkeys(visit.fields(name)[:60])) for name in _MANY}
    for name in ("sites", "not_sites", "not_casts"):
        chosen[name] = tuple(int(one) for one in _NUMBERS.findall(",".join(visit.fields(name)))[:60])
    audience = Audience(
        to="groups" if visit.field("to") == "groups" else "people",
        seen_days=min(visit.number("seen_days") or 0, 3_650),
        opted_in=bool(visit.field("opted_in")),
        cities=before.cities if before is not None else (),
        **chosen,
    )
    how, start = visit.field("when"), moment(visit.field("start"))
    if (how == "at" and start is None) or (visit.field("start").strip() and start is None):
        raise CastRefused("write from when", "cast_time")
    if how == "every" and not visit.field("every").strip():
        raise CastRefused("write how often", "cast_every")
    if visit.field("until").strip() and _end_of(visit.field("until")) is None:
        raise CastRefused("that is no day", "cast_time")
    if how not in ("at", "every") and (visit.field("start") or visit.field("every").strip()):
        raise CastRefused("a time is written, but at once is chosen", "cast_when")
    plan = plan_of(
        now,
        start=start if how in ("at", "every") else None,
        every=visit.field("every") if how == "every" else "",
        until=_end_of(visit.field("until")) if how == "every" else None,
        hours=min(visit.number("expires") or 24, 240),
        quiet=bool(visit.field("quiet")),
    )
    return Draft(visit.field("kind"), visit.field("zh"), visit.field("en"), audience, plan, visit.field("title"))


def fields_of(draft: Draft, lang: str) -> dict[str, Any]:
    """What stands in the form."""
    plan, audience = draft.plan, draft.audience
    return {
        "kind": draft.kind,
        "title": draft.title,
        "zh": draft.zh,
        "en": draft.en,
        "audience": audience,
        "when": "every" if plan.rule else "at" if plan.start else "now",
        "start": _local(plan.start),
        "every": rule_words(plan.rule, lang) if plan.rule else "",
        "until": plan.until.astimezone(CITY_TIME).strftime("%Y-%m-%d") if plan.until else "",
        "expires": int(plan.expires.total_seconds() // 3_600),
        "quiet": plan.quiet,
    }


def posted_fields(visit: Visit) -> dict[str, Any]:
    """What was written in a form that was refused, as it was written."""
    chosen: dict[str, Any] = {name: tuple(visit.fields(name)) for name in _MANY}
    for name in ("sites", "not_sites", "not_casts"):
        chosen[name] = tuple(int(one) for one in _NUMBERS.findall(",".join(visit.fields(name)))[:60])
    audience = Audience(
        to="groups" if visit.field("to") == "groups" else "people",
        seen_days=visit.number("seen_days") or 0,
        opted_in=bool(visit.field("opted_in")),
        **chosen,
    )
    kept = {name: visit.field(name) for name in ("kind", "title", "zh", "en", "when", "start", "every", "until")}
    return {**kept, "audience": audience, "expires": visit.number("expires") or 24, "quiet": bool(visit.field("quiet"))}


def empty_fields(rules: CastRules) -> dict[str, Any]:
    """A form that nobody has written in yet."""
    blank = dict.fromkeys(("title", "zh", "en", "start", "every", "until"), "")
    return {**blank, "kind": "service", "audience": Audience(), "when": "now", "expires": rules.expires_hours, "quiet": True}


def choices(names: dict[str, list[tuple[str, str]]], cities: dict[str, str], rules: CastRules) -> dict[str, Any]:
    """What the form offers. ``cities``: the city of each district."""
    return {
        "districts": [(f"{cities[key]}/{key}", name) for key, name in names["district"] if key in cities],
        "topics": [one for one in names["topic"] if one[0] not in ("other", "out_of_scope", "smalltalk")],
        "kinds": [kind.id for kind in rules.kinds],
        "seen": SEEN,
        "expires": EXPIRES,
    }


def _local(at: dt.datetime | None) -> str:
    return at.astimezone(CITY_TIME).strftime("%Y-%m-%dT%H:%M") if at else ""


def _end_of(day: str) -> dt.datetime | None:
    try:
        date = dt.date.fromisoformat(day)
    except ValueError:
        return None
    if not 2000 <= date.year < 2100:
        return None
    return dt.datetime.combine(date, dt.time(23, 59, 59), CITY_TIME).astimezone(dt.UTC)
