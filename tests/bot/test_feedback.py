"""Buttons below answers, with the real engine and replies: never too many, and each of ours is understood."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any, get_args

import pytest

from bot.conversation import NOTHING, decide
from bot.conversation.noanswer import BUDGET
from bot.effects import Judge, Pick, ReportPhone
from bot.model import Incoming, Kind, Known, Turn
from bot.phones import NEVER, Standing
from bot.replies import Replies
from bot.state import THIS, State
from intents.load import data_folder, read_examples
from intents.numbers import listed, written
from intents.rows import Zone
from intents.understanding import Context
from tests.fakes.engine import NOON
from tests.scenario import engine


@pytest.fixture(scope="module")
def replies() -> Replies:
    return Replies(engine().knowledge)


def say(replies: Replies, text: str, state: State | None = None, kind: Kind = "text", known: Known = NOTHING, **context: Any) -> Turn:
    """One message, decided on."""
    state = state or State(city="xian", updated_at=NOON)
    got = engine().understand(text, Context(city="xian", topics=state.topics, offered=state.options, **context))
    return decide(state, Incoming("web", "a", "1", text, NOON, kind=kind), got, replies, NOON, known)


def labels(turn: Turn) -> list[str]:
    return [button.label for reply in turn.replies for button in reply.buttons]


def test_at_most_five_buttons_below_an_answer(replies: Replies) -> None:
    shown = 0
    zones = itertools.cycle(("", *get_args(Zone)))  # Each sentence in one of them: all in all would take half a minute.
    for example, zone in zip(read_examples(data_folder())[::7], zones, strict=False):
        turn = say(replies, example.text, zone=zone, district="yanta")
        if turn.understanding is not None and turn.understanding.action == "answer" and not turn.state.asked:
            assert len(labels(turn)) <= BUDGET, example.text
            shown += len(labels(turn)) == BUDGET
    assert shown > 0


@pytest.mark.parametrize("text", ["我爸胸口疼得厉害，一身冷汗", "谢谢", "我的求助怎样了", "给我讲个笑话", "我想问个事", "转人工"])
def test_what_is_no_answer_to_a_need_is_not_asked_about(replies: Replies, text: str) -> None:
    turn = say(replies, text)
    assert not {"有用", "没用", "没人接"} & set(labels(turn)) and turn.state.answered == 0


def test_a_pressed_button_is_kept_and_a_word_still_means_what_it_says(replies: Replies) -> None:
    first = say(replies, "高血压药快吃完了，雁塔区")
    assert labels(first)[-2:] == ["有用", "没用"] and first.state.answered == THIS
    known = dataclasses.replace(first.state, answered=7)
    (judged,) = say(replies, "没用", known, "button").effects
    assert isinstance(judged, Judge) and (judged.row, judged.value, judged.topics[0]) == (7, -1, "medicine.chronic")
    assert all(len(cited.split("/")) == 2 for cited in judged.provisions) and judged.provisions
    # Written, it says that nothing has come of it: a person must act.
    written_out = say(replies, "没用", known)
    assert written_out.effects == () and written_out.case is not None
    # A tap counts once.
    assert say(replies, "有用", dataclasses.replace(known, answered=0), "button").effects == ()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_topic_that_is_offered_is_answered_as_that_when_picked(replies: Replies, lang: str) -> None:
    topics = [
        topic for topic in engine().knowledge.topics if topic.startswith(("care.", "medicine.", "transport.")) and topic != "care.emergency"
    ]
    for topic in topics:
        name = engine().knowledge.topics[topic].name.in_(lang)
        state = State(city="xian", options=tuple(topics), unclear=5, updated_at=NOON)
        turn = say(replies, name, state, "button")
        assert turn.understanding is not None and turn.understanding.main == topic, name
        assert Pick(5, topic) in turn.effects
        assert turn.state.options == () and turn.state.unclear == 0


def test_words_of_danger_are_no_pick(replies: Replies) -> None:
    state = State(city="xian", options=("care.fever",), unclear=5, updated_at=NOON)
    turn = say(replies, "发烧，喘不上气，嘴唇发紫", state)
    assert turn.understanding is not None and turn.understanding.action == "emergency" and turn.effects == ()


@pytest.mark.parametrize("number", sorted(NEVER))
def test_a_number_of_danger_is_never_put_down(replies: Replies, number: str) -> None:
    state = State(city="xian", phones=("12345",), updated_at=NOON)
    for text in (f"{number}没人接", f"没人接 {number}", f"nobody answers {number}", number):
        for asked in ("", "phone.which.phone.noanswer", "phone.next"):
            turn = say(replies, text, dataclasses.replace(state, asked=asked))
            assert not any(isinstance(effect, ReportPhone) for effect in turn.effects), text


@pytest.mark.parametrize(
    ("text", "number", "kind"),
    [
        ("029-86320424没人接", "029-86320424", "noanswer"),
        ("没人接：029 8632 0424", "029-86320424", "noanswer"),
        ("Nobody answers 029-86320424!", "029-86320424", "noanswer"),
        ("86320424打不通", "", ""),
        ("12345占线", "12345", "noanswer"),
        ("12345 又打通了", "12345", "answered"),
        ("got through 12345", "12345", "answered"),
        ("12345没人接，我妈透析断了两天了", "", ""),
        ("13800000000没人接", "", ""),
        ("没人接", "029-61810666", "noanswer"),
        ("第三医院的电话没人接", "", ""),
        ("西安市第三医院没人接", "029-61810666", "noanswer"),
        ("市三院电话打不通", "029-61810666", "noanswer"),
        ("they don't pick up", "029-61810666", "noanswer"),
        ("打通了", "029-61810666", "answered"),
        ("他们不让我出门", "", ""),
        ("电话多少", "", ""),
    ],
)
def test_what_is_said_of_a_number(replies: Replies, text: str, number: str, kind: str) -> None:
    turn = say(replies, text, State(city="xian", topics=("care.designated",), phones=("029-61810666",), updated_at=NOON))
    assert [(effect.number, effect.kind) for effect in turn.effects if isinstance(effect, ReportPhone)] == (
        [(number, kind)] if number else []
    )


@pytest.mark.parametrize(
    ("demoted", "following"),
    [
        ("", ("029-86320424", "12320")),
        ("029-86320424", ("12320", "029-86320424")),
        ("029-86320424 12320", ("12345", "029-86320424", "12320")),
        ("029-86320424 12320 12345", ("029-86320424", "12320", "12345")),
    ],
)
def test_the_next_number_is_one_that_is_reached_and_else_12345(replies: Replies, demoted: str, following: tuple[str, ...]) -> None:
    state = State(city="xian", phones=("029-61810666", "029-86320424", "12320"), updated_at=NOON)
    known = Known(phones={number: Standing(1, "residents") for number in demoted.split()})
    turn = say(replies, "029-61810666没人接", state, known=known)
    assert turn.state.phones == following and f"☎ {following[0]}" in turn.replies[0].text
    # Whoever says no more than that nobody answers means the one said last.
    (effect,) = say(replies, "没人接", turn.state, known=known).effects
    assert effect == ReportPhone(following[0], "noanswer")


def test_a_person_is_offered_after_the_second_different_number(replies: Replies) -> None:
    state = State(city="xian", phones=("029-61810666", "029-86320424"), updated_at=NOON)
    offers = []
    for text in ("029-61810666没人接", "029-61810666没人接", "没人接", "没人接"):
        turn = say(replies, text, state)
        state = turn.state
        offers.append("记下来，让人联系我" in labels(turn))
    assert offers == [False, False, True, True] and state.failed == ("029-61810666", "029-86320424", "12345")
    turn = say(replies, "记下来，让人联系我", state, "button")
    assert turn.case is not None and ("phones", ", ".join(state.failed)) in turn.case.facts


def test_after_an_answer_without_a_number_no_earlier_one_is_meant(replies: Replies) -> None:
    state = State(city="xian", phones=("029-61810666",), updated_at=NOON)
    turn = say(replies, "how do i get my diabetes medicine", state)
    assert "☎" not in turn.replies[0].text and turn.state.phones == ()
    # A fragment shows none either, but it belongs to the answer before it.
    assert say(replies, "我妈透析，小区封了，雁塔区").state.phones
    kept = say(replies, "周二周四", dataclasses.replace(state, topics=("care.dialysis",)))
    assert kept.understanding is not None and kept.understanding.carried and kept.state.phones == state.phones


def test_nothing_was_shown_and_nothing_is_put_down(replies: Replies) -> None:
    for kind in ("text", "button"):
        assert say(replies, "没人接", kind=kind).effects == ()  # type: ignore[arg-type]


def test_after_a_long_silence_the_number_is_not_meant_any_more(replies: Replies) -> None:
    state = State(city="xian", phones=("029-61810666",), failed=("12345",), puzzled=("need",), lost=2, updated_at=NOON)
    assert state.woken(NOON) == state
    woken = state.woken(NOON.replace(hour=NOON.hour + 7))
    assert (woken.phones, woken.failed, woken.puzzled, woken.lost, woken.city) == ((), (), (), 0, "xian")


def test_every_number_that_is_listed_is_known_again_when_written() -> None:
    numbers = listed(engine().knowledge)
    assert len(numbers) > 10
    for number in numbers:
        found = written(f"打{number}没人接")
        assert found is not None and found[0] == number.replace("-", "")
        assert numbers[number].name("zh")


def test_words_are_remembered_for_the_next_fragment_and_no_longer_than_needed(replies: Replies) -> None:
    state = say(replies, "我妈要透析").state
    assert state.said == ("我妈要透析",)
    state = say(replies, "没人接", state, kind="button").state
    assert state.said == ("我妈要透析",)
    for words in ("小区封了", "雁塔", "x" * 500):
        state = say(replies, words, state).state
    assert state.said == ("小区封了", "雁塔", "x" * 120)
    assert say(replies, "我妈胸口疼，冒冷汗", state).state.said == ()
    assert say(replies, "重新开始", state).state.said == ()
    assert say(replies, "/start", state).state.said == ()
