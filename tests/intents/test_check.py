"""A broken data file is named, with the line and how to mend it; all that is wrong is listed at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from intents.check import check
from intents.load import load
from intents.problems import BrokenData

Break = Callable[[Path], None]


@pytest.fixture
def light(data: Path) -> Path:
    """The data with few examples and places, so that it is quickly checked."""
    for path in (data / "topics" / "examples").glob("*.jsonl"):
        path.write_text("\n".join(path.read_text(encoding="utf-8").splitlines()[:3]) + "\n", encoding="utf-8")
    for path in data.glob("cities/*/places.csv"):
        path.write_text("\n".join(path.read_text(encoding="utf-8").splitlines()[:20]) + "\n", encoding="utf-8")
    return data


def put(name: str, old: str, new: str, *, regex: bool = False) -> Break:
    """Replace the first ``old`` in a file; it must be there."""

    def change(folder: Path) -> None:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        changed = re.sub(old, new, text, count=1) if regex else text.replace(old, new, 1)
        assert changed != text, f"{name} has no {old!r}"
        path.write_text(changed, encoding="utf-8")

    return change


def add(name: str, text: str) -> Break:
    def change(folder: Path) -> None:
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write(text)

    return change


def drop(name: str) -> Break:
    return lambda folder: (folder / name).unlink()


def raw(name: str, content: bytes) -> Break:
    def change(folder: Path) -> None:
        (folder / name).write_bytes(content)

    return change


def both(*changes: Break) -> Break:
    def change(folder: Path) -> None:
        for one in changes:
            one(folder)

    return change


def line_of(folder: Path, name: str, part: str) -> int:
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if part in line)


DIRECTIVE = "directives/nhc-2022-01-08-press-conference.yaml"
XIAN = "directives/xian-2022-01-07-procedures.yaml"
EXAMPLE = '{"text": "%s", "topics": ["%s"], "actions": ["answer"]}\n'

FORM = {
    "no yaml": (add("triage/stroke.yaml", "  bad: [\n"), "triage/stroke.yaml", "", "indentation"),
    "missing field": (
        put("topics/care.fever.yaml", "id: care.fever\n", ""),
        "topics/care.fever.yaml",
        "id: Field required",
        "add the field id",
    ),
    "missing words": (put(DIRECTIVE, "  zh: 国家卫生健康委员会\n", ""), DIRECTIVE, "issuer.zh", "add the field"),
    "unknown field": (add("topics/care.fever.yaml", "colour: red\n"), "topics/care.fever.yaml", "colour", "remove or rename"),
    "level": (put("triage/stroke.yaml", "level: call_120", "level: call_121"), "triage/stroke.yaml", "level", "values it names"),
    "zone": (put(XIAN, "zones: [sealed, controlled]", "zones: [sealed, closed]"), XIAN, "zones", "values it names"),
    "date": (put(DIRECTIVE, "date: 2022-01-08", "date: January"), DIRECTIVE, "date", "YYYY-MM-DD"),
    "impossible date": (put(DIRECTIVE, "date: 2022-01-08", "date: 2022-13-40"), DIRECTIVE, "month must be", "YYYY-MM-DD"),
    "no provisions": (
        put("directives/xian-2022-01-03-press-conference.yaml", r"provisions:[\s\S]*", "provisions: []\n", regex=True),
        "directives/xian-2022-01-03-press-conference.yaml",
        "provisions",
        "",
    ),
    "empty file": (raw("topics/care.fever.yaml", b""), "topics/care.fever.yaml", "is empty", "write a Topic"),
    "no utf-8": (raw("topics/care.fever.yaml", b"id: \xff\xfe\n"), "topics/care.fever.yaml", "cannot be read", "UTF-8"),
    "missing file": (drop("triage/cues.yaml"), "triage/cues.yaml", "cannot be read", "restore"),
    "missing lexicon": (drop("lexicon/words.yaml"), "lexicon/words.yaml", "cannot be read", "restore"),
    "too few cells": (add("cities/xian/facilities.csv", "xa-new,name\n"), "cities/xian/facilities.csv", "cells", "quote"),
    "too many cells": (put("cities/hotlines.csv", "n-110,110,", "n-110,110,,,,,,,,,,,,"), "cities/hotlines.csv", "cells", "quote"),
    "status": (put("cities/xian/facilities.csv", ",suspended,", ",sometimes,"), "cities/xian/facilities.csv", "status", "values it names"),
    "no json": (add("topics/examples/care.fever.jsonl", '{"text": "hi"\n'), "topics/examples/care.fever.jsonl", "JSON", ""),
    "example without actions": (
        add("topics/examples/care.fever.jsonl", '{"text": "hi", "topics": ["care.fever"]}\n'),
        "topics/examples/care.fever.jsonl",
        "actions",
        "add the field",
    ),
    "reply": (
        put("replies/zh.yaml", r"source\.heading: .*", "source.heading: [a, b]", regex=True),
        "replies/zh.yaml",
        "is no text",
        "quotes",
    ),
}

MEANING = {
    "concept": (
        put("triage/stroke.yaml", "patterns:\n", "patterns:\n  - '@nobody & 疼'\n"),
        "triage/stroke.yaml",
        "@nobody",
        "mend the pattern",
    ),
    "expression": (
        put("topics/care.fever.yaml", "cues:\n", "cues:\n- '(发烧'\n"),
        "topics/care.fever.yaml",
        "broken expression",
        "mend the pattern",
    ),
    "nothing but not": (
        put("topics/care.fever.yaml", "cues:\n", "cues:\n- '!发烧'\n"),
        "topics/care.fever.yaml",
        "not excluded",
        "mend the pattern",
    ),
    "own concept": (
        put("lexicon/words.yaml", "concepts:\n", "concepts:\n  first:\n  - '@later'\n"),
        "lexicon/words.yaml",
        "first",
        "stands above",
    ),
    "slot pattern": (put("lexicon/slots.yaml", "  - '绿码", "  - '(绿码"), "lexicon/slots.yaml", "broken expression", "mend the pattern"),
    "cue of triage": (put("triage/cues.yaml", "negation:\n", "negation:\n- '(没'\n"), "triage/cues.yaml", "broken expression", "mend it"),
    "cue of a provision": (put(DIRECTIVE, "    cues:\n", "    cues:\n      - '(借口'\n"), DIRECTIVE, "broken expression", "mend it"),
    "reference": (
        put(XIAN, "  - xian-2022-01-01-orderly-care/category2-48h-test", "  - xian-2022-01-01-orderly-care/nothing"),
        XIAN,
        "unknown reference",
        "write",
    ),
    "ends before it begins": (
        put(DIRECTIVE, "valid_from: 2022-01-08", "valid_from: 2022-01-08\nvalid_to: 2022-01-01"),
        DIRECTIVE,
        "ends",
        "dates",
    ),
    "city": (put(XIAN, "city: xian", "city: chengdu"), XIAN, "unknown city", "folder"),
    "provision twice": (put(XIAN, "  - id: first-contact\n", "  - id: no-refusal\n"), XIAN, "stands twice", "id of its own"),
    "topic of a provision": (
        put(XIAN, "topics: [transport.closed_loop]", "topics: [transport.taxi]"),
        XIAN,
        "unknown topic",
        "public names",
    ),
    "superseded without end": (
        put("directives/xian-2022-01-05-press-conference.yaml", "    valid_to: 2022-01-06\n", ""),
        "directives/xian-2022-01-05-press-conference.yaml",
        "has no end",
        "valid_to",
    ),
    "file name": (
        put(DIRECTIVE, "id: nhc-2022-01-08-press-conference\n", "id: nhc-other\n"),
        "directives/nhc-other.yaml",
        "another name",
        "after its id",
    ),
    "reply in one language": (
        put("replies/en.yaml", r"source\.heading: .*\n", "", regex=True),
        "replies/en.yaml",
        "source.heading",
        "both languages",
    ),
    "placeholders": (
        put("replies/en.yaml", r"(source\.line: .*)\{title\}", r"\1", regex=True),
        "replies/en.yaml",
        "placeholders",
        "same ones",
    ),
    "unused reply": (
        both(add("replies/zh.yaml", "nobody.asks: hm\n"), add("replies/en.yaml", "nobody.asks: hm\n")),
        "replies/zh.yaml",
        "not used",
        "remove it",
    ),
    "first line": (
        put("triage/poisoning.yaml", r"first: \w+", "first: nothing", regex=True),
        "replies/zh.yaml",
        "first.nothing",
        "both languages",
    ),
    "district": (put("cities/xian/facilities.csv", ",beilin,", ",atlantis,"), "cities/xian/facilities.csv", "atlantis", "city.yaml"),
    "mobile": (put("cities/hotlines.csv", "n-110,110,", "n-110,13800138000,"), "cities/hotlines.csv", "mobile", "empty it"),
    "a longer target": (put("desk/targets.yaml", "lease: 3", "lease: 11"), "desk/targets.yaml", "lease of P0", "no more"),
    "targets that fall": (put("desk/targets.yaml", "solve: 240", "solve: 15"), "desk/targets.yaml", "P1 is to be answered", "rise"),
    "flag twice": (put("triage/stroke.yaml", "id: stroke-02", "id: stroke-01"), "triage/stroke.yaml", "stroke-01 stands", "keep one"),
    "distress": (put("triage/cues.yaml", "  cardiac-01:", "  cardiac-99:"), "triage/cues.yaml", "cardiac-99", "id of a flag"),
    "phrase of two topics": (
        both(*(add(f"topics/examples/{topic}.jsonl", EXAMPLE % ("同一句话", topic)) for topic in ("care.fever", "care.general"))),
        "topics/examples/care.general.jsonl",
        "belongs to care.fever too",
        "leave it with one",
    ),
    "topic of an example": (
        add("topics/examples/other.jsonl", '{"text": "怪话", "topics": ["other", "care.magic"], "actions": ["answer"]}\n'),
        "topics/examples/other.jsonl",
        "care.magic",
        "public names",
    ),
    "action of an example": (
        add("topics/examples/other.jsonl", '{"text": "怪话", "topics": ["other"], "actions": ["shout"]}\n'),
        "topics/examples/other.jsonl",
        "shout",
        "public names",
    ),
    "sheet's rule": (put("show/refused.yaml", "no-excuse", "excuse"), "show/refused.yaml", "unknown provision", "directive-id"),
    "sheet's city": (put("show/refused.yaml", "  beijing:", "  atlantis:"), "show/refused.yaml", "unknown city", "data/cities"),
    "rule of another city": (
        put("show/closed.yaml", "- xian-2022-01-07-procedures/special-vehicle", "- beijing-2022-01-24-press-conference-274/dialysis"),
        "show/closed.yaml",
        "does not hold for xian",
        "that city",
    ),
    "no sheet for the country": (put("show/closed.yaml", "  national:", "  xi:"), "show/closed.yaml", "no choice for national", "add one"),
    "missing topic": (drop("topics/tcm.prevention.yaml"), "topics/tcm.prevention.yaml", "is missing", "write the file"),
    "extra topic": (
        put("topics/care.fever.yaml", "id: care.fever\n", "id: care.flu\n"),
        "topics/care.flu.yaml",
        "no stable topic",
        "public names",
    ),
}


def test_the_shipped_data_has_no_problem() -> None:
    assert check() == []


def test_the_light_copy_has_no_problem(light: Path) -> None:
    assert check(light) == []


@pytest.mark.parametrize("kind", [*FORM, *MEANING])
def test_what_is_broken_is_named_with_its_line_and_mend(kind: str, light: Path) -> None:
    change, name, what, mend = (FORM | MEANING)[kind]
    change(light)
    found = [problem for problem in check(light) if problem.file == f"data/{name}" and what in problem.what and mend in problem.mend]
    assert found, [str(problem) for problem in check(light)]
    assert all(problem.line >= 1 and problem.mend for problem in found)
    path = light / name
    if path.is_file() and path.stat().st_size and kind != "no utf-8":
        assert found[0].line <= len(path.read_text(encoding="utf-8").splitlines()) + 1
    assert str(found[0]).startswith(f"data/{name}:{found[0].line}: ")


@pytest.mark.parametrize("kind", [kind for kind in FORM if not FORM[kind][1].startswith("topics/examples")])
def test_what_has_no_form_is_not_loaded(kind: str, light: Path) -> None:
    FORM[kind][0](light)
    with pytest.raises(BrokenData) as raised:
        load(light)
    assert raised.value.problems and f"data/{FORM[kind][1]}" in str(raised.value)


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        ("unknown field", "colour: red"),
        ("level", "call_121"),
        ("date", "date: January"),
        ("impossible date", "2022-13-40"),
        ("zone", "[sealed, closed]"),
        ("concept", "@nobody"),
        ("reference", "orderly-care/nothing"),
        ("topic of a provision", "transport.taxi"),
        ("district", "atlantis"),
        ("mobile", "13800138000"),
        ("topic of an example", "care.magic"),
        ("cue of a provision", "(借口"),
        ("distress", "cardiac-99"),
    ],
)
def test_the_line_is_the_right_one(kind: str, part: str, light: Path) -> None:
    change, name, what, mend = (FORM | MEANING)[kind]
    change(light)
    lines = {problem.line for problem in check(light) if problem.file == f"data/{name}" and what in problem.what and mend in problem.mend}
    assert line_of(light, name, part) in lines


def test_all_that_has_no_form_is_listed_at_once(light: Path) -> None:
    kinds = ("unknown field", "level", "date", "too few cells", "reply")
    for kind in kinds:
        FORM[kind][0](light)
    files = {problem.file for problem in check(light)}
    assert files == {f"data/{FORM[kind][1]}" for kind in kinds}


def test_all_that_means_nothing_is_listed_at_once(light: Path) -> None:
    kinds = ("concept", "reference", "reply in one language", "district", "mobile", "topic of an example", "distress")
    for kind in kinds:
        MEANING[kind][0](light)
    found = check(light)
    for kind in kinds:
        _, name, what, _ = MEANING[kind]
        assert any(problem.file == f"data/{name}" and what in problem.what for problem in found), kind
    assert found == sorted(found)


def test_a_folder_without_data_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    found = check(tmp_path / "empty")
    assert found and all(problem.mend for problem in found)
    with pytest.raises(BrokenData):
        load(tmp_path / "empty")


def test_a_phone_without_a_source_is_a_problem(light: Path) -> None:
    path = light / "cities" / "xian" / "facilities.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    row = next(number for number, line in enumerate(lines) if "029-61810666" in line)
    lines[row] = re.sub(r"(029-61810666,[^,]*,)published", r"\1uncertain", lines[row])
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = [problem for problem in check(light) if "phone without a published source" in problem.what]
    assert [problem.line for problem in found] == [row + 1]
