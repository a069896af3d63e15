"""Every arrangement of the directives is answered, with its provision and its place or line; and nothing that does not hold is."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from rapidfuzz import fuzz, process

from bot.replies import Replies
from intents.cities import Facility
from intents.engine import Engine
from intents.load import data_folder, read_examples
from intents.understanding import Context, Understanding
from tests.conftest import Expect

FILE = Path(__file__).resolve().parent / "arrangements.yaml"
REPLAY = dt.date(2022, 4, 5)
DATES = [dt.date(2022, 1, 2), dt.date(2022, 1, 8), dt.date(2022, 1, 25), REPLAY, dt.date(2022, 4, 17)]
SUSPENDED = dt.date(2022, 1, 13)
NOW = dt.datetime(2022, 4, 5, 4, tzinfo=dt.UTC)
NEARLY = 85


@dataclass(frozen=True)
class Ask:
    """One question, what must stand behind its answer and what must be named in it."""

    arrangement: str
    lang: str
    text: str
    city: str
    date: dt.date
    cites: frozenset[str]
    names: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.arrangement}-{self.city or 'national'}-{self.date:%m%d}-{self.text[:24]}"


@cache
def read() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return found


def asks() -> Iterator[Ask]:
    names = read()["directives"]
    for arrangement in read()["arrangements"]:
        for ask in arrangement["asks"]:
            cites = frozenset(f"{names[short]}/{provision}" for short, provision in (cite.split("/") for cite in ask["cites"]))
            for lang in ("zh", "en"):
                for text in ask[lang]:
                    day = ask.get("date", REPLAY)
                    yield Ask(arrangement["id"], lang, text, ask.get("city", ""), day, cites, tuple(ask["names"][lang]))


ASKS = tuple(asks())


def said(replies: Replies, got: Understanding) -> str:
    return "\n".join(reply.text for reply in replies.compose(got, case_number=None, now=NOW))


def missing(engine: Engine, replies: Replies, ask: Ask) -> str:
    """What the answer lacks; empty when it is right."""
    got = engine.understand(ask.text, Context(city=ask.city, date=ask.date))
    text = said(replies, got)
    cited = {f"{citation.directive}/{citation.provision}" for citation in got.citations}
    lacks = []
    if got.action not in {"answer", "handoff"}:
        lacks.append(f"is no answer but {got.action} ({', '.join(topic.id for topic in got.topics)})")
    if got.lang != ask.lang:
        lacks.append(f"is in {got.lang}")
    if ask.cites and not cited & ask.cites:
        lacks.append(f"cites {sorted(cited)}, none of {sorted(ask.cites)}")
    lacks += [f"does not name {name}:\n{text}" for name in ask.names if not any(part in text for part in name.split("|"))]
    return "; ".join(lacks)


@pytest.mark.parametrize("ask", ASKS, ids=str)
def test_a_question_about_an_arrangement_is_answered(ask: Ask, real_engine: Engine, replies: Replies, expect: Expect) -> None:
    wrong = missing(real_engine, replies, ask)
    print(f"{ask.text}\nThe answer {wrong}")
    expect("arrangements", ask.text, not wrong)


def test_every_known_failure_is_a_question(known_failures: dict[str, dict[str, str]]) -> None:
    assert set(known_failures["arrangements"]) <= {ask.text for ask in ASKS}
    assert all(known_failures["arrangements"].values()), "each needs its reason"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_arrangement_has_two_questions_in_each_language_at_each_place(lang: str) -> None:
    few = [
        f"{arrangement['id']}: {ask.get('city', 'national')}"
        for arrangement in read()["arrangements"]
        for ask in arrangement["asks"]
        if len(set(ask[lang])) < 2
    ]
    assert not few
    assert len(read()["arrangements"]) >= 25


def test_the_provisions_that_must_be_cited_exist(real_engine: Engine) -> None:
    known = {f"{directive.id}/{provision.id}" for directive in real_engine.knowledge.directives for provision in directive.provisions}
    assert not {cite for ask in ASKS for cite in ask.cites} - known


def test_no_question_is_nearly_an_example() -> None:
    phrases = [example.text.lower() for example in read_examples(data_folder())]
    near = {}
    for text in {ask.text for ask in ASKS}:
        found = process.extractOne(text.lower(), phrases, scorer=fuzz.ratio, score_cutoff=NEARLY)
        if found:
            near[text] = found[0]
    assert not near


# What may not be said.


@cache
def messages() -> tuple[tuple[str, str], ...]:
    """All questions with their city, and some in every city that go for what must not be named."""
    baits = (
        "高新医院能去吗，我是封控区的孕妇",
        "国际医学中心医院还做化疗吗，封控区",
        "胸科医院能去看病吗",
        "我确诊了去哪家医院，航天院区行不行",
        "高新区封控，透析去哪",
        "长安区封控，放疗去哪家定点",
        "孕妇在雁塔封控，分娩去哪里",
        "心脏手术，管控区，主动脉夹层，去哪",
        "西安红会医院北院区开着吗，骨折了",
        "北京丰台，解放军总医院第五医学中心收发烧的吗",
        "Is Gaoxin Hospital open for births from sealed areas?",
        "radiotherapy from a sealed area in Chang'an, which designated hospital",
        "baby sick in Gaoxin zone, sealed, which hospital",
        "all hospitals in weiyang please",
    )
    own = [(ask.text, ask.city) for ask in ASKS]
    return tuple(dict.fromkeys([*own, *itertools.product(baits, ("xian", "beijing", ""))]))


@pytest.fixture(scope="module", params=DATES, ids=str)
def answers(request: pytest.FixtureRequest, real_engine: Engine, replies: Replies) -> list[tuple[str, Understanding, str]]:
    """Every message at one date."""
    found = []
    for text, city in messages():
        got = real_engine.understand(text, Context(city=city, date=request.param))
        found.append((text, got, said(replies, got)))
    return found


def test_nothing_superseded_or_later_is_cited(answers: list[tuple[str, Understanding, str]], real_engine: Engine) -> None:
    provisions = {(d.id, p.id): (d, p) for d in real_engine.knowledge.directives for p in d.provisions}
    superseded = {reference for d, _ in provisions.values() for reference in d.supersedes}
    wrong = []
    for text, got, _ in answers:
        day = got.context.date
        for citation in got.citations:
            directive, provision = provisions[citation.directive, citation.provision]
            ends = [end for end in (directive.valid_to, provision.valid_to) if end]
            newer = [
                d
                for d, _ in provisions.values()
                if f"{directive.id}/{provision.id}" in d.supersedes and d.date <= day and d.valid_from <= day
            ]
            if directive.date > day or directive.valid_from > day or any(end < day for end in ends) or newer:
                wrong.append((str(day), text, directive.id, provision.id))
            if directive.city and directive.city != got.slots.get("city"):
                wrong.append((str(got.slots.get("city")), text, directive.id, provision.id))
    assert not wrong
    assert superseded  # there is something to go wrong


def test_suspended_hospitals_are_named_before_they_were_suspended_only(answers: list[tuple[str, Understanding, str]]) -> None:
    names = ("高新医院", "国际医学中心", "Gaoxin Hospital", "International Medical")
    named = [(text, name) for text, _, reply in answers for name in names if name in reply]
    assert bool(named) is (answers[0][1].context.date < SUSPENDED), named


def test_covid_only_excluded_and_unnamed_places_are_never_named(answers: list[tuple[str, Understanding, str]], real_engine: Engine) -> None:
    rows = [row for city in real_engine.knowledge.cities.values() for row in city.facilities]
    never = [
        row for row in rows if row.designated == "covid_only" or row.kind in {"excluded", "placeholder"} or row.confidence == "uncertain"
    ]
    assert any(row.kind == "excluded" for row in never) and any(row.designated == "covid_only" for row in never)
    forbidden = {row.id for row in never}
    wrong = [(text, row.name) for text, got, _ in answers for row in got.facilities if row.id in forbidden]
    assert not wrong
    names = {name for row in never for name in (row.name, row.name_en) if len(name) > 5}
    whole = [(text, name) for text, _, reply in answers for name in names if name in reply]
    assert not whole


def test_no_number_is_shown_that_is_not_published(answers: list[tuple[str, Understanding, str]], real_engine: Engine) -> None:
    knowledge = real_engine.knowledge
    published = {line.number for line in knowledge.hotlines if line.shown}
    for city in knowledge.cities.values():
        published |= {line.number for line in city.hotlines if line.shown}
        published |= {number for row in city.facilities if row.phone_confidence == "published" for number in row.phone}
    wrong = []
    for text, got, reply in answers:
        shown = [line.split("☎", 1)[1].split()[0] for line in reply.splitlines() if "☎" in line and line.split("☎", 1)[1].strip()]
        wrong += [(text, number) for number in shown if number not in published]
        wrong += [(text, line.id) for line in got.hotlines if not line.shown]
    assert not wrong


def test_a_number_is_shown_only_while_it_holds(answers: list[tuple[str, Understanding, str]]) -> None:
    early = answers[0][1].context.date
    wrong = [
        (text, row.name, number)
        for text, got, reply in answers
        for row in got.facilities
        for number in row.phone
        if number in reply and row.verified and row.verified > early
    ]
    wrong += [
        (text, line.id, line.number)
        for text, got, _ in answers
        for line in got.hotlines
        if (line.valid_from and line.valid_from > early) or (line.valid_to and line.valid_to < early)
    ]
    assert not wrong


@pytest.mark.parametrize("text", ["东城区发热门诊有哪些", "which fever clinic in Haidian"])
def test_beijings_fever_clinics_of_2020_show_their_date(text: str, real_engine: Engine, replies: Replies) -> None:
    got = real_engine.understand(text, Context(city="beijing", date=REPLAY))
    clinics = [row for row in got.facilities if "fever_clinic" in row.services]
    assert clinics
    assert all(row.verified == dt.date(2020, 2, 12) for row in clinics)
    assert "2020-02-12" in said(replies, got)


def live(days: int, text: str, engine: Engine, city: str = "xian") -> tuple[Understanding, Context]:
    context = Context(city=city, date=dt.date(2022, 1, 1) + dt.timedelta(days), live=True)
    return engine.understand(text, context), context


@pytest.mark.parametrize("text", ["我妈一三五血透，未央区小区封控了，去哪家医院", "chemo from a sealed area in weiyang, which hospital"])
def test_a_live_date_withholds_what_was_not_verified_lately(text: str, real_engine: Engine, replies: Replies) -> None:
    got, _ = live(20, text, real_engine)
    assert "029-86320424" in said(replies, got)
    for days in (31, 95, 1500):
        late, context = live(days, text, real_engine)
        assert "029-" not in said(replies, late), days
        assert all(row.verified and (context.date - row.verified).days <= 30 for row in late.facilities)


def test_a_live_date_of_today_names_no_hospital_and_no_long_number(real_engine: Engine, replies: Replies) -> None:
    today = dt.datetime.now(dt.UTC).date()
    for text, city in messages():
        got = real_engine.understand(text, Context(city=city, date=today, live=True))
        assert not any("☎ 0" in line for line in said(replies, got).splitlines()), text
        assert all(fresh(row, today) for row in got.facilities), text


def fresh(row: Facility, day: dt.date) -> bool:
    return row.verified is not None and 0 <= (day - row.verified).days <= 30


def test_the_date_decides_what_a_test_may_block(real_engine: Engine) -> None:
    text = "普通人去医院看门诊要带48小时核酸阴性不"
    before, after = (
        {c.provision for c in real_engine.understand(text, Context(city="xian", date=day)).citations}
        for day in (dt.date(2022, 1, 6), dt.date(2022, 1, 7))
    )
    assert before & {"category2-48h-test", "others-48h-test"} and "no-test-condition" not in before
    assert "no-test-condition" in after and not after & {"category2-48h-test", "others-48h-test"}


def test_a_provision_that_is_asked_for_is_said_in_its_own_words(real_engine: Engine, replies: Replies) -> None:
    got = real_engine.understand("管控区生活垃圾谁来清运", Context(city="xian", date=REPLAY))
    waste = next(citation for citation in got.citations if citation.provision == "waste")
    assert waste.asked and waste.says["zh"] in said(replies, got)
    quiet = replace(got, citations=tuple(replace(citation, asked=False) for citation in got.citations))
    assert waste.says["zh"] not in said(replies, quiet)
