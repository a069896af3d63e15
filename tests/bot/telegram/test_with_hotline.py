"""The Telegram edge over the real hotline and its database, with the real limits."""

from __future__ import annotations

import dataclasses

from bot.clock import SystemClock
from bot.hotline import Hotline
from bot.settings import Settings
from bot.store.pacer import Pace as Rates
from bot.store.store import Store
from tests.bot.telegram.play import QUICK, play
from tests.fakes.bot_api import BotApi, Limits, rules_of
from tests.fakes.bot_api.updates import membership
from tests.fakes.engine import FakeEngine, FakeReplies, fake_decide


def test_words_go_in_and_a_reply_comes_out(api: BotApi, hotline: Hotline, store: Store) -> None:
    api.says("我妈要透析 \ud83d\ude91 \ud800", chat=9)
    last = api.says("在吗", chat=9)
    play(api, hotline, lambda: len(api.sent) >= 2, lambda: last in api.confirmed, lambda: not any(counts(store)), outbox=store)
    assert {sent.chat for sent in api.sent} == {9}
    assert [line.text for line in hotline.history("telegram:9") if line.author == "resident"] == ["我妈要透析 🚑 \ufffd", "在吗"]


def counts(store: Store) -> tuple[int, ...]:
    """What is on its way in the outbox."""
    found = store.outbox_counts()
    return tuple(found.get(status, 0) for status in ("pending", "sending"))


def test_the_limits_are_kept_and_what_telegram_refuses_waits(path: str, settings: Settings) -> None:
    """The pacer's windows against the server's own, a pause for all, a chat that moves, a resident who has gone."""
    store = Store(path, SystemClock(), pace=Rates(30, 1, 20))
    hotline = Hotline(FakeEngine(), FakeReplies(), store, settings, decide=fake_decide)
    try:
        with BotApi().serve() as api:
            # A busy machine lets two that left a second apart arrive closer together.
            api.state.limits = Limits(30, 1, 20, slack=0.35)
            api.state.blocked = {3}
            api.state.migrated = {-5: -1005}
            api.script(*rules_of([{"fault": "429", "skip": 5, "chat": 2}, {"fault": "close_after", "chat": 4}]))
            for text in ("没饭", "透析"):
                for chat in (1, 2, 3, 4):
                    api.says(text, chat=chat)
            api.update(my_chat_member=membership(8, "kicked"))
            api.says("/透析", chat=-5)
            waits = lambda: len(hotline.history("telegram:4")) == 5 and not any(counts(store))  # noqa: E731
            play(api, hotline, waits, outbox=store, pace=dataclasses.replace(QUICK, least=0.01))
            assert api.state.limits.refused == 0
            assert {(row.address, row.reason) for row in store.outbox_list(["dead"], 10)} == {("telegram:3", "forbidden")}
            assert store.why_unreachable("telegram:3") == "forbidden" and store.why_unreachable("telegram:8") == "blocked"
            for chat, expected in ((1, 3), (2, 3), (4, 4), (-1005, 1)):
                assert len([sent for sent in api.sent if sent.chat == chat]) == expected
            assert [sent.text for sent in api.sent if sent.chat == 1][-1].startswith("<answer>")
    finally:
        store.close()
