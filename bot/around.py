"""What is known around a message: its case, and of a group its site, who asks and who may."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re

from bot.model import Incoming, Known
from bot.ports import Crowd
from bot.settings import Settings
from bot.site import Site
from bot.state import State
from bot.store import reminders, sites
from bot.store.store import Store
from bot.texts import SITE_COMMANDS
from intents.understanding import Context

MOST_CASES = 60
"""Cases of a site that are looked at for its people's list."""
_REMINDS = re.compile(r"提醒|闹钟|鬧鐘|remind|alarm", re.IGNORECASE)
_COMMAND = re.compile(r"[/／](\w+)")
_FROM_SITE = re.compile(r"[/／]start\s+site_(\d{1,9})\s*", re.IGNORECASE)


def site_of(store: Store, incoming: Incoming, state: State) -> Site | None:
    """The site of the group that this was written in; else the one that the resident came from."""
    if incoming.group:
        return store.read(lambda db: sites.of_group(db, incoming.where))
    came = _FROM_SITE.fullmatch(incoming.text.strip())
    number = int(came[1]) if came else state.site
    return store.read(lambda db: sites.numbered(db, number)) if number else None


def placed(store: Store, incoming: Incoming, state: State) -> tuple[State, Site | None]:
    """The state with the site's place in it, and the site."""
    site = site_of(store, incoming, state)
    return at_site(state, site), site


def at_site(state: State, site: Site | None) -> State:
    """The state with the site's place, where no other is known: nobody need repeat where the compound is."""
    if site is None or state.city:
        return state
    return dataclasses.replace(state, city=site.city, district=site.district)


def known(
    store: Store, crowd: Crowd | None, incoming: Incoming, state: State, site: Site | None, phones: dt.datetime | None = None
) -> Known:
    """What the decision on this message needs to know, with ``phones`` also how telephone numbers stand at that moment.

    Asks the channel only where somebody wants what managers may.
    """
    found = store.known(state, phones)
    found = _reminders(store, incoming, state, found)
    if site is not None and not incoming.group and not state.case and _FROM_SITE.fullmatch(incoming.text.strip()):
        case = store.case_of(incoming.person)
        found = dataclasses.replace(found, case=case if case is not None and case.status == "open" else None)
    if not incoming.group:
        return dataclasses.replace(found, site=site) if site is not None else found
    command = _COMMAND.match(incoming.text.strip())
    asked = command is not None and command[1].lower() in SITE_COMMANDS
    manages = crowd.manages(incoming) if crowd is not None and asked else None
    listed = asked and manages and site is not None and command is not None and command[1].lower() == "cases"
    waiting = tuple(store.queue(MOST_CASES, site=site.number)) if listed and site is not None else ()
    return dataclasses.replace(found, site=site, manages=manages, waiting=waiting, bot=crowd.bot if crowd is not None else "")


def _reminders(store: Store, incoming: Incoming, state: State, found: Known) -> Known:
    """With the reminders of the chat, where they are spoken of, or the moment of one has come."""
    if incoming.kind == "due":
        kind, _, detail = incoming.text.partition(":")
        if kind == "remind":
            one = store.read(lambda db: reminders.current(db, incoming.address, detail))
        elif kind == "quiet":
            one = store.read(lambda db: reminders.due(db, incoming.address, int(detail)))
        else:
            return found
        return dataclasses.replace(found, reminder=one)
    if not (state.reminded or state.asked.startswith("remind") or _REMINDS.search(incoming.text)):
        return found
    sent = store.read(lambda db: reminders.due(db, incoming.address, state.reminded)) if state.reminded else None
    return dataclasses.replace(found, reminder=sent, reminders=store.read(lambda db: reminders.of(db, incoming.address)))


def context_of(state: State, incoming: Incoming, settings: Settings, now: dt.datetime) -> Context:
    """What is known before a message: a city that the request fixes goes before the conversation's, that before the settings'."""
    awake = state.woken(now)
    city = incoming.city or awake.city or settings.city
    district = awake.district if awake.city in ("", city) else ""
    return Context(
        city,
        district,
        awake.zone,
        awake.patient,
        state.needs(now),
        settings.day(now),
        settings.live,
        offered=awake.options,
        refused=state.avoided(now),
        said=state.lately(now),
    )


def slots_of(context: Context) -> dict[str, str | bool]:
    """What is known without a message."""
    named = {"city": context.city, "district": context.district, "zone": context.zone, "patient": context.patient}
    return {name: value for name, value in named.items() if value}
