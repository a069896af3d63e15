"""What a short message does to the need before it; the real engine, because the words are data."""

from __future__ import annotations

import pytest

from intents.understanding import Context
from tests.scenario import engine

DIALYSIS = Context(city="xian", district="yanta", topics=("care.dialysis",))


@pytest.mark.parametrize("text", ["周二周四周六", "mon wed fri", "长安区", "3号楼2单元", "so how", "管控区"])
def test_a_fragment_is_read_into_the_need_before_it(text: str) -> None:
    got = engine().understand(text, DIALYSIS)
    assert got.carried and got.main == "care.dialysis" and got.action == "answer"


@pytest.mark.parametrize("text", ["谢谢", "好的", "thank you", "再见"])
def test_small_talk_stays_small_talk(text: str) -> None:
    assert engine().understand(text, DIALYSIS).action == "smalltalk"


@pytest.mark.parametrize("text", ["明天西安会下雨吗，想去爬山拍照片，带什么衣服好呢", "讲个笑话"])
def test_out_of_scope_stays_out_of_scope(text: str) -> None:
    assert engine().understand(text, DIALYSIS).action == "decline"


def test_an_emergency_goes_before_all_that_was_said() -> None:
    got = engine().understand("她没呼吸了", DIALYSIS)
    assert got.action == "emergency" and got.alarms and not got.carried


@pytest.mark.parametrize("text", ["电话？", "phone?", "它的电话是多少"])
def test_a_phone_is_asked_of_the_place_just_named(text: str) -> None:
    got = engine().understand(text, DIALYSIS)
    assert [topic.id for topic in got.topics] == ["contact.hotline", "care.dialysis"]
    assert got.facilities == engine().understand("透析去哪", DIALYSIS).facilities


def test_a_correction_changes_the_place_and_keeps_the_need() -> None:
    got = engine().understand("说错了，不是雁塔，是未央", DIALYSIS)
    assert got.slots["district"] == "weiyang" and got.main == "care.dialysis" and got.action == "answer"


@pytest.mark.parametrize("text", ["还是不让，保安说章不对", "又不行了，说要盖章", "still refused, they say the pass is wrong"])
def test_refused_once_more_with_the_reason_told_keeps_the_need(text: str) -> None:
    got = engine().understand(text, Context(city="xian", topics=("care.dialysis", "transport.closed_loop")))
    assert got.carried and got.main == "care.dialysis" and got.action == "handoff"


def test_a_sign_after_it_is_no_reason() -> None:
    got = engine().understand("没人管，说胡话了，不认人", DIALYSIS)
    assert got.action == "emergency"


def test_without_a_need_before_nothing_is_carried() -> None:
    assert not engine().understand("周二周四周六", Context(city="xian")).carried
