"""What only several messages together show; whole exchanges: tests/scenarios/danger_in_fragments_*."""

from __future__ import annotations

import pytest

from intents.decide import Decision
from intents.engine import Engine
from intents.fragments import NOTHING, Shown, names_somebody, together
from intents.knowledge import Flag
from intents.triage import Hit
from intents.understanding import Context


def reads(alarms: dict[str, tuple[Flag, ...]], seen: list[str]) -> object:
    def read(words: str) -> Shown:
        seen.append(words)
        flags = alarms.get(words, ())
        hits = tuple(Hit(flag, alarms=True, span=(0, 1), doubts=frozenset()) for flag in flags)
        return Shown(Decision("emergency" if flags else "answer", (), flags, bool(flags)), hits)

    return read


@pytest.fixture(scope="module")
def flags(real_engine: Engine) -> list[Flag]:
    return list(real_engine.knowledge.flags.values())


def test_words_are_joined_with_and_without_a_pause(flags: list[Flag]) -> None:
    seen: list[str] = []
    found = together(("我爸", "突然"), "", "说不出话", reads({"我爸突然说不出话": (flags[0],)}, seen))  # type: ignore[arg-type]
    assert found.decision.alarms == (flags[0],)
    assert seen == ["我爸，突然，说不出话", "我爸突然说不出话", "我爸，突然"]


def test_what_was_an_emergency_before_is_no_new_one(flags: list[Flag]) -> None:
    alarms = {"胸痛，好": (flags[0],), "胸痛": (flags[0],)}
    assert together(("胸痛",), "", "好", reads(alarms, [])) == NOTHING  # type: ignore[arg-type]
    alarms["胸痛，好"] = (flags[0], flags[1])
    assert together(("胸痛",), "", "好", reads(alarms, [])).decision.action == "emergency"  # type: ignore[arg-type]


def test_somebody_else_is_left_out() -> None:
    seen: list[str] = []
    assert together(("我老婆怀孕", "在家"), "pregnant", "我爷爷流血", reads({}, seen)) == NOTHING  # type: ignore[arg-type]
    assert seen[0] == "在家，我爷爷流血"
    assert together(("我老婆怀孕",), "pregnant", "我爷爷流血", reads({}, [])) == NOTHING  # type: ignore[arg-type]


@pytest.mark.parametrize(("words", "somebody"), [("我爸", True), ("My Mother", True), ("出血了", False), ("compound", False)])
def test_who_is_named(words: str, somebody: bool) -> None:
    assert names_somebody(words) is somebody


@pytest.mark.parametrize(
    ("said", "patient", "text"),
    [
        (("我老婆怀孕38周",), "", "出血了"),
        (("我爸", "突然"), "", "说不出话"),
        (("my wife is 38 weeks pregnant",), "", "bleeding"),
        ((), "newborn", "发烧38.5"),
        ((), "pregnant", "出血了"),
        ((), "newborn", "fever 38.5"),
    ],
)
def test_together_it_is_an_emergency_and_alone_it_is_not(real_engine: Engine, said: tuple[str, ...], patient: str, text: str) -> None:
    assert real_engine.understand(text, Context()).action != "emergency"
    found = real_engine.understand(text, Context(said=said, patient=patient))
    assert found.action == "emergency" and found.alarms and not found.carried


@pytest.mark.parametrize(
    ("said", "patient", "text"),
    [
        (("我妈透析", "小区封了"), "", "雁塔"),
        (("我怀孕8个月",), "pregnant", "没有出血"),
        (("我老婆怀孕38周",), "pregnant", "好了，谢谢"),
        (("我爸高血压",), "", "药没了"),
        (("我妈在化疗",), "", "那发热门诊呢"),
        (("my mother is on chemo",), "", "where is the fever clinic"),
        (("my mother needs dialysis", "compound is locked"), "", "Yanta"),
        (("我老婆怀孕38周",), "pregnant", "我爷爷流鼻血，要紧吗"),
    ],
)
def test_together_it_is_still_none(real_engine: Engine, said: tuple[str, ...], patient: str, text: str) -> None:
    assert real_engine.understand(text, Context(said=said, patient=patient)).action != "emergency"


def test_a_visit_that_cannot_wait_is_seen_together_too(real_engine: Engine) -> None:
    alone = real_engine.understand("今天没怎么动", Context())
    found = real_engine.understand("今天没怎么动", Context(said=("孕32周",), patient="pregnant", topics=("care.maternity",)))
    assert "obstetric-02" not in {flag.id for flag in alone.flags}
    assert found.action == "answer" and "obstetric-02" in {flag.id for flag in found.flags}
