"""One folded form of what was typed; what was typed is kept."""

from __future__ import annotations

import time

import pytest

from intents.normalise import Normaliser, printable, simplify
from tests.conftest import Expect


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("ＨＥＬＰ　１２０", "help 120"),
        ("１３８００１３８０００", "13800138000"),
        ("我媽發燒了", "我妈发烧了"),
        ("透\u200b析\u200b在\u200b哪", "透析在哪"),
        ("发\u00ad烧\ufeff了", "发烧了"),
        ("救̸̜̣̪̱͍͔̖̝̤̫̲̹͇͎͕̀̇命̗̞̥̬̳̺", "救命"),
        ("ch́ëst pàin", "chest pain"),
        ("\u202e我胸口疼\u202c", "我胸口疼"),
        ("发烧\x07\x07\x07了", "发烧了"),
        ("发烧\x1b[31m", "发烧[31m"),
        ("  My Mum  ", "my mum"),
        ("①②⓪", "120"),
        ("wǒ bà fā shāo le", "我爸发烧了"),
        ("한국 é", "한국 e"),
    ],
)
def test_one_form(raw: str, plain: str, normalise: Normaliser) -> None:
    text = normalise(raw)
    assert text.plain == plain
    assert text.raw == raw


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("咋办", "怎么办"),
        ("额胸口疼", "我胸口疼"),
        ("俺娘血压高", "我娘血压高"),
        ("药木有了", "药没有了"),
        ("嫑推额妈", "不要推我妈"),
        ("弄啥咧", "怎么办了"),
        ("幺二零打不通", "120打不通"),
    ],
)
def test_dialect(raw: str, plain: str, normalise: Normaliser) -> None:
    assert normalise(raw).plain == plain


@pytest.mark.parametrize("kept", ["额头烫", "额外", "额度", "余额不足", "还有名额吗", "怎么回事"])
def test_dialect_leaves_other_words_alone(kept: str, normalise: Normaliser, expect: Expect) -> None:
    expect("words", kept, normalise(kept).plain == kept)


@pytest.mark.parametrize(
    ("raw", "term"),
    [("做和酸", "核酸"), ("发骚三天", "发烧"), ("头析去哪", "透析"), ("风控区", "封控区"), ("胰岛速没了", "胰岛素"), ("急珍不收", "急诊")],
)
def test_homophones_of_known_terms(raw: str, term: str, normalise: Normaliser) -> None:
    assert term in normalise(raw).plain


@pytest.mark.parametrize("kept", ["打电话", "有事情", "老师", "什么时候", "吊点滴", "店铺", "义务"])
def test_words_that_only_sound_alike_are_left_alone(kept: str, normalise: Normaliser) -> None:
    assert normalise(kept).plain == kept


@pytest.mark.parametrize(
    ("raw", "part"),
    [("wo ma fa shao le qu na li kan bing", "发烧"), ("yao tou xi zen me qu yi yuan", "透析"), ("wobaxiongkouteng", "胸口疼")],
)
def test_typed_pinyin(raw: str, part: str, normalise: Normaliser) -> None:
    text = normalise(raw)
    assert text.typed_pinyin and text.lang == "zh"
    assert part in text.plain


@pytest.mark.parametrize("raw", ["my mother has a fever", "he can not go", "hello", "women need help", "please call me"])
def test_english_is_no_pinyin(raw: str, normalise: Normaliser) -> None:
    text = normalise(raw)
    assert not text.typed_pinyin and text.lang == "en"


@pytest.mark.parametrize(
    ("raw", "lang", "traditional"),
    [
        ("我媽要透析", "zh", True),
        ("我妈要透析", "zh", False),
        ("dialysis where", "en", False),
        ("我妈needs dialysis", "zh", False),
        ("which hospital for 透析 in Yanta district please", "en", False),
    ],
)
def test_language_and_script(raw: str, lang: str, traditional: bool, normalise: Normaliser) -> None:
    text = normalise(raw)
    assert (text.lang, text.traditional) == (lang, traditional)


@pytest.mark.parametrize("raw", ["", "   ", "。。。", "\u200b\u200b", "\ud800", "\x00", "-", "？！", "🙏"])
def test_nothing_to_read(raw: str, normalise: Normaliser) -> None:
    assert normalise(raw).empty


@pytest.mark.parametrize("raw", ["疼", "a", "1", "é", "救̸̜命"])
def test_something_to_read(raw: str, normalise: Normaliser) -> None:
    assert not normalise(raw).empty


@pytest.mark.parametrize("raw", ["我\ud83d胸口疼\udc00", "\udfffhelp me", "\ud800"])
def test_lone_surrogates_go_and_nothing_else(raw: str, normalise: Normaliser) -> None:
    text = normalise(raw)
    text.plain.encode("utf-8")
    assert text.raw == raw
    assert text.plain == "".join(char for char in raw if not "\ud800" <= char <= "\udfff")


def test_emoji_stay_for_the_matcher() -> None:
    assert "☎" in printable("☎️多少")
    assert "\ufe0f" not in printable("☎️")


def test_sounds_stand_beside_the_characters(normalise: Normaliser) -> None:
    for raw in ("我妈發燒39度，咋办", "wo ma fa shao le qu na", "Mum 发烧 39"):
        text = normalise(raw)
        assert len(text.sounds) == len(text.plain)


def test_simplify_keeps_what_is_simple() -> None:
    assert simplify("发烧去哪") == "发烧去哪"


def _seconds(normalise: Normaliser, raw: str) -> float:
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        normalise(raw)
        best = min(best, time.perf_counter() - start)
    return best


@pytest.mark.parametrize(
    "unit",
    ["我妈发烧了，", "a", "wo ma fa shao ", "三十七度八", "\u0301", "透\u200b析", "dialisys ", "和酸", " "],
    ids=["chinese", "letters", "pinyin", "numerals", "marks", "invisible", "slips", "homophones", "spaces"],
)
def test_a_hundred_thousand_characters_take_time_in_proportion(unit: str, normalise: Normaliser) -> None:
    short, long = unit * (10_000 // len(unit)), unit * (100_000 // len(unit))
    normalise(short)
    ratio = _seconds(normalise, long) / max(_seconds(normalise, short), 1e-4)
    assert ratio < 40, f"ten times the text took {ratio:.0f} times as long"
