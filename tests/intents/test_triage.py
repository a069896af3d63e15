"""Red flags: what stands, and what takes the force from a sign."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from intents.engine import Engine
from intents.read import Reader
from intents.understanding import Context
from tests.conftest import SHARED, Expect

LEVELS = {"duty_line": 0, "same_day_hospital": 1, "call_120": 2}
SUBJECTS = {
    "obstetric": ("我怀孕33周，", "I am 33 weeks pregnant, "),
    "newborn": ("宝宝出生十天，", "my 10 day old baby: "),
    "child": ("孩子两岁，", "my 2 year old: "),
    "dialysis": ("我爸做透析的，", "dad is on dialysis, "),
    "oncology": ("我妈在化疗，", "mum is on chemo, "),
    "diabetic": ("糖尿病人，", "he is diabetic, "),
}
"""Whom the wordings of a group leave out."""


def standing(reader: Reader, text: str) -> bool:
    return any(hit.alarms and hit.stands for hit in reader(text).hits)


def doubts(reader: Reader, text: str) -> set[str]:
    hits = [hit for hit in reader(text).hits if hit.alarms]
    assert hits, f"no sign seen in {text!r}"
    return set.intersection(*(set(hit.doubts) for hit in hits))


@pytest.mark.parametrize(
    "text",
    [
        "我爸胸口疼得厉害，出冷汗",
        "孩子抽搐了叫不醒",
        "嘴突然歪了，半边身子动不了",
        "孕妇大出血",
        "喘不上气，嘴唇发紫",
        "crushing chest pain and cold sweat",
        "she won't wake up",
        "my baby is having a seizure",
        "he can't breathe, lips are blue",
        "昨天好好的，现在叫不醒了",
        "没有发烧，但是胸口疼得厉害喘不上气",
        "no fever but crushing chest pain",
    ],
)
def test_a_sign_stands(text: str, reader: Reader) -> None:
    assert standing(reader, text)


@pytest.mark.parametrize(
    "text",
    [
        "没有胸痛",
        "没有抽搐",
        "没出现呼吸困难",
        "没有大出血",
        "no chest pain",
        "she has no trouble breathing",
        "without any seizures",
        "denies chest pain",
    ],
)
def test_negation_takes_it_away(text: str, reader: Reader) -> None:
    assert not standing(reader, text)


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("上周胸口疼得厉害", "past"),
        ("去年我爸突然嘴歪了", "past"),
        ("last year she had crushing chest pain", "past"),
        ("two years ago he had a seizure", "past"),
        ("刚才胸口疼得厉害，现在不疼了，没事了", "over"),
        ("he had crushing chest pain this morning, fine now", "over"),
        ("如果我爸胸口疼得厉害怎么办", "hypothesis"),
        ("万一孩子抽搐了该打哪", "hypothesis"),
        ("what if he has crushing chest pain", "hypothesis"),
        ("in case she has a seizure, who do I call", "hypothesis"),
        ("听说有人胸口疼得厉害没人管", "others"),
        ("新闻里有个孕妇大出血", "others"),
        ("in the news a man had crushing chest pain", "others"),
        ("i heard that somebody had a seizure at the gate", "others"),
    ],
)
def test_what_weakens_a_sign(text: str, doubt: str, reader: Reader) -> None:
    assert doubt in doubts(reader, text)


@pytest.mark.parametrize(
    "text",
    [
        "上周没去成透析，今天胸口疼得厉害",
        "last week we missed it, now he has crushing chest pain",
        "如果没人管怎么办。我爸现在胸口疼得厉害",
    ],
)
def test_now_leaves_the_past_and_the_supposed_behind(text: str, reader: Reader) -> None:
    assert standing(reader, text)


OVER = (
    "半边脸歪了说不出话，十分钟后好了",
    "抽了两分钟，现在醒了好了",
    "刚才晕倒了，现在好了",
    "吃了一瓶安眠药，现在好好的没事了",
    "奶奶刚才噎住了脸都紫了，现在咳出来没事了",
    "孩子吞了纽扣电池，现在没事",
    "he had a seizure, he is fine now",
    "face drooped and speech slurred for ten minutes, all good now",
    "she swallowed a whole bottle of pills but feels fine",
    "he hit his head, he is on warfarin, seems fine now",
)


@pytest.mark.parametrize("text", OVER)
def test_over_does_not_clear_what_comes_back(text: str, real_engine: Engine, reader: Reader, expect: Expect) -> None:
    hits = [hit for hit in reader(text).hits if hit.alarms]
    expect("signs", text, any("over" not in hit.doubts for hit in hits) and real_engine.understand(text, Context()).action == "emergency")


@pytest.mark.parametrize(
    "text", ["药吃完了", "哪里买菜", "定点医院是哪家", "where is the fever clinic", "my pills ran out", "今天天气不错"]
)
def test_ordinary_words_show_no_alarm(text: str, reader: Reader) -> None:
    assert not any(hit.alarms for hit in reader(text).hits)


@pytest.mark.parametrize("text", ["封了两个月，发烧38度", "封了一个半月，昨天发烧38.5", "关了俩月，今早烧到39度"])
def test_months_of_a_lockdown_are_no_age(text: str, reader: Reader) -> None:
    assert not any(hit.alarms for hit in reader(text).hits)


@pytest.mark.parametrize("text", ["我家娃两个月，发烧38度", "一个半月的女儿发烧38.5", "俩月的娃烧到39度", "宝宝满月，发烧38.2度"])
def test_fever_in_a_baby_of_two_months_stands(text: str, reader: Reader) -> None:
    assert any(hit.alarms and hit.stands and hit.flag.id == "newborn-02" for hit in reader(text).hits)


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("我爸慢阻肺，一句话说不成", "breathing-07"),
        ("dad has copd, single words only", "breathing-07"),
        ("我爸慢阻肺，手撑着膝盖坐着", "breathing-01"),
        ("我爸慢阻肺，嘴唇发紫", "breathing-02"),
        ("低血糖，吃了糖还是没上来", "diabetic-02"),
        ("打了胰岛素，血糖2.8，家里没吃的", "diabetic-02"),
        ("dialysis due friday, five kilos up, swollen and panting", "dialysis-06"),
        ("我爸透析的，内瘘摸不到震颤，站不起来", "dialysis-03"),
        ("新生儿吐绿水", "newborn-10"),
        ("新生儿黄疸，光睡", "newborn-07"),
    ],
)
def test_a_sign_alarms_by_the_flag_whose_note_covers_it(text: str, flag: str, reader: Reader) -> None:
    assert any(hit.alarms and hit.stands and hit.flag.id == flag for hit in reader(text).hits)


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("二甲双胍吃着，血糖3.8，家里没饭", "diabetic-02"),
        ("打胰岛素的，血糖3.8，一个人在家", "diabetic-02"),
        ("my newborn has a distended belly", "newborn-10"),
        ("透析的，体重涨了三公斤，腿肿", "dialysis-06"),
        ("咳嗽，痰里带鲜血", "breathing-08"),
    ],
)
def test_what_the_note_does_not_name_stays_at_its_level(text: str, flag: str, reader: Reader) -> None:
    hits = reader(text).hits
    assert flag in {hit.flag.id for hit in hits} and not any(hit.alarms for hit in hits)


def test_only_a_flag_whose_note_says_so_is_raised(real_engine: Engine) -> None:
    raised = {flag.id: flag.note for flag in real_engine.knowledge.flags.values() if flag.raising}
    assert {name for name, note in raised.items() if "call_120" not in note and "call 120" not in note} == {"trauma-09"}


def test_alarming_hits_come_first(reader: Reader) -> None:
    hits = reader("孩子拉肚子脱水，还抽搐叫不醒").hits
    assert hits[0].alarms
    assert [hit.alarms for hit in hits] == sorted((hit.alarms for hit in hits), reverse=True)


def test_a_weak_sign_alone_is_only_distress(reader: Reader) -> None:
    reading = reader("胸有点不得劲")
    assert reading.distress and not any(hit.alarms and hit.stands for hit in reading.hits)


def test_a_sign_in_the_middle_of_much_talk_is_seen(reader: Reader) -> None:
    far = "今天天气很好，" * 3000 + "我爸突然叫不醒了没呼吸。" + "我们聊聊别的，" * 3000
    assert standing(reader, far)
    across = "好" * 1995 + "叫不醒了没呼吸" + "好" * 3000
    assert standing(reader, across)


@pytest.mark.parametrize(
    "text", ["没有胸痛，就是想问哪里买药", "no chest pain, just asking where to buy medicine", "上周的胸痛早就好了，想约个复查"]
)
def test_cleared_signs_make_no_emergency(text: str, real_engine: Engine) -> None:
    assert real_engine.understand(text, Context()).action != "emergency"


def _rows() -> list[tuple[dict[str, Any], str]]:
    path = SHARED / "facts" / "redflags.yaml"
    if not path.is_file():
        return []
    items = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))["items"]
    return [(item, lang) for item in items for lang in ("zh", "en")]


ROWS = _rows()


def seen(reader: Reader, item: dict[str, Any], lang: str) -> bool:
    """Whether at least one wording shows the flag, or another of at least its level."""
    subject = SUBJECTS.get(item["group"], ("", ""))[lang == "en"]
    for wording in item[lang]:
        for text in (wording, subject + wording):
            for hit in reader(text).hits:
                if hit.flag.id == item["id"] or hit.alarms or LEVELS[hit.flag.level] >= LEVELS[item["level"]]:
                    return True
    return False


@pytest.mark.skipif(not ROWS, reason="no shared/facts/redflags.yaml")
@pytest.mark.parametrize(("item", "lang"), ROWS, ids=[f"{item['id']}-{lang}" for item, lang in ROWS])
def test_every_flag_can_be_reached(item: dict[str, Any], lang: str, reader: Reader, expect: Expect) -> None:
    expect("flags", f"{item['id']}-{lang}", seen(reader, item, lang))


@pytest.mark.skipif(not ROWS, reason="no shared/facts/redflags.yaml")
def test_the_flags_are_those_of_the_list(real_engine: Engine, known_failures: dict[str, dict[str, str]]) -> None:
    listed = {item["id"]: item["level"] for item, _ in ROWS}
    assert {flag.id: flag.level for flag in real_engine.knowledge.flags.values()} == listed
    assert {key.rsplit("-", 1)[0] for key in known_failures["flags"]} <= set(listed)
