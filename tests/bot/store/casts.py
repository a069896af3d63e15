"""People, broadcasts and a channel that counts, for the tests of broadcasts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.audience import Audience
from bot.broadcast import Draft, Plan
from bot.casts import Casts
from bot.casts.ticks import Caster
from bot.casts.words import Letters
from bot.clock import FrozenClock, to_ms
from bot.replies import Replies
from bot.store.store import Store
from intents.broadcasts import CastRules, read_cast_rules
from intents.load import load
from intents.understanding import Context

KNOWLEDGE = load()
RULES = read_cast_rules()
DAY = dt.date(2022, 1, 5)


def letters() -> Letters:
    """Of the data that ships."""
    return Letters(Replies(KNOWLEDGE), lambda: KNOWLEDGE, lambda: Context(date=DAY))


def rules(**changed: int) -> CastRules:
    """Those that ship, some of them changed."""
    return RULES.model_copy(update=changed)


def draft(
    zh: str = "明天停水", en: str = "No water tomorrow", kind: str = "service", audience: Audience | None = None, **plan: object
) -> Draft:
    """A draft; ``plan``: fields of :class:`Plan`."""
    return Draft(kind, zh, en, audience or Audience(), Plan(**{"quiet": False, **plan}))  # type: ignore[arg-type]


def people(
    store: Store, many: int, now: dt.datetime, *, first: int = 1, lang: str = "zh", city: str = "xian", district: str = "yanta"
) -> None:
    """So many residents who have written; their chats are numbered from ``first`` on."""
    rows = [
        {"address": f"telegram:{number}", "now": to_ms(now), "lang": lang, "city": city, "district": district}
        for number in range(first, first + many)
    ]
    store.write(
        lambda db: db.execute_many(
            """
            INSERT INTO residents (address, changed_at, city, district, lang, seen_at)
            VALUES (:address, :now, :city, :district, :lang, :now)
            """,
            rows,
        )
    )


@dataclass
class Mail:
    """A channel by hand: takes what is due and settles it. ``sent``: addresses in order."""

    store: Store
    clock: FrozenClock
    sent: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def deliver(self, limit: int = 1_000, outcome: Callable[[str], str] = lambda _: "sent") -> int:
        """Send what the pacer lets through now."""
        rows = self.store.take("telegram", limit, self.clock.now())
        for row in rows:
            how = outcome(row.address)
            if how == "sent":
                self.sent.append(row.address)
                self.texts.append(row.text)
                self.store.delivered(row.id, row.attempt, self.clock.now())
            elif how == "blocked":
                self.store.dead(row.id, row.attempt, "forbidden", self.clock.now())
                self.store.unreachable(row.address, "forbidden", self.clock.now())
            elif how == "uncertain":
                self.sent.append(row.address)
                self.store.uncertain(row.id, row.attempt, "timeout", self.clock.now())
            elif how == "dead":
                self.store.dead(row.id, row.attempt, "bad request", self.clock.now())
        return len(rows)


@dataclass
class Desk:
    """One process: use cases by anybody's name, the tick, the mail."""

    store: Store
    clock: FrozenClock
    rules: CastRules = RULES
    bulk: int = 0

    def __post_init__(self) -> None:
        self.letters = letters()
        self.caster = Caster(self.store, self.clock, self.rules, self.letters, self.bulk)
        self.mail = Mail(self.store, self.clock)

    def by(self, name: str) -> Casts:
        """The use cases as somebody."""
        return Casts(self.store, self.clock, self.rules, self.letters, name)

    def turn(self, times: int = 3, outcome: Callable[[str], str] = lambda _: "sent") -> None:
        """Look and deliver so many times."""
        for _ in range(times):
            self.caster.tick()
            self.mail.deliver(outcome=outcome)
        self.caster.tick()


def statuses(store: Store) -> dict[str, int]:
    """How many recipients are in each status, counted from their rows."""
    rows: Sequence[dict[str, object]] = store.read(lambda db: db.query("SELECT status, count(*) AS many FROM recipients GROUP BY status"))
    return {str(row["status"]): int(str(row["many"])) for row in rows}
