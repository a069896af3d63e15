"""A broadcast is written, counted, looked at as ten people would get it, and sent to oneself."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bot.audience import with_cities, wrong_audience
from bot.broadcast import LONGEST, PLACEHOLDERS, Draft, unknown_placeholder, with_half_width_braces
from bot.casts.base import Base
from bot.casts.refused import CastRefused
from bot.clock import to_ms
from bot.store import audience as audiences
from bot.store import broadcasts
from bot.store.audience import Someone
from bot.store.connection import Connection
from bot.store.desk import Act, is_new
from bot.store.rows import dump_buttons

SAMPLE = 10
LONGEST_TITLE = 80
SHORTEST_SPAN, LONGEST_SPAN = dt.timedelta(minutes=10), dt.timedelta(days=10)


@dataclass(frozen=True, slots=True)
class Preview:
    """Whom it would reach now, and what some of them would read."""

    people: int
    sample: tuple[tuple[Someone, str], ...]
    approval: bool
    """Whether a second person must approve it."""


class Writing(Base):
    """Drafts."""

    def write(self, draft: Draft, *, once: str = "") -> int:
        """Keep a new draft; its number. The same ``once`` a second time gives the first one's. Raises :class:`CastRefused`."""
        draft = self.checked(draft)

        def work(db: Connection) -> int:
            if not is_new(db, Act(0, self._by, None, once), "broadcast", self._clock.now()):
                return max((one.id for one in broadcasts.newest(db, 50) if one.made_by == self._by), default=0)
            number = broadcasts.add(db, draft, self._by, self._clock.now())
            self._note(db, "written", number)
            return number

        return self._store.write(work)

    def rewrite(self, number: int, version: int, draft: Draft) -> None:
        """Write it anew; an approval of before is gone. Raises :class:`CastRefused`, also where it was sent or changed meanwhile."""
        draft = self.checked(draft)

        def work(db: Connection) -> None:
            found = self._held(db, number, version)
            if not broadcasts.rewrite(db, number, found.version, draft, self._by):
                raise CastRefused(f"broadcast {number} is no draft any more", "cast_sent", number=number)
            self._note(db, "rewritten", number)

        self._store.write(work)

    def checked(self, draft: Draft) -> Draft:
        """The draft without space around its texts. Raises :class:`CastRefused` for what may not be sent."""
        zh, en, plan = with_half_width_braces(draft.zh.strip()), with_half_width_braces(draft.en.strip()), draft.plan
        self._kind(draft.kind)
        if not zh or not en:
            raise CastRefused("write the text in both languages", "cast_both")
        if max(len(zh), len(en)) > LONGEST:
            raise CastRefused(f"a text has at most {LONGEST} characters", "words", most=LONGEST)
        if len(draft.title) > LONGEST_TITLE:
            raise CastRefused(f"a title has at most {LONGEST_TITLE} characters", "words", most=LONGEST_TITLE)
        for text in (zh, en):
            if odd := unknown_placeholder(text):
                known = " ".join(f"{{{name}}}" for name in PLACEHOLDERS)
                raise CastRefused(f"{odd} is no placeholder; there are {known}", "cast_braces", what=odd, known=known)
        places = {city.id: set(city.districts) for city in self._letters.cities().values()}
        audience = with_cities(draft.audience, places)
        if odd := wrong_audience(audience, places, self._letters.topics()):
            raise CastRefused(f"{odd} is no place, zone, topic or group", "cast_whom", what=odd)
        if not SHORTEST_SPAN <= plan.expires <= LONGEST_SPAN:
            raise CastRefused("it may be late by ten minutes at least, by ten days at most", "cast_expires")
        if plan.start is not None and plan.start > self._clock.now() + dt.timedelta(days=400):
            raise CastRefused("that is more than a year from now", "when_any")
        if audience.to == "groups" and (
            audience.zones
            or audience.topics
            or audience.patients
            or audience.langs
            or audience.seen_days
            or audience.opted_in
            or audience.not_zones
            or audience.not_topics
            or audience.not_patients
        ):
            raise CastRefused("groups can only be chosen by city, district and site", "cast_groups")
        return Draft(draft.kind, zh, en, audience, plan, draft.title.strip())

    def preview(self, draft: Draft, seed: int = 0) -> Preview:
        """Count its people now and write to ten of them, without sending. Raises :class:`CastRefused`."""
        draft = self.checked(draft)
        kind, now = self._kind(draft.kind), self._clock.now()

        def work(db: Connection) -> tuple[int, list[Someone]]:
            many = audiences.count(db, draft.audience, kind, now)
            return many, audiences.sample(db, draft.audience, kind, now, seed, SAMPLE)

        many, some = self._store.read(work)
        groups = draft.audience.to == "groups"
        written = [(one, self._letters.write(draft, one.city, one.district, one.lang, group=groups)[0]) for one in some]
        return Preview(many, tuple(written), many > self._rules.approve_above)

    def test(self, number: int, telegram: int, once: str) -> None:
        """Send it to oneself, in both languages; ``telegram``: the number of the account there. Raises :class:`CastRefused`."""
        draft = self.one(number).draft
        if not telegram:
            raise CastRefused("your account is not linked to Telegram", "cast_unlinked")
        now = self._clock.now()

        def work(db: Connection) -> None:
            for lang in ("zh", "en"):
                text, buttons = self._letters.write(draft, "", "", lang)
                # A reply, and no broadcast: whoever tries it waits for it, and it counts for nobody's day.
                db.execute(
                    """
                    INSERT INTO outbox (key, channel, address, lane, text, buttons, status, created_at, updated_at)
                    VALUES (:key, 'telegram', :address, 'reply', :text, :buttons, 'pending', :now, :now) ON CONFLICT (key) DO NOTHING
                    """,
                    key=f"test:{number}:{self._by}:{once[:64]}:{lang}",
                    address=f"telegram:{telegram}",
                    text=text,
                    buttons=dump_buttons(buttons),
                    now=to_ms(now),
                )
            self._note(db, "tried", number)

        self._store.write(work)
