"""Leaving notices and having them back in one word, and nothing else that holds such a word."""

from __future__ import annotations

import pytest

from bot.conversation import NOTHING, decide
from bot.effects import Wants
from bot.model import Incoming, Turn
from bot.replies import Replies
from bot.state import State
from intents.understanding import Context
from tests.fakes.engine import NOON
from tests.scenario import engine


@pytest.fixture(scope="module")
def replies() -> Replies:
    return Replies(engine().knowledge)


def say(replies: Replies, text: str, chat: str = "7") -> Turn:
    got = engine().understand(text, Context(city="xian"))
    incoming = Incoming("telegram", chat, "1", text, NOON)
    return decide(State(city="xian", updated_at=NOON), incoming, got, replies, NOON, NOTHING)


def wants(turn: Turn) -> list[tuple[str, bool]]:
    return [(effect.kind, effect.wants) for effect in turn.effects if isinstance(effect, Wants)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *[
            (text, [("*", False)])
            for text in (
                "TD",
                "td",
                "T",
                "退订",
                "退訂",
                "退订。",
                "退订通知",
                "unsubscribe",
                "Unsubscribe!",
                "/stop",
                "取消订阅",
                "ＴＤ",
                "T D",
                "回TD",
                "回复 TD",
            )
        ],
        *[(text, [("*", False), ("emergency", False)]) for text in ("退订全部", "TD 全部", "unsubscribe from all", "unsubscribe all")],
        *[(text, [("emergency", False)]) for text in ("退订紧急通知", "TD紧急通知", "unsubscribe emergency notices")],
        *[(text, [("service", False)]) for text in ("退订就医通知", "退订“就医通知”", "unsubscribe from care notice")],
        *[(text, [("news", True)]) for text in ("订阅社区消息", "subscribe to community news", "订阅 news")],
        *[(text, [("*", True), ("emergency", True)]) for text in ("订阅", "恢复通知", "subscribe")],
    ],
)
def test_one_word_is_enough(replies: Replies, text: str, expected: list[tuple[str, bool]]) -> None:
    assert wants(say(replies, text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "医院不收我妈",
        "there is no news about my hospital",
        "today my mother has chest pain",
        "tdap vaccine for my baby",
        "我退订的外卖没送来，药也没有了，怎么办",
        "我爸胸口疼，退订",
        "T恤",
        "我想订菜",
        "leave the hospital",
    ],
)
def test_what_only_holds_such_a_word_is_read_as_what_it_says(replies: Replies, text: str) -> None:
    assert wants(say(replies, text)) == []


def test_an_unknown_kind_is_answered_with_those_there_are(replies: Replies) -> None:
    turn = say(replies, "退订广告")
    assert wants(turn) == [] and "紧急通知" in turn.replies[0].text and "社区消息" in turn.replies[0].text


def test_help_after_a_notice_is_a_case_at_once(replies: Replies) -> None:
    turn = say(replies, "收到通知，需要帮助")
    assert turn.case is not None and (turn.case.priority, turn.case.reason) == ("P1", "broadcast:help")
