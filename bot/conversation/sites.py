"""The group of a compound or a quarantine site: put down by its managers, who see which of its cases are open."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from typing import Literal

from bot.conversation.talk import Talk
from bot.effects import DropSite, Effect, PutSite
from bot.model import Case, Reply, Turn
from bot.site import Site
from bot.state import State
from bot.texts import SITE_COMMANDS
from intents.understanding import Scored

Kind = Literal["", "compound", "quarantine"]
LONGEST = 40
"""Characters of a site's name."""
MOST = 12
"""Cases that a group is told of; the rest is counted."""
_QUARANTINE = re.compile(r"隔离|隔離|方舱|方艙|quarantine|isolation|fangcang", re.IGNORECASE)
_HANZI = re.compile(r"[\u3400-\u9fff]")
_COMPOUND = re.compile(r"小区|小區|社区|社區|家属院|家屬院|公寓|花园|花園|\b(?:compound|estate|residence|garden)s?\b", re.IGNORECASE)


def about_site(talk: Talk, name: str) -> Turn | None:
    """Answer one of the managers' commands in a group; None where it is none."""
    if name not in SITE_COMMANDS:
        return None
    if talk.rest and not talk.state.lang:
        # A command has no language of its own, the name behind it has.
        talk = dataclasses.replace(talk, got=dataclasses.replace(talk.got, lang="zh" if _HANZI.search(talk.rest) else "en"))
    if talk.known.manages is None:
        return _turn(talk, talk.say("site.unasked"))
    if not talk.known.manages:
        return _turn(talk, talk.say("site.managers"))
    if name == "register_site":
        return _register(talk)
    if talk.known.site is None:
        return _turn(talk, talk.say("site.none"))
    return _listed(talk, talk.known.site) if name == "cases" else _off(talk, talk.known.site)


def came_from(talk: Talk, state: State) -> tuple[State, tuple[str, ...], dict[str, str]]:
    """For somebody who comes from a site's group by its link: the state, the keys of what is said, and what fills them.

    Unchanged and empty for anybody else.
    """
    site, found = talk.known.site, talk.known.case
    if site is None or not talk.rest:
        return state, (), {}
    state = dataclasses.replace(state, site=site.number, city=site.city, district=site.district)
    if found is None or found.status != "open":
        return state, ("site.from",), {"site": site.name}
    state = dataclasses.replace(state, case=found.number, topics=found.topics[:4])
    return state, ("site.from", "site.from.case"), {"site": site.name, "case": str(found.number)}


def _register(talk: Talk) -> Turn:
    name, city, district = _named(talk)
    if not name:
        return _turn(talk, talk.say("site.name"))
    kind: Kind = "quarantine" if _QUARANTINE.search(name) else "compound" if _COMPOUND.search(name) else ""
    place = _place(talk, city, district)
    shown = f"{name} ({place})" if talk.got.lang == "en" else f"{name}（{place}）"
    said = talk.say("site.set", site=shown if place else name)
    said = said if district else (*said, *talk.say("site.no_district"))
    state = dataclasses.replace(talk.state, city=city, district=district)
    return _turn(talk, (Reply("\n".join(reply.text for reply in said)),), PutSite(Site(name, city, district, kind)), state=state)


def _named(talk: Talk) -> tuple[str, str, str]:
    """Name, city and district: a word that is a district's name by itself is no part of the site's."""
    words = talk.rest.split()
    city, district = str(talk.got.slots.get("city", "")), str(talk.got.slots.get("district", ""))
    for word in words[:1] + words[-1:] if len(words) > 1 else ():
        if found := _district(talk, word, city):
            (city, district), words = found, [other for other in words if other is not word]
            break
    return " ".join(words)[:LONGEST], city, district


def _district(talk: Talk, word: str, first: str) -> tuple[str, str] | None:
    """The city and the district that a word names; the city known already goes first."""
    held = talk.replies.knowledge.cities
    for city in sorted(held, key=lambda one: one != first):
        for district in held[city].districts.values():
            names = {district.id, district.name.zh, district.name.zh.removesuffix("区"), district.name.en.casefold()}
            if word.casefold() in names:
                return city, district.id
    return None


def _place(talk: Talk, city: str, district: str) -> str:
    held = talk.replies.knowledge.cities.get(city)
    inner = held.districts.get(district) if held else None
    names = [place.name.in_(talk.got.lang) for place in (held, inner) if place is not None]
    return ", ".join(reversed(names)) if talk.got.lang == "en" else "".join(names)


def _off(talk: Talk, site: Site) -> Turn:
    return _turn(talk, talk.say("site.off", site=site.name), DropSite())


def _listed(talk: Talk, site: Site) -> Turn:
    """Numbers, kinds and how long they wait; no words, no names, no places: the whole group reads it."""
    waiting = talk.known.waiting
    if not waiting:
        return _turn(talk, talk.say("site.cases.none", site=site.name))
    lines = [*talk.say("site.cases", site=site.name, count=len(waiting)), *(line for case in waiting[:MOST] for line in _line(talk, case))]
    lines += talk.say("site.cases.more", count=len(waiting) - MOST) if len(waiting) > MOST else ()
    return _turn(talk, (Reply("\n".join(line.text for line in lines)),))


def _line(talk: Talk, case: Case) -> tuple[Reply, ...]:
    held = talk.replies.knowledge.topics
    topic = next((held[name].name.in_(talk.got.lang) for name in case.topics if name in held), "")
    minutes = max(0, int((talk.now - case.opened_at) / dt.timedelta(minutes=1)))
    unit, count = ("minutes", minutes) if minutes < 120 else ("hours", minutes // 60) if minutes < 2880 else ("days", minutes // 1440)
    (waits,) = talk.say(f"site.waits.{unit}", count=count)
    return talk.say("site.cases.line", case=case.number, priority=case.priority, topic=topic, waits=waits.text)


def _turn(talk: Talk, replies: tuple[Reply, ...], *effects: Effect, state: State | None = None) -> Turn:
    got = dataclasses.replace(talk.got, action="answer", topics=(Scored("other", 1.0),), ask="", options=(), alarms=())
    after = dataclasses.replace(state or talk.state, asked="", spoke=talk.got.lang, traditional=talk.got.traditional, updated_at=talk.now)
    return Turn(replies, after, understanding=got, effects=effects)
