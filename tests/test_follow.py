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


P0 = Context(topics=("care.emergency",), city="xian", district="yanta")


@pytest.mark.parametrize(
    "words",
    [
        *("vomiting", "头晕", "嗓子说不出话", "喷雾用完了", "都是咖啡色的", "嘴里流口水", "一岁半", "没有车", "嘴唇发白"),
        *("eyes rolling", "arm pain", "I dont know exact address", "she is cold"),
    ],
)
def test_what_is_told_just_after_an_emergency_belongs_to_it(words: str) -> None:
    found = engine().understand(words, P0)
    assert found.action == "emergency" and found.main == "care.emergency"


@pytest.mark.parametrize(
    ("words", "main"),
    [
        ("哪里能做透析", "care.dialysis"),
        ("我妈的降压药没了", "medicine.chronic"),
        ("转人工", "service.human"),
        ("删除我的信息", "service.privacy"),
        ("where is the fever clinic", "care.fever"),
    ],
)
def test_another_need_just_after_an_emergency_is_answered_as_what_it_is(words: str, main: str) -> None:
    found = engine().understand(words, P0)
    assert found.action in {"answer", "handoff"} and found.main == main


@pytest.mark.parametrize(
    "words",
    [
        *("打了120了", "打过120了 在等车", "120接通了，说马上来", "120已经在来的路上", "叫了救护车了"),
        *("i called 120, they are coming", "called 120", "the ambulance is on its way"),
    ],
)
@pytest.mark.parametrize("context", [P0, Context()], ids=["after an emergency", "alone"])
def test_who_has_reached_120_is_not_told_to_redial(words: str, context: Context) -> None:
    found = engine().understand(words, context)
    assert (found.action, found.ask) == ("smalltalk", "called")


@pytest.mark.parametrize("words", ["打了120打不通", "120打了没人接", "called 120, no answer", "120打唔通", "打了120，占线"])
def test_who_has_not_is(words: str) -> None:
    found = engine().understand(words, P0)
    assert found.action == "emergency" and "care.ambulance" in {topic.id for topic in found.topics}


@pytest.mark.parametrize("words", ["车来了", "已经送到医院了", "已经到医院了，医生在看", "她侄子送来了", "都办好了"])
def test_what_is_settled(words: str) -> None:
    found = engine().understand(words, P0)
    assert (found.action, found.ask) == ("smalltalk", "settled")


@pytest.mark.parametrize(("words", "action"), [("没有发烧", "clarify"), ("不喘，不发烧", "clarify"), ("no fever", "clarify")])
def test_what_somebody_has_not_got_is_no_need(words: str, action: str) -> None:
    assert engine().understand(words, Context()).action == action
    found = engine().understand(words, Context(topics=("medicine.chronic",)))
    assert found.carried and found.main == "medicine.chronic"


@pytest.mark.parametrize(
    "words", ["吃了84消毒液", "误吃了消毒片", "他又来了 拿刀", "有点喘 躺下更喘", "透析病人 气也短", "发烧三天，一直睡"]
)
def test_signs_that_were_once_missed(words: str) -> None:
    assert engine().understand(words, Context()).action == "emergency"


@pytest.mark.parametrize("words", ["血压200/120", "卡120分钟了", "花了120块"])
def test_a_figure_is_not_the_ambulance(words: str) -> None:
    assert "care.ambulance" not in {topic.id for topic in engine().understand(words, Context()).topics}
