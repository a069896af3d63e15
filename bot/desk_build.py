"""Builds the operators' desk: its use cases, its pages, and what ticks for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from bot.accounts import Accounts
from bot.casts import Casts
from bot.casts.suggest import Suggester
from bot.casts.ticks import Caster
from bot.casts.words import Letters
from bot.clock import Clock
from bot.daily import Daily
from bot.desk import Desk
from bot.desk.ticks import Ticks
from bot.desk.view import View
from bot.duty import Duty
from bot.hotline import Hotline
from bot.insight import Insights
from bot.listing import Listing
from bot.login import Logins
from bot.names import Names
from bot.overlay import Overlaid
from bot.oversight import Oversight
from bot.replies import Replies
from bot.review import Review
from bot.settings import Settings
from bot.store import changes, sites
from bot.store.store import Store
from bot.views import Views
from bot.web.console.build import Console, Parts, build_console
from bot.web.console.oversight import MadeWith
from intents.broadcasts import read_cast_rules
from intents.canned import read_canned
from intents.desk_texts import read_desk_texts
from intents.engine import Engine
from intents.load import data_folder, read_examples
from intents.targets import Targets, read_alarms, read_targets
from intents.understanding import Context


@dataclass(frozen=True)
class BuiltDesk:
    """What the service runs of the desk."""

    accounts: Accounts
    duty: Duty
    ticks: Ticks
    listing: Listing
    review: Review
    console: Console
    targets: Targets
    caster: Caster
    suggester: Suggester
    casts: Callable[[str], Casts]
    daily: Daily | None
    """Makes the daily brief; None where none is wanted."""


def build_desk(
    settings: Settings, engine: Engine, overlaid: Overlaid, store: Store, clock: Clock, hotline: Hotline, replies: Replies
) -> BuiltDesk:
    """Build it on an open store. Raises ``intents.problems.BrokenData``."""
    targets, ticks = read_targets(settings.data_path), Ticks(store, clock, read_alarms(settings.data_path))
    ticks.start(targets)
    accounts, duty, listing = Accounts(store, clock), Duty(store, clock), Listing(store, clock)
    examples = lru_cache(1)(lambda: read_examples(settings.data_path or data_folder()))
    review = Review(store, clock, overlaid, engine.knowledge, examples, lambda: settings.day(clock.now()))

    rules = read_cast_rules(settings.data_path)
    letters = Letters(replies, lambda: engine.knowledge, lambda: Context(date=settings.day(clock.now()), live=settings.live))
    caster = Caster(store, clock, rules, letters, settings.rate_bulk)
    suggester = Suggester(store, clock, replies, lambda: engine.knowledge, rules, lambda: settings.day(clock.now()))

    def casts(by: str) -> Casts:
        return Casts(store, clock, rules, letters, by)

    def made_with() -> tuple[Oversight, Names]:
        names = Names(engine.knowledge)
        return Oversight(store, clock, targets, names.hospitals), names

    console = build_console(
        Parts(
            logins=Logins(store, clock),
            accounts=accounts,
            desks=lambda by: Desk(store, clock, by, targets=targets, hurry=hotline.hurry),
            view=View(store, clock),
            listing=listing,
            views=lambda name: Views(store, clock, name),
            duty=duty,
            insights=Insights(overlaid, lambda: settings.day(clock.now()), settings.live),
            review=review,
            changes=lambda at: store.read(lambda db: changes.since(db, at)),
            knowledge=lambda: engine.knowledge,
            texts=replies,
            dangers=ticks.dangers,
            words=read_desk_texts(settings.data_path),
            canned=read_canned(settings.data_path),
            clock=clock,
            store=store,
            casts=casts,
            sites=lambda: store.read(sites.all_of),
            made_with=made_with,
        )
    )
    return BuiltDesk(
        accounts, duty, ticks, listing, review, console, targets, caster, suggester, casts, _daily(settings, store, clock, made_with)
    )


def _daily(settings: Settings, store: Store, clock: Clock, made_with: MadeWith) -> Daily | None:
    if settings.briefs_path is None or settings.brief_hour == "off":
        return None
    return Daily(store, clock, made_with, settings.briefs_path, settings.brief_hour)
