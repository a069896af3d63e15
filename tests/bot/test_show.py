"""Sheets to hold up to a guard: the rules of their place and day in the directive's own words, and no picture older than its words."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import struct
from pathlib import Path

import pytest

from bot.settings import REPLAY
from bot.show import HASHES, KINDS, Kind, Shows, link, picture_id, words_of
from bot.texts import Texts
from intents.knowledge import Knowledge
from intents.load import data_folder, load
from tests import show


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


def shows(knowledge: Knowledge, day: dt.date = REPLAY, folder: Path | None = None) -> Shows:
    return Shows(Texts(knowledge), folder or data_folder(), lambda: day)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("city", ["xian", "beijing", "national"])
def test_every_word_of_a_rule_is_the_directives(knowledge: Knowledge, kind: str, city: str) -> None:
    sheet = shows(knowledge).sheet(kind, city)
    assert sheet is not None and sheet.city == city
    documents = {directive.title.zh: directive for directive in knowledge.directives}
    count = 0
    for source in sheet.sources:
        document = documents[source.title.zh]
        assert (source.title, source.issuer, source.date) == (document.title, document.issuer, document.date)
        assert document.city in (None, city) and document.date <= REPLAY
        assert {words.zh for words in source.says} <= {provision.says.zh for provision in document.provisions}
        count += len(source.says)
    assert count == len(knowledge.shows[kind].rules[city])


def test_rules_of_one_document_stand_together_above_its_name(knowledge: Knowledge) -> None:
    sheet = shows(knowledge).sheet("refused", "xian")
    assert sheet is not None
    assert [(len(source.says), source.date.isoformat()) for source in sheet.sources] == [(2, "2022-01-07"), (1, "2022-01-06")]
    assert sheet.sources[0].says[0].zh == "医院不得以任何理由拖延或拒收病人。"


def test_elsewhere_the_national_rules_hold(knowledge: Knowledge) -> None:
    found = shows(knowledge)
    assert {found.sheet("refused", city) for city in ("", "atlantis", "national", "../..")} == {found.sheet("refused")}
    assert found.sheet("nothing") is None and found.sheet("") is None


def test_a_rule_that_is_not_yet_in_force_is_not_shown(knowledge: Knowledge) -> None:
    sheet = shows(knowledge, dt.date(2022, 1, 6)).sheet("refused", "xian")
    assert sheet is not None and [source.date.isoformat() for source in sheet.sources] == ["2022-01-06"]
    assert shows(knowledge, dt.date(2022, 1, 6)).picture("refused", "xian") is None, "its picture shows the rule of the 7th"
    assert shows(knowledge, dt.date(2021, 12, 31)).sheet("refused", "xian") is None


def test_no_picture_is_older_than_its_words(knowledge: Knowledge) -> None:
    assert [sheet.name for sheet in show.stale()] == [], "make pictures"
    for kind in KINDS:
        for city, *_ in shows(knowledge).places(kind):
            for lang in ("zh", "en"):
                picture = shows(knowledge).picture(kind, city, lang)
                assert picture is not None and "120" in picture.caption
                head = picture.path.read_bytes()
                width, height = struct.unpack(">II", head[16:24])
                assert head[:8] == b"\x89PNG\r\n\x1a\n" and width == 2 * show.WIDTH and width < height < 20 * width
                assert len(head) < 150_000


def test_a_picture_of_other_words_is_not_given(knowledge: Knowledge, tmp_path: Path) -> None:
    shutil.copytree(data_folder() / "show", tmp_path / "show")
    found = shows(knowledge, folder=tmp_path)
    assert found.picture("closed", "beijing") is not None
    hashes = tmp_path / "show" / HASHES
    made = json.loads(hashes.read_text(encoding="utf-8"))
    hashes.write_text(json.dumps(made | {"closed-beijing": made["closed-xian"]}), encoding="utf-8")
    assert found.picture("closed", "beijing") is None and found.picture("closed", "xian") is not None
    (tmp_path / "show" / "closed-xian.png").unlink()
    assert found.picture("closed", "xian") is None
    hashes.write_text("nothing of the kind", encoding="utf-8")
    assert found.picture("refused", "xian") is None


def test_the_fingerprint_is_that_of_every_word(knowledge: Knowledge) -> None:
    replies = {lang: dict(texts) for lang, texts in knowledge.replies.items()}
    replies["en"]["show.note"] += "!"
    changed = knowledge.__class__(**{**knowledge.__dict__, "replies": replies})
    one, other = shows(knowledge).sheet("refused", "xian"), shows(changed).sheet("refused", "xian")
    assert one is not None and other is not None and one.fingerprint != other.fingerprint
    prints = {shows(knowledge).sheet(kind, city).fingerprint for kind in KINDS for city in ("xian", "beijing", "")}  # type: ignore[union-attr]
    assert len(prints) == 6


def test_links_name_kind_and_city() -> None:
    assert link("refused", "xian") == "/show/refused?city=xian" and link("closed") == "/show/closed"


@pytest.mark.parametrize("kind", KINDS)
def test_as_plain_text_a_sheet_says_every_word_in_chinese_then_in_english(knowledge: Knowledge, kind: Kind) -> None:
    sheet = shows(knowledge).sheet(kind, "xian")
    assert sheet is not None
    text = words_of(Texts(knowledge), sheet)
    places = []
    for lang in ("zh", "en"):
        words = [sheet.heading, *(part for source in sheet.sources for part in (*source.says, source.issuer, source.title)), sheet.note]
        places += [text.index(part.in_(lang)) for part in words]
        assert all(source.date.isoformat() in text for source in sheet.sources)
    assert places == sorted(places) and len(text) < 4000


def test_a_reply_names_its_picture(knowledge: Knowledge) -> None:
    found = shows(knowledge)
    for lang, word in (("zh", "急症"), ("en", "urgent")):
        picture = found.named(picture_id("refused", "xian", lang))
        assert picture is not None and picture.path.name == "refused-xian.png" and word in picture.caption
    assert [found.named(name) for name in ("", "refused", "nothing:xian:zh", "../../x:xian:zh")][2:] == [None, None]
