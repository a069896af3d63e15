"""Text and queries are cut the same way, so that what stands in a text is found by it; no query breaks anything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.terms import LONGEST_TERM, MOST_PHRASES, MOST_TERMS, Phrase, read_query, terms


def found(query: str, text: str) -> bool:
    """What a slow index would say."""
    asked, kept = read_query(query), terms(text)
    return bool(asked.phrases) and all(_stands(phrase, kept) for phrase in asked.phrases)


def _stands(phrase: Phrase, kept: list[str]) -> bool:
    *head, last = phrase.terms
    for place in range(len(kept) - len(head)):
        end = kept[place + len(head)]
        if kept[place : place + len(head)] == head and (end.startswith(last) if phrase.opens else end == last):
            return True
    return False


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("透析", "我妈尿毒症要透析，小区封了"),
        ("透析", "透析"),
        ("透析", "我媽要透析"),
        ("雁塔區", "在雁塔区"),
        ("痛", "肚子痛"),
        ("痛", "痛经"),
        ("痛", "痛"),
        ("打120", "快打120啊"),
        ("120不通", "打120不通"),
        ("Dialysis", "needs DIALYSIS on Friday"),
        ("cafe", "Café"),
        ("dialy*", "dialysis"),
        ("\uff24\uff29\uff21\uff2c\uff39\uff33\uff29\uff33", "dialysis"),
        ('"chest pain"', "bad chest pain"),
        ("pain chest", "bad chest pain"),
        ("雁塔 透析", "要透析，在雁塔"),
        ("029-86320424", "电话029-86320424"),
    ],
)
def test_it_is_found(query: str, text: str) -> None:
    assert found(query, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("透析", "透过分析"),
        ("发热门诊", "发热，要去门诊"),
        ("门诊部", "发热门诊"),
        ('"pain chest"', "bad chest pain"),
        ("dialy", "dialysis"),
        ("雁塔 透析", "要透析，在灞桥"),
        ("痛", "疼"),
        ("2", "12"),
    ],
)
def test_it_is_not_found(query: str, text: str) -> None:
    assert not found(query, text)


def test_the_number_of_a_case() -> None:
    assert (read_query("#12").number, read_query("#12").phrases) == (12, ())
    assert (read_query("\uff0312").number, read_query(" 12 ").number) == (12, 12)
    assert read_query("12").phrases == (Phrase(("12",)),)
    assert read_query("12 透析").number == read_query("0").number == read_query("1234567890").number == 0


@given(st.text(alphabet=st.sampled_from("透析痛門诊 ，ab1-_"), min_size=1, max_size=30), st.data())
def test_any_run_of_a_text_is_found_in_it(text: str, data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(begin + 1, len(text)))
    # A word that is cut in two is another word; of Chinese any part is found.
    han = [part for part in "".join(c if c in "透析痛門诊" else " " for c in text[begin:end]).split() if part]
    for part in han:
        assert found(part, text)


@given(st.text())
def test_no_query_breaks_anything(text: str) -> None:
    query = read_query(text)
    assert len(query.phrases) <= MOST_PHRASES
    for phrase in query.phrases:
        assert phrase.terms
        for term in phrase.terms:
            # What an engine could take for a mark of its own is ASCII; terms are joined by spaces.
            assert 0 < len(term) <= LONGEST_TERM and not any(c.isspace() or (c.isascii() and not c.isalnum()) for c in term)


@pytest.mark.parametrize(
    "text", ["痛" * 100_000, "a" * 1_000_000, "\x00\ud800", '"' * 5_000, "(" * 500, "AND OR NOT NEAR(a b)", "a:* & | ! <->"]
)
def test_hostile_ones(text: str) -> None:
    assert len(terms(text)) <= MOST_TERMS and len(read_query(text).phrases) <= MOST_PHRASES
