"""What an update says, known kinds and unknown ones."""

from __future__ import annotations

from typing import Any

import pytest

from bot.telegram.incoming import Me, Received, read
from tests.fakes.bot_api.updates import membership, message

ME = Me(123456, "green_bot")


def said(chat: int = 7, **content: Any) -> dict[str, Any]:
    return {"update_id": 1, "message": {**message(chat, 5), **content}}


def of(raw: dict[str, Any], me: Me = ME) -> tuple[str, str, str] | None:
    received = read(raw, me)
    return (received.chat, received.kind, received.text) if received is not None else None


@pytest.mark.parametrize(
    ("status", "chat", "expected"),
    [
        ("kicked", 7, ("7", "left", "blocked")),
        ("kicked", -5, ("-5", "left", "kicked")),
        ("left", -5, ("-5", "left", "removed")),
        ("member", 7, ("7", "back", "")),
    ],
)
def test_being_blocked_kicked_and_let_in_again(status: str, chat: int, expected: tuple[str, str, str]) -> None:
    assert of({"update_id": 1, "my_chat_member": membership(chat, status)}) == expected


def test_a_group_that_became_a_supergroup_is_told_twice_and_read_alike() -> None:
    assert of(said(-5, migrate_to_chat_id=-1005)) == ("-5", "moved", "-1005")
    assert of(said(-1005, migrate_from_chat_id=-5)) == ("-5", "moved", "-1005")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("@Green_Bot 透析", "透析"),
        ("@green_bot透析", "透析"),
        ("请问@green_bot，透析去哪", "请问 透析去哪"),
        ("/start", "/start"),
        ("／start", "／start"),
        ("/cases@green_bot", "/cases"),
        ("/register_site@Green_Bot 阳光花园", "/register_site 阳光花园"),
    ],
)
def test_in_a_group_what_is_said_to_us_comes_without_our_name(text: str, kept: str) -> None:
    assert read(said(-5, text=text), ME) == Received("-5/5", kept, "text")


@pytest.mark.parametrize("text", ["大家好", "@green_bot2 透析", "@green_botany", "/cases@other_bot", "/start@green_bot2", "写给green_bot"])
def test_in_a_group_what_is_not_said_to_us_is_only_overheard(text: str) -> None:
    received = read(said(-5, text=text), ME)
    assert received is not None and received.overheard


def test_in_a_group_an_answer_to_us_is_for_us_and_one_to_a_neighbour_is_not() -> None:
    ours = {**message(-5, 4), "from": {"id": 123456, "is_bot": True, "first_name": "G"}, "text": "?"}
    assert read(said(-5, text="透析", reply_to_message=ours), ME) == Received("-5/5", "透析", "text")
    theirs = read(said(-5, text="透析", reply_to_message={**message(-5, 4), "text": "?"}), ME)
    assert theirs is not None and theirs.overheard


def test_in_a_group_what_has_no_words_is_nothing_to_us() -> None:
    assert of(said(-5, new_chat_title="x")) is None
    assert of(said(-5, dice={"emoji": "🎲", "value": 3})) is None


def test_before_our_name_is_known_any_bot_s_may_be_ours() -> None:
    nameless = Me(123456)
    for text, overheard in (("@green_bot 透析", False), ("/start@green_bot", False), ("@somebody 透析", True)):
        received = read(said(-5, text=text), nameless)
        assert received is not None and (received.text, received.overheard) == (text, overheard)


def test_an_administrator_who_writes_as_the_group_stands_for_the_group() -> None:
    group = {"id": -5, "type": "group", "title": "G"}
    assert read(said(-5, text="/cases", sender_chat=group), ME) == Received("-5/-5", "/cases", "text")


def test_in_a_group_what_the_library_cannot_parse_is_overheard_too() -> None:
    odd: dict[str, Any] = {"update_id": 1, "message": {"chat": {"id": -5}, "from": {"id": 9}, "date": "soon", "text": "没有呼吸"}}
    assert read(odd, ME) == Received("-5/9", "没有呼吸", "text", overheard=True)
    odd["message"]["text"] = "@green_bot 没有呼吸"
    assert read(odd, ME) == Received("-5/9", "没有呼吸", "text")
    del odd["message"]["text"]
    assert read(odd, ME) is None


def test_what_telegram_writes_and_a_place_that_moves_are_only_noted() -> None:
    assert of(said(message_auto_delete_timer_changed={"message_auto_delete_time": 1})) == ("7", "noted", "")
    moving = {**message(7, 5), "edit_date": 1649131300, "location": {"latitude": 34.2, "longitude": 108.9, "live_period": 60}}
    assert of({"update_id": 1, "edited_message": moving}) == ("7", "noted", "")


def test_a_caption_is_read_when_it_is_edited_too() -> None:
    photo = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
    edited = {**message(7, 5), "edit_date": 1649131300, "photo": photo, "caption": "喘不上气"}
    assert of({"update_id": 1, "edited_message": edited}) == ("7", "photo", "喘不上气")


def test_channels_are_noted_without_their_words() -> None:
    post = {"message_id": 1, "date": 1, "chat": {"id": -100, "type": "channel", "title": "C"}, "text": "通知"}
    for kind in ("channel_post", "edited_channel_post"):
        assert read({"update_id": 1, kind: post}, ME) == Received("-100", "", "noted", private=False)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"telepathy": {"from": {"id": 7}, "thought": "?"}}, ("unknown", "noted", "")),
        ({"telepathy": {"chat": {"id": 9}}}, ("9", "noted", "")),
        ({"poll": {"id": "1"}}, ("unknown", "unparsed", "")),
        ({"message": "救命"}, ("unknown", "unparsed", "")),
        ({"message": {"chat": {"id": 9}, "date": "soon", "telepathy": 1}}, ("9", "unparsed", "")),
        ({"my_chat_member": {"nonsense": True}}, ("unknown", "unparsed", "")),
        ({}, ("unknown", "noted", "")),
    ],
)
def test_kinds_that_we_do_not_know(content: dict[str, Any], expected: tuple[str, str, str]) -> None:
    assert of({"update_id": 1, **content}) == expected


def test_new_fields_change_nothing() -> None:
    raw = said(text="透析", mood={"level": 3}, telepathic=True)
    raw["message"]["from"]["aura"] = "green"
    raw["era"] = 2
    assert of(raw) == ("7", "text", "透析")
