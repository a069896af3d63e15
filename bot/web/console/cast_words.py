"""A broadcast in the words of the staff's pages: whom it is for, what became of its people, what is planned by day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from bot.audience import GROUPS, ZONES
from bot.broadcast import FLYING, Broadcast
from bot.casts.plans import day_of
from bot.casts.report import Planned, Progress
from bot.site import Site
from bot.web.console.names import Names
from bot.web.console.pages import ConsolePages
from bot.web.console.visit import Visit


class CastWords:
    """Names things in the language of who reads."""

    def __init__(self, names: Names, pages: ConsolePages, sites: Callable[[], Sequence[Site]]) -> None:
        self._names, self._pages, self._sites = names, pages, sites

    def offered(self, visit: Visit) -> dict[str, list[tuple[Any, str]]]:
        """Zones, groups at risk and sites that the form offers."""
        return {
            "zone_names": [(one, self._pages.say(f"zone.{one}", visit.lang)) for one in ZONES],
            "group_names": [(one, self._pages.say(f"group.{one}", visit.lang)) for one in GROUPS],
            "site_names": [(site.number, site.name) for site in self._sites()],
        }

    def audience(self, visit: Visit, found: Broadcast) -> list[tuple[bool, str, list[str]]]:
        """Whom it is for in words: whether it leaves out, the key of the field, the values' names."""
        chosen, say, lang = found.draft.audience, self._pages.say, visit.lang
        sites = {site.number: site.name for site in self._sites()}
        told: list[tuple[bool, str, list[str]]] = []
        for leaves, prefix in ((False, ""), (True, "not_")):

            def of(name: str, prefix: str = prefix) -> tuple[Any, ...]:
                value: tuple[Any, ...] = getattr(chosen, f"{prefix}{name}", ())
                return value

            told += [
                (leaves, "district", [self._names.place(one.partition("/")[0], one.partition("/")[2], lang) for one in of("districts")]),
                (leaves, "zone", [say(f"zone.{one}", lang) for one in of("zones")]),
                (leaves, "site", [sites.get(one, f"#{one}") for one in of("sites")]),
                (leaves, "topic", [self._names.topic(one, lang) for one in of("topics")]),
                (leaves, "group", [say(f"group.{one}", lang) for one in of("patients")]),
            ]
        told += [(False, "city", [self._names.place(one, "", lang) for one in chosen.cities])]
        told += [(False, "lang", [say(f"lang.{one}", lang) for one in chosen.langs])]
        told += [(True, "cast", [f"#{one}" for one in chosen.not_casts])]
        told += [(False, "seen", [say("cast.days", lang, n=chosen.seen_days)])] if chosen.seen_days else []
        told += [(False, "opted", [say("word.yes", lang)])] if chosen.opted_in else []
        told += [(False, "to", [say("cast.to.groups", lang)])] if chosen.to == "groups" else []
        return [one for one in told if one[2]]


def by_day(planned: Sequence[Planned]) -> list[tuple[dt.date, list[Planned]]]:
    """The slots of each day, in order."""
    days: dict[dt.date, list[Planned]] = {}
    for one in planned:
        days.setdefault(day_of(one.at), []).append(one)
    return list(days.items())


def summary(progress: Progress) -> list[tuple[str, int]]:
    """What became of the people of a run: keys below ``cast.count.`` and how many."""
    counts = progress.run.counts
    names = ("sent", "waiting", "queued", "failed", "blocked", "uncertain", "skipped")
    over = progress.run.status not in FLYING
    found = [(name, getattr(counts, name)) for name in names if getattr(counts, name) or name == "sent"]
    return [("unsent" if name == "waiting" and over else name, many) for name, many in found]
