"""Rules to be held up at a hospital or a gate: which provisions, where, on which day; and what is wrong with the choice."""

from __future__ import annotations

from collections.abc import Iterator

from intents.directory import in_force
from intents.knowledge import Directive, Knowledge, Provision
from intents.understanding import Context

NATIONAL = "national"
"""The choice that holds wherever no city's does."""


def rules_of(knowledge: Knowledge, kind: str, city: str, context: Context) -> tuple[str, tuple[tuple[Directive, Provision], ...]]:
    """The rules of a kind that are in force, and whose choice they are: the city's, else the national one. Empty where none is."""
    known = _provisions(knowledge)
    chosen = knowledge.shows[kind].rules if kind in knowledge.shows else {}
    for place in (city, NATIONAL):
        rules = tuple(known[name] for name in chosen.get(place, ()) if name in known and in_force(*known[name], context))
        if rules:
            return place, rules
    return NATIONAL, ()


def wrong_shows(knowledge: Knowledge) -> Iterator[tuple[str, str, str, str]]:
    """Everything wrong with ``data/show``: file, what stands on the line, what is wrong, how to mend it."""
    known = _provisions(knowledge)
    for show in knowledge.shows.values():
        name = f"show/{show.id}.yaml"
        if NATIONAL not in show.rules:
            yield name, "rules:", f"{show.id} has no choice for {NATIONAL}", "add one: it holds where no city's does"
        for place, rules in show.rules.items():
            if place != NATIONAL and place not in knowledge.cities:
                yield name, f"{place}:", f"unknown city {place}", f"use {NATIONAL} or the id of a folder of data/cities"
            for rule in rules:
                if rule not in known:
                    yield name, rule, f"unknown provision {rule}", "write directive-id/provision-id"
                elif known[rule][0].city not in (None, place):
                    yield name, rule, f"{rule} does not hold for {place}", "choose one of that city, or a national one"


def _provisions(knowledge: Knowledge) -> dict[str, tuple[Directive, Provision]]:
    return {f"{d.id}/{p.id}": (d, p) for d in knowledge.directives for p in d.provisions}
