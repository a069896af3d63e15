"""Commands in plain words: what stands for one, and that none stands before a need or a danger."""

from __future__ import annotations

import pytest

from bot.app import commands
from bot.replies import Replies
from bot.texts import MENU, SITE_COMMANDS
from intents.load import data_folder, load, read_examples

SERVICE = {"service.privacy", "service.reminder", "service.status", "smalltalk"}


@pytest.fixture(scope="module")
def replies() -> Replies:
    return Replies(load())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("重新开始", "start"),
        ("請重新開始！", "start"),
        ("Start over, please", "start"),
        ("怎么用", "help"),
        ("换个区", "district"),
        ("Change district.", "district"),
        ("急救", "emergency"),
        ("EMERGENCY!!", "emergency"),
        ("查进展", "case"),
        ("my case", "case"),
        ("设个提醒", "remind"),
        ("set a reminder", "remind"),
        ("别再发了", "stop"),
        ("unsubscribe", "stop"),
        ("我的数据", "mydata"),
        ("What do you know about me?", "mydata"),
        ("删除我的信息", "forget"),
        ("please erase my data", "forget"),
        ("换语言", "language"),
        ("English please", "language.en"),
        ("说中文", "language.zh"),
        ("登记", "register"),
        ("我的登记", "register.show"),
        ("take me off the list", "register.off"),
    ],
)
def test_a_command_in_plain_words(replies: Replies, text: str, name: str) -> None:
    assert replies.meant(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "help",
        "救命",
        "帮帮我",
        "stop the bleeding",
        "血止不住 stop",
        "删除我的信息，我妈胸口疼",
        "my data plan ran out and I cannot call 120",
        "重新开始透析去哪里",
        "chinese medicine",
        "中药",
        "emergency room near me",
        "登记了还是出不去",
        "删" * 500,
    ],
)
def test_what_holds_more_is_read_for_what_it_needs(replies: Replies, text: str) -> None:
    assert replies.meant(text) == ""


def test_no_example_of_a_need_is_taken_for_a_command(replies: Replies) -> None:
    # What is said of a number counts only where one was shown.
    answers = {"yes", "no", "unknown", "phone.noanswer", "phone.answered"}
    shadowed = [
        example.text
        for example in read_examples(data_folder())
        if replies.meant(example.text) not in {"", "emergency", *answers} and not set(example.topics) <= SERVICE
    ]
    assert shadowed == []
    urgent = [example for example in read_examples(data_folder()) if replies.meant(example.text) == "emergency"]
    assert all(set(example.topics) <= {"care.emergency", "care.ambulance"} for example in urgent)


def test_the_menu_has_every_command_in_both_languages(replies: Replies) -> None:
    menu = commands(replies)
    assert menu["", ""] == menu["", "zh"] and menu["", "zh"] != menu["", "en"]
    assert [name for name, _ in menu["", "en"]] == list(MENU)
    assert "mydata" not in dict(menu["groups", "zh"]) and set(SITE_COMMANDS) < set(dict(menu["managers", "zh"]))
    # The Bot API takes 256 characters; a phone shows far fewer.
    assert all(0 < len(text) <= 60 for offered in menu.values() for _, text in offered)


@pytest.mark.parametrize("text", ["我一个人住", "獨居老人", "my mother lives alone", "nobody is with her"])
def test_somebody_alone(replies: Replies, text: str) -> None:
    assert replies.alone(text)


@pytest.mark.parametrize("text", ["leave me alone", "两个人住", "一个人去医院可以吗"])
def test_somebody_not_alone(replies: Replies, text: str) -> None:
    assert not replies.alone(text)
