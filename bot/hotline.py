"""The use cases: a message is accepted and answered once; its replies wait in the outbox.

Decide first, write once, send after the commit: nothing is sent here and nothing is written outside one transaction.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import logging
import re
import threading
import zlib
from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal

from bot.around import context_of, known, placed, slots_of
from bot.bounded import within
from bot.clock import Clock, SystemClock
from bot.errors import Overtaken
from bot.heed import heeds
from bot.log import get_logger
from bot.model import EVENTS, NOWHERE, Case, CaseDraft, Incoming, Known, Message, Reply, Turn
from bot.ports import Crowd, Decides, Speaks, Understands
from bot.settings import Settings
from bot.site import Site
from bot.state import State
from bot.store.inbox import LEASE, InboxRow
from bot.store.store import Store
from intents.understanding import Scored, Understanding

log = get_logger(__name__)
_STD = logging.getLogger(__name__)

PATIENCE = 5.0
"""Seconds that understanding a message may take."""
LISTENING = 2.0
"""Seconds for what a group says among itself: others wait behind it."""
MOST_ATTEMPTS = 3
"""A row that was taken up more often without an end is set aside for a person."""
FAILURE = "failure.danger"
"""The reply where a message could not be understood; ``{case}`` is the case's number."""
_STRIPES = 256
_HANZI = re.compile(r"[\u3400-\u9fff]")
Watcher = Callable[[Incoming, Turn, int], None]


