"""What a message comes to, with replies that speak in keys."""

from __future__ import annotations

from typing import Any

import pytest

from bot.conversation import decide
from bot.model import Incoming, Reply
from bot.state import State
from intents.understanding import Context, Understanding
from tests.fakes.engine import NOON


class Keys:
    """Says keys."""

    def has(self, key: str) -> bool:
        return key != "ask.contact"

    def say(self, key: str, lang: str, **values: Any) -> str:
        return f"{key} {lang}"

    def labels(self, key: str) -> frozenset[str]:
        return frozenset()

    def compose(self, understanding: Understanding, **_: Any) -> tuple[Reply, ...]:
        return (Reply(understanding.action),)

    def meant(self, text: str) -> str:
        return ""

    def alone(self, text: str) -> bool:
        return False

    def plain(self, understanding: Understanding, key: str, **_: Any) -> tuple[Reply, ...]:
        return (Reply(key),)


def said(kind: str, text: str = "", state: State | None = None) -> Any:
    incoming = Incoming("telegram", "7", "1", text, NOON, kind=kind)  # type: ignore[arg-type]
    understanding = Understanding("answer", (), {}, "zh", context=Context())
    return decide(state or State(), incoming, understanding, Keys(), NOON)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "key"), [("photo", "ask.photo"), ("voice", "ask.voice"), ("other", "ask.other"), ("contact", "ask.words")]
)
def test_what_cannot_be_read_is_said_and_nothing_is_logged_without_need(kind: str, key: str) -> None:
    turn = said(kind)
    assert [reply.text for reply in turn.replies] == [f"{key} zh"] and turn.case is None


def test_a_picture_goes_to_the_open_case_and_leaves_its_urgency() -> None:
    turn = said("photo", state=State(case=3, city="xian"))
    assert turn.case is not None and (turn.case.priority, turn.case.reason, turn.case.topics) == ("P3", "resident:photo", ())


def test_a_caption_is_understood_and_the_picture_is_said_to_be_unseen() -> None:
    assert [reply.text for reply in said("photo", "透析").replies] == ["answer", "unseen.attachment"]
