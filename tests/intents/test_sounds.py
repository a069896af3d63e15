"""Sounds: what cannot be told apart is one, what can is not; pinyin back to characters."""

from __future__ import annotations

import pytest

from intents.sounds import SoundTable, common_characters, count_language, merged


@pytest.mark.parametrize(
    ("left", "right"), [("核酸", "和酸"), ("透析", "头西"), ("医生", "一森"), ("心", "星"), ("身", "生"), ("志", "字")]
)
def test_what_sounds_alike(left: str, right: str, sounds: SoundTable) -> None:
    assert sounds.encode(left) == sounds.encode(right)


@pytest.mark.parametrize(("left", "right"), [("发烧", "发现"), ("透析", "放疗"), ("南", "兰"), ("飞", "灰")])
def test_what_does_not(left: str, right: str, sounds: SoundTable) -> None:
    assert sounds.encode(left) != sounds.encode(right)


def test_one_character_a_sound_and_the_rest_as_it_is(sounds: SoundTable) -> None:
    heard = sounds.encode("发烧39度 ok!")
    assert len(heard) == len("发烧39度 ok!")
    assert heard[2:4] == "39" and heard.endswith(" ok!")
    assert all("\ue000" <= char <= "\uf8ff" for char in heard[:2])


@pytest.mark.parametrize(
    ("syllable", "folded"), [("zhi", "zi"), ("chuang", "cuang"), ("sheng", "sen"), ("xing", "xin"), ("lü", "lv"), ("ma", "ma")]
)
def test_merged(syllable: str, folded: str) -> None:
    assert merged(syllable) == folded


@pytest.mark.parametrize(
    ("word", "parts"),
    [("wo", ["wo"]), ("touxi", ["tou", "xi"]), ("yiyuan", ["yi", "yuan"]), ("fashao", ["fa", "shao"]), ("xiongkou", ["xiong", "kou"])],
)
def test_segment(word: str, parts: list[str], sounds: SoundTable) -> None:
    assert sounds.segment(word) == parts


@pytest.mark.parametrize("word", ["hospital", "chest", "xkcd", "zzz"])
def test_words_that_are_no_syllables(word: str, sounds: SoundTable) -> None:
    assert not sounds.segment(word)


@pytest.mark.parametrize("text", ["wo ma yao zuo tou xi", "womayaozuotouxi", "qu na li kan bing"])
def test_pinyin_is_seen(text: str, sounds: SoundTable) -> None:
    assert sounds.looks_like_pinyin(text)


@pytest.mark.parametrize("text", ["", "hi", "123", "my dad can not breathe", "where do i go", "the women are in a hotel"])
def test_other_texts_are_no_pinyin(text: str, sounds: SoundTable) -> None:
    assert not sounds.looks_like_pinyin(text)


@pytest.mark.parametrize(
    ("typed", "meant"), [("wo ma yao zuo tou xi", "我妈要做透析"), ("zen me ban", "怎么办"), ("qu na li kan bing", "去哪里看病")]
)
def test_decoding_follows_our_own_sentences(typed: str, meant: str, sounds: SoundTable) -> None:
    assert sounds.decode(typed) == meant


def test_decoding_keeps_what_is_no_syllable(sounds: SoundTable) -> None:
    assert "39" in sounds.decode("fa shao 39")
    assert "xkcd" in sounds.decode("xkcd")


def test_counting() -> None:
    unigrams, bigrams = count_language(["发烧，发热", "abc 发烧"])
    assert unigrams == {"发": 3, "烧": 2, "热": 1}
    assert bigrams == {"发烧": 2, "发热": 1}


def test_the_common_characters() -> None:
    found = common_characters()
    assert len(found) == len(set(found)) == 6763
    assert {"透", "析", "胰"} <= set(found)