class Hotline:
    """The one way in for every channel. Safe to use from any thread; every method may raise :class:`StoreUnavailable`."""

    def __init__(
        self,
        engine: Understands,
        replies: Speaks,
        store: Store,
        settings: Settings,
        clock: Clock | None = None,
        *,
        decide: Decides | None = None,
        watch: Watcher | None = None,
        danger: Callable[[str], bool] = lambda _: False,
        patience: float = PATIENCE,
    ) -> None:
        """``watch`` is called after each commit with the message, the turn and the case's number (or 0).

        ``danger`` says of a message that could not be understood whether its words alone make it P0.
        """
        if decide is None:
            from bot.conversation import decide as decision

            decide = decision
        self._engine, self._replies, self._store, self._settings = engine, replies, store, settings
        self._clock = clock or SystemClock()
        self._decide: Decides = decide
        self._watch = watch
        self._danger = danger
        self._patience = patience
        self._lease = max(LEASE, 2 * patience)
        self.crowd: Crowd | None = None
        """What the channel knows of its groups; set once the channel is there."""
        self._locks = tuple(threading.Lock() for _ in range(_STRIPES))

    def accept(self, incoming: Incoming) -> int:
        """Commit the raw row; its id. The same update of the same chat a second time gives the first one's id."""
        return self._store.accept(incoming)

    def accept_all(self, incomings: Sequence[Incoming]) -> list[int]:
        """Commit several raw rows in their order, all or none; their ids."""
        return self._store.accept_all(incomings)

    def overhears(self, incoming: Incoming) -> bool:
        """Whether what a group said, and not to us, is for us to act on. Understood in memory: nothing is written, no word is logged."""
        state, site = placed(self._store, incoming, self._store.conversation(incoming.address)[0])
        context = context_of(state, incoming, self._settings, self._clock.now())
        try:
            return heeds(within(LISTENING, lambda: self._engine.understand(incoming.text, context)), site is not None)
        except Exception as error:
            log.error("listening_failed", error=type(error).__name__)
            return self._sees_danger(incoming.text)

    def process(self, address: str) -> int:
        """Answer all open rows of one chat, oldest first, each in one transaction; how many were answered here."""
        done = 0
        with self._locks[zlib.crc32(address.encode("utf-8", "replace")) % _STRIPES]:
            row = self._store.claim(address, self._clock.now(), self._lease)
            while row is not None:
                try:
                    handled, row, tell = self._answer(row)
                    done += handled
                    tell()
                except BaseException:
                    # Otherwise the chat would wait until the lease runs out.
                    if row is not None:
                        with contextlib.suppress(Exception):
                            self._store.release(row)
                    raise
        return done

    def come_due(self) -> int:
        """Do what was set for this moment in any chat; how many rows were answered."""
        return sum(self.process(address) for address in self._store.come_due(self._clock.now()))

    def hurry(self, address: str) -> None:
        """Something is due for this chat now: do it at once, and whatever else has come due; the tick does it where this fails."""
        with contextlib.suppress(Exception):
            self.come_due()

    def resume(self, stop: threading.Event | None = None) -> int:
        """Answer whatever was accepted and never answered, as after a crash, until ``stop`` is set; how many."""
        done = 0
        for address in self._store.open_addresses(self._clock.now()):
            if stop is not None and stop.is_set():
                break
            try:
                done += self.process(address)
            except Exception as error:
                log.error("resume_failed", error=type(error).__name__, exc_info=error)
        return done

    def history(self, address: str, after: int = 0) -> list[Message]:
        """The lines of one chat with ids above ``after``, oldest first."""
        return self._store.history(address, after)

    def queue(self, limit: int = 100) -> list[Case]:
        """The open cases, most urgent first."""
        return self._store.queue(limit)

    def _answer(self, row: InboxRow) -> tuple[int, InboxRow | None, Callable[[], None]]:
        """How many rows that handled, the chat's next one, and what is to be said of it now that it is committed."""
        why = "quarantined" if row.attempts > MOST_ATTEMPTS else "unparsed" if row.incoming.kind == "unparsed" else ""
        quarantined = bool(why)
        if not quarantined:
            self._heed(row)
            if row.incoming.kind in EVENTS:
                return self._noted(row), self._claim(row), _nothing
        turn = self._unread(row, row.state, why) if why else self._turn(row, row.state)
        now = self._clock.now()
        try:
            number, following = self._store.finish(row, turn, row.version, now, quarantined=quarantined, then_lease_s=self._lease)
        except Overtaken:
            self._store.release(row)
            return 0, self._claim(row), _nothing
        return 1, following, partial(self._tell, row, turn, number, quarantined)

    def _claim(self, row: InboxRow) -> InboxRow | None:
        return self._store.claim(row.incoming.address, self._clock.now(), self._lease)

    def _tell(self, row: InboxRow, turn: Turn, number: int, quarantined: bool) -> None:
        priority = turn.case.priority if turn.case else ""
        action = turn.understanding.action if turn.understanding else ""
        channel = row.incoming.channel
        if _STD.isEnabledFor(logging.INFO):  # else the logger is made for nothing, for each message
            log.info("answered", inbox=row.id, channel=channel, action=action, case=number, priority=priority, quarantined=quarantined)
        if self._watch is not None:
            self._watch(row.incoming, turn, number)

    def _heed(self, row: InboxRow) -> None:
        """What a message or an event says about the chat itself. Done before the row is finished, and harmless when done twice."""
        incoming, now = row.incoming, self._clock.now()
        kind = incoming.kind
        if kind == "left":
            self._store.unreachable(incoming.where, incoming.text, now)
        elif kind == "moved":
            self._store.reroute(incoming.channel, incoming.where, f"{incoming.channel}:{incoming.text}", now)
        elif kind not in {"noted", "due"} and row.unreachable:
            self._store.reachable(incoming.where, now)

    def _noted(self, row: InboxRow) -> int:
        """An event leaves no line in the conversation and does not move it on: nobody has said anything."""
        done = self._store.noted(row, self._clock.now())
        if done:
            log.info("noted", inbox=row.id, channel=row.incoming.channel, kind=row.incoming.kind)
        return int(done)

    def _turn(self, row: InboxRow, state: State) -> Turn:
        incoming, now = row.incoming, self._clock.now()
        state, site = placed(self._store, incoming, state)
        context = context_of(state, incoming, self._settings, now)
        try:
            if incoming.kind == "due":  # nobody has said anything
                understanding = Understanding("smalltalk", (), slots_of(context), state.spoke or "zh", context=context)
                return self._decide(state, incoming, understanding, self._replies, now, self._known(incoming, state, site))
            understanding = within(self._patience, lambda: self._engine.understand(incoming.text, context))
        except Exception as error:
            why = "timeout" if isinstance(error, TimeoutError) else "understanding"
            log.error("understanding_failed", inbox=row.id, why=why, error=type(error).__name__, exc_info=error)
            return self._unread(row, state, why)
        try:
            # Numbers are asked after only where some are shown, or were: most messages cost no further read.
            phones = now if understanding.facilities or understanding.hotlines or state.phones else None
            turn = self._decide(state, incoming, understanding, self._replies, now, self._known(incoming, state, site, phones))
        except Exception as error:
            log.error("decision_failed", inbox=row.id, error=type(error).__name__, exc_info=error)
            return self._unread(row, state, "decision", understanding)
        return turn if turn.understanding is not None else dataclasses.replace(turn, understanding=understanding)

    def _known(self, incoming: Incoming, state: State, site: Site | None, phones: dt.datetime | None = None) -> Known:
        return known(self._store, self.crowd, incoming, state, site, phones)

    def _unread(self, row: InboxRow, state: State, why: str, understood: Understanding | None = None) -> Turn:
        """What is done where a message could not be understood: a fixed reply, and a person must read it."""
        incoming, now = row.incoming, self._clock.now()
        state, site = placed(self._store, incoming, state)
        lang = incoming.lang or state.lang or _language(incoming.text)
        urgent = understood.action == "emergency" if understood is not None else self._sees_danger(incoming.text)
        draft = CaseDraft(
            "P0" if urgent else "P1",
            f"failure:{why}",
            ("other",),
            incoming.city or state.city,
            state.district,
            site=site.number if site else 0,
        )
        replies: tuple[Reply, ...] = ()
        try:
            if incoming.chat != NOWHERE:
                replies = (Reply(self._replies.say(FAILURE, lang, case="{case}")),)
        except Exception as error:
            # The case counts more than the words that say so.
            log.error("failure_reply_missing", inbox=row.id, error=type(error).__name__, exc_info=error)
        context = context_of(state, incoming, self._settings, now)
        handed = Understanding("handoff", (Scored("other", 0.0),), {}, lang, context=context)
        return Turn(replies, dataclasses.replace(state, updated_at=now), draft, understanding=handed)

    def _sees_danger(self, text: str) -> bool:
        try:
            return self._danger(text)
        except Exception as error:
            log.error("danger_unknown", error=type(error).__name__, exc_info=error)
            return False


def _nothing() -> None:
    """There is nothing to be said of an event."""


def _language(text: str) -> Literal["zh", "en"]:
    return "en" if not _HANZI.search(text) and any(char.isascii() and char.isalpha() for char in text) else "zh"
