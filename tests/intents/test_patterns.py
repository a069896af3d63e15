"""Patterns: together, in order, without, within a window, with concepts, by sound; and what is broken."""

from __future__ import annotations

import pytest

from intents.patterns import broken, compile_atom, compile_pattern, split_alternatives
from intents.search import Index, Search
from intents.sounds import SoundTable
from tests.intents.conftest import Holds


@pytest.mark.parametrize(
    ("line", "text", "expected"),
    [
        ("胸口 & 疼", "我胸口疼", True),
        ("胸口 & 疼", "疼，就在胸口", True),
        ("胸口 & 疼", "我胸口闷", False),
        ("胸口|心口 & 疼|痛", "心口好痛", True),
        ("chest & pain", "pain in my chest", True),
        ("chest & pain", "a chest of drawers", False),
    ],
)
def test_together(line: str, text: str, expected: bool, holds: Holds) -> None:
    assert holds(line, text) is expected


@pytest.mark.parametrize(
    ("line", "text", "expected"),
    [
        ("嘴 .. 歪", "嘴有点歪", True),
        ("嘴 .. 歪", "歪了嘴", False),
        ("嘴 .. 歪", "嘴干。牙歪", False),
        ("嘴 .. 歪", "嘴" + "很" * 9 + "歪", False),
        ("mouth .. droop", "her mouth seems to droop", True),
        ("mouth .. droop", "droop of the mouth", False),
    ],
)
def test_in_order(line: str, text: str, expected: bool, holds: Holds) -> None:
    assert holds(line, text) is expected


@pytest.mark.parametrize(
    ("line", "text", "expected"),
    [
        ("发烧 & !退烧药", "孩子发烧了", True),
        ("发烧 & !退烧药", "发烧吃了退烧药", False),
        ("发烧 & !退烧药", "发烧" + "了" * 30 + "退烧药", True),
        ("fever & !clinic", "fever since monday", True),
        ("fever & !clinic", "where is the fever clinic", False),
    ],
)
def test_without(line: str, text: str, expected: bool, holds: Holds) -> None:
    assert holds(line, text) is expected


@pytest.mark.parametrize(("gap", "expected"), [(5, True), (20, True), (40, False)])
def test_within_a_window(gap: int, expected: bool, holds: Holds) -> None:
    assert holds("胸口 & 疼", "胸口" + "很" * gap + "疼") is expected


@pytest.mark.parametrize(("gap", "expected"), [(10, True), (80, True), (200, False)])
def test_the_window_of_english_is_wider(gap: int, expected: bool, holds: Holds) -> None:
    assert holds("chest & pain", "chest " + "x" * gap + " pain") is expected


def test_a_concept_counts_anywhere(sounds: SoundTable, holds: Holds) -> None:
    concept = compile_atom("孕妇|怀孕", {}, sounds.encode)
    concepts = {"pregnant": type(concept)(concept.alternatives, anywhere=True)}
    far = "我怀孕了" + "，家里没人" * 20 + "，流血"
    assert holds("@pregnant & 流血", far, concepts)
    assert not holds("怀孕 & 流血", far)
    assert not holds("@pregnant & 流血", "流血了", concepts)
    assert not holds("流血 & !@pregnant", "怀孕流血", concepts)


@pytest.mark.parametrize(("line", "text", "expected"), [("/\\b3[89]\\.?\\d?度/", "38.5度", True), ("/\\b3[89]\\.?\\d?度/", "35度", False)])
def test_an_expression_as_it_is(line: str, text: str, expected: bool, holds: Holds) -> None:
    assert holds(line, text) is expected


@pytest.mark.parametrize(
    ("line", "text", "expected"), [("喘不上气", "船不上汽", True), ("喘不上气", "喘得很", False), ("发烧", "发骚", False)]
)
def test_four_characters_are_heard_too(line: str, text: str, expected: bool, holds: Holds) -> None:
    assert holds(line, text) is expected


def test_an_excluded_part_is_not_heard(holds: Holds) -> None:
    assert holds("发烧 & !喘不上气", "发烧，船不上汽")


@pytest.mark.parametrize(
    ("line", "text", "expected"),
    [
        ("ear", "my heart", False),
        ("ear", "my ear", True),
        ("ear", "我的ear疼", True),
        ("chest  pain", "chest\npain", True),
        ("pain", "painting", False),
    ],
)
def test_english_words_are_whole(line: str, text: str, expected: bool, holds: Holds) -> None:
    assert holds(line, text) is expected


def test_the_spans_say_where(sounds: SoundTable) -> None:
    text = "昨天胸口很疼"
    pattern = compile_pattern("胸口 & 疼", {}, sounds.encode)
    found = Search(text, sounds.encode(text), Index([pattern])).pattern(pattern)
    assert found == [((2, 4), (5, 6))]


@pytest.mark.parametrize(
    ("text", "parts"),
    [("a|b", ["a", "b"]), ("(a|b)c|d", ["(a|b)c", "d"]), ("[|]|x", ["[|]", "x"]), (r"\||y", [r"\|", "y"]), ("a||b", ["a", "b"])],
)
def test_alternatives_are_split_outside_parentheses(text: str, parts: list[str]) -> None:
    assert split_alternatives(text) == parts


@pytest.mark.parametrize(
    ("line", "part"), [("@nobody", "unknown concept @nobody"), ("!胸口", "not excluded"), (" & 疼", "empty part"), ("疼 & ", "empty part")]
)
def test_lines_that_cannot_be_read(line: str, part: str, sounds: SoundTable) -> None:
    with pytest.raises(ValueError, match=part):
        compile_pattern(line, {}, sounds.encode)


@pytest.mark.parametrize("line", ["(胸口", "胸口 & 疼[", "/(?P<a/", "a{2"])
def test_broken_expressions_are_named(line: str, sounds: SoundTable) -> None:
    pattern = compile_pattern(line, {}, sounds.encode)
    wrong = broken(pattern)
    assert wrong.startswith("broken expression") or line == "a{2"


def test_whole_expressions_are_not_broken(sounds: SoundTable) -> None:
    assert not broken(compile_pattern("胸口|心口 & 疼(得|死)? & !不疼", {}, sounds.encode))
