"""The Telegram edge over the real hotline and its database."""

from __future__ import annotations

from bot.hotline import Hotline
from tests.bot.telegram.play import play
from tests.fakes.bot_api import BotApi


def test_words_go_in_and_a_reply_comes_out(hotline: Hotline) -> None:
    with BotApi().serve() as api:
        api.says("我妈要透析 \ud83d\ude91 \ud800", chat=9)
        last = api.says("在吗", chat=9)
        play(api, hotline, lambda: len(api.sent) >= 2, lambda: last in api.confirmed, lambda: hotline.outgoing("telegram") == [])
    assert {sent.chat for sent in api.sent} == {9}
    assert [line.text for line in hotline.history("telegram:9") if line.author == "resident"] == ["我妈要透析 🚑 \ufffd", "在吗"]
