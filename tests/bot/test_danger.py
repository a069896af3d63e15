from __future__ import annotations

import pytest

from bot.danger import Danger
from intents.load import data_folder, load
from tests.fakes.engine import HEART


@pytest.fixture(scope="module")
def danger() -> Danger:
    return Danger(flag for group in load(data_folder()).groups for flag in group.flags)


@pytest.mark.parametrize(
    "text",
    [
        "我爸胸口疼得厉害",
        "奶奶昏迷了",
        "他心脏病犯了",
        "我想自杀",
        "Chest pain, cold sweat",
        "ＨＥＡＲＴ ＡＴＴＡＣＫ",
        "he can’t breathe, heart attack?",
    ],
)
def test_danger_is_seen(danger: Danger, text: str) -> None:
    assert danger(text)


@pytest.mark.parametrize(
    "text", ["", "买菜没人送", "我妈要透析，小区封了", "fever clinic near Wangjing?", "给我讲个笑话", "\ud83d", "嗯" * 200_000]
)
def test_the_rest_is_not(danger: Danger, text: str) -> None:
    assert not danger(text)


def test_only_plain_words_of_flags_that_alarm_by_themselves() -> None:
    lines = ("胸痛|心口(很)?疼 & !复查", "@pregnant & 流血", "/abc/", "发烧 & 抽搐", "疼")
    flags = (HEART.model_copy(update={"patterns": lines}), HEART.model_copy(update={"patterns": ("头疼",), "level": "same_day"}))
    danger = Danger(flags)
    seen = [text for text in ("胸痛", "复查胸痛", "心口疼", "孕妇流血", "abc", "发烧", "发烧，抽搐", "疼", "头疼") if danger(text)]
    assert seen == ["胸痛", "复查胸痛", "发烧，抽搐"]
    assert not Danger(())("胸痛")
