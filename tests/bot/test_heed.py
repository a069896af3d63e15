"""What is for us of what a group says among itself: danger everywhere, medicine and a vehicle to a doctor in a site's group."""

from __future__ import annotations

import pytest

from bot.heed import heeds
from intents.engine import Engine
from intents.understanding import Context

DANGER = ("我爸胸口疼得厉害，一身冷汗", "3号楼有人晕倒了，叫不醒", "my father has chest pain and is sweating")
NEEDS = (
    "我妈降压药只剩两天了，谁能帮忙买",
    "高血压药吃完了，求药",
    "老人胰岛素明天就没了",
    "有没有车能送我爸去透析",
    "明天要去医院化疗，没有车怎么办",
    "my insulin runs out tomorrow",
    "need a ride to dialysis tomorrow",
)
CHATTER = (
    "大家好",
    "今天几点做核酸？",
    "谁家有多的盐，能换点吗",
    "谢谢大家",
    "快递到了吗",
    "团购蔬菜在几号楼拿",
    "楼上装修吵死了",
    "药店开门吗",
    "听说隔壁小区有人买不到药",
    "车停在门口挡路了，谁的车",
    "请问出小区看病要什么手续",
    "笑死我了",
    "急死我了，菜还没到",
    "解封了吗",
    "anyone got eggs to share?",
    "is the pharmacy open?",
    "good morning everyone",
    "who parked at the gate",
    "haha I'm dying of boredom",
)


def heard(engine: Engine, text: str, *, site: bool) -> bool:
    return heeds(engine.understand(text, Context(city="xian", district="yanta")), site)


@pytest.mark.parametrize("text", DANGER)
def test_danger_is_heard_in_any_group(real_engine: Engine, text: str) -> None:
    assert heard(real_engine, text, site=False) and heard(real_engine, text, site=True)


@pytest.mark.parametrize("text", NEEDS)
def test_a_clear_need_is_heard_in_a_site_s_group_only(real_engine: Engine, text: str) -> None:
    assert heard(real_engine, text, site=True) and not heard(real_engine, text, site=False)


@pytest.mark.parametrize("text", CHATTER)
def test_what_neighbours_say_to_each_other_is_not_heard(real_engine: Engine, text: str) -> None:
    assert not heard(real_engine, text, site=True)


def test_a_fragment_after_a_need_is_not_heard_and_one_after_an_emergency_only_with_a_sign_of_its_own(real_engine: Engine) -> None:
    before = Context(city="xian", district="yanta", topics=("care.emergency",))
    assert not heeds(real_engine.understand("在三楼", before), True)
    assert heeds(real_engine.understand("他还在喘，嘴唇发紫", before), True)
    before = Context(city="xian", district="yanta", topics=("medicine.chronic",))
    assert not heeds(real_engine.understand("在三楼", before), True)
