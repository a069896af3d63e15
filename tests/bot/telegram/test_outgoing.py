from __future__ import annotations

import datetime as dt

import pytest

from bot.backoff import Backoff
from bot.model import Button, Message
from bot.telegram.outgoing import keyboard, pressed, split

NOON = dt.datetime(2022, 4, 5, 4, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        (" \n ", []),
        ("abc", ["abc"]),
        ("aaaa\n\nbbbb", ["aaaa", "bbbb"]),
        ("aaaa\nbbbb", ["aaaa", "bbbb"]),
        ("去医院。打电话给他吧", ["去医院。", "打电话给他吧"]),
        ("aaaaaaaaaaaa", ["aaaaaaaa", "aaaa"]),
        ("😀😀😀😀😀😀", ["😀😀😀😀", "😀😀"]),
    ],
)
def test_split(text: str, parts: list[str]) -> None:
    assert split(text, 8) == parts


def test_split_keeps_every_word() -> None:
    text = " ".join(f"word{n}" for n in range(3000))
    assert " ".join(split(text)) == text


def test_button_data_is_short() -> None:
    markup = keyboard([Button("a" * 99, "雁塔"), Button("b", "很长" * 20)])
    assert markup is not None
    (first,), (second,) = markup.inline_keyboard
    assert (first.callback_data, len(first.text)) == ("=雁塔", 60) and second.callback_data == "#1"
    assert keyboard([]) is None


def test_pressed() -> None:
    old = Message(1, "bot", "?", NOON, (Button("x", "x1"), Button("y", "y1")))
    new = Message(2, "bot", "?", NOON, (Button("p", "p1"), Button("q", "q1")))
    assert pressed("#1", "q", [old, new]) == ("q1", True)
    assert pressed("#1", "y", [old, new]) == ("y1", True)
    assert pressed("#1", "", [old, new]) == ("q1", True)
    assert pressed("#7", "z", [old, new]) == ("z", False)
    assert pressed("=x1", "x", [old, new]) == ("x1", True)
    assert pressed("=other", "x", [old, new]) == ("other", False)
    assert pressed("", "x", []) == ("x", False)


def test_backoff_grows_by_chance_and_ends() -> None:
    backoff = Backoff(1, 60)
    delays = [backoff.next() for _ in range(2000)]
    assert 0.5 <= delays[0] <= 1.5 and max(delays) <= 90 and min(delays[10:]) >= 30
    backoff.reset()
    assert backoff.next() <= 1.5
