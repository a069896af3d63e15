"""``hotline ask``: text, ``--json`` and ``--jsonl``, good lines and bad ones."""

from __future__ import annotations

import json

import pytest

from tests.bot.commands import hotline, install_fakes, lines
from tests.fakes.engine import FakeEngine

pytestmark = pytest.mark.usefixtures("settings")


@pytest.fixture(autouse=True)
def fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    install_fakes(monkeypatch)


def test_ask_shows_the_reply_and_its_buttons() -> None:
    result = hotline("ask", "透析", "去哪")
    assert (result.exit_code, result.stdout) == (0, "<answer> care.dialysis zh\n\n[1] 雁塔\n")


def test_ask_json_is_everything() -> None:
    result = hotline("ask", "--json", "雁塔透析电话", "--city", "beijing")
    value = json.loads(result.stdout)
    assert value["action"] == "answer" and value["slots"] == {"district": "yanta"}
    assert (value["date"], value["replay"], value["context"]["city"]) == ("2022-04-05", True, "beijing")
    assert value["unpublished"] == ["yanta.duty"]


def test_ask_at_a_live_date_withholds_what_is_not_verified() -> None:
    value = json.loads(hotline("ask", "--json", "透析", HOTLINE_DATE="today").stdout)
    assert value["replay"] is False
    assert value["facilities"] == [{"id": "xian-clinic", "name": "某医院", "phone": ""}]
    assert value["hotlines"][0]["phone"] == "12345"


def test_ask_in_another_language() -> None:
    assert hotline("ask", "--lang", "en", "透析").stdout.startswith("<answer> care.dialysis en")


@pytest.mark.parametrize("args", [(), ("--jsonl", "x"), ("--jsonl", "--json"), ("--lang", "fr", "x"), ("--nonsense",)])
def test_ask_wrongly(args: tuple[str, ...]) -> None:
    result = hotline("ask", *args)
    assert result.exit_code == 2 and "Usage" in result.stderr


def test_ask_jsonl_has_exactly_the_promised_shape() -> None:
    (line,) = lines(hotline("ask", "--jsonl", feed='{"id": "a", "text": "雁塔透析"}\n'))
    assert line == {
        "id": "a",
        "action": "answer",
        "topics": [{"id": "care.dialysis", "score": 0.9}],
        "slots": {"district": "yanta"},
        "lang": "zh",
        "reply": "<answer> care.dialysis zh",
        "buttons": ["雁塔"],
        "citations": [{"directive": "doc", "provision": "p1", "title": "通知", "date": "2022-03-15"}],
        "facilities": [{"id": "xian-clinic", "name": "某医院", "phone": "029-11111111"}],
        "hotlines": [{"id": "12345", "name": "政务热线", "phone": "12345"}],
        "flags": [],
    }


def test_ask_jsonl_honours_lang_city_and_context(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = FakeEngine()
    monkeypatch.setattr(FakeEngine, "open", classmethod(lambda cls, *_: engine))
    context = {"city": "xian", "district": "yanta", "zone": "sealed", "patient": "pregnant", "topics": ["care.fever"], "more": 1}
    feed = [
        {"id": 1, "text": "透析", "lang": "en", "city": "beijing", "context": context},
        {"id": 2, "text": "透析", "context": context},
        {"id": 3, "text": "透析", "lang": None, "city": None, "context": None},
    ]
    answers = lines(hotline("ask", "--jsonl", feed="\n".join(map(json.dumps, feed))))
    assert [answer["lang"] for answer in answers] == ["en", "zh", "zh"]
    assert answers[0]["facilities"][0]["name"] == "A Hospital" and answers[0]["citations"][0]["title"] == "Notice"
    assert [known.city for known in engine.contexts] == ["beijing", "xian", ""]
    known = engine.contexts[1]
    assert (known.district, known.zone, known.patient, known.topics) == ("yanta", "sealed", "pregnant", ("care.fever",))


def test_a_bad_line_is_answered_and_the_rest_goes_on() -> None:
    bad: list[tuple[bytes, object, str]] = [
        (b"{", None, "bad_json"),
        (b"[" * 100_000, None, "bad_json"),
        (b'{"id": NaN, "text": "x"}', None, "bad_json"),
        (b"\xff\xfe", None, "bad_encoding"),
        (b"[1]", None, "bad_line"),
        (b"null", None, "bad_line"),
        (b'{"id": {"a": 1}, "text": "x"}', None, "bad_id"),
        (b'{"id": "b"}', "b", "bad_text"),
        (b'{"id": "b", "text": 5}', "b", "bad_text"),
        (b'{"id": "b", "text": "x", "lang": "fr"}', "b", "bad_lang"),
        (b'{"id": "b", "text": "x", "lang": 1}', "b", "bad_lang"),
        (b'{"id": "b", "text": "x", "city": []}', "b", "bad_city"),
        (b'{"id": "b", "text": "x", "context": []}', "b", "bad_context"),
        (b'{"id": "b", "text": "x", "context": {"zone": "moon"}}', "b", "bad_context"),
        (b'{"id": "b", "text": "x", "context": {"patient": "cat"}}', "b", "bad_context"),
        (b'{"id": "b", "text": "x", "context": {"topics": "care.fever"}}', "b", "bad_context"),
        (b'{"id": "b", "text": "x", "context": {"district": 1}}', "b", "bad_context"),
        (b'{"id": "b", "text": "boom secret"}', "b", "failed"),
    ]
    good = b'{"id": "g", "text": "hello"}'
    feed = b"\n".join(line for bad_line, _, _ in bad for line in (bad_line, good, b"  "))
    answers = lines(hotline("ask", "--jsonl", feed=feed))
    assert len(answers) == 2 * len(bad)
    for (_, own, code), answer, after in zip(bad, answers[::2], answers[1::2], strict=True):
        assert set(answer) == {"id", "error"} and set(answer["error"]) == {"code", "message"}
        assert (answer["id"], answer["error"]["code"]) == (own, code)
        assert "secret" not in answer["error"]["message"]
        assert (after["id"], after["action"]) == ("g", "smalltalk")


@pytest.mark.parametrize("text", ["", "\ud83d", "x" * 100_000, "\x00\x1b[2J", "{{7*7}}", "\u202e胸痛"])
def test_ask_jsonl_with_hostile_text(text: str) -> None:
    (line,) = lines(hotline("ask", "--jsonl", feed=json.dumps({"id": 0, "text": text})))
    assert line["id"] == 0 and "error" not in line


def test_a_line_that_never_ends_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.lines.LONGEST", 1000)
    feed = json.dumps({"id": 1, "text": "x" * 5000}) + "\n" + json.dumps({"id": 2, "text": "x"})
    first, second = lines(hotline("ask", "--jsonl", feed=feed))
    assert (first["error"]["code"], second["id"]) == ("too_long", 2)


def test_ask_that_fails_shows_no_traceback_and_no_words() -> None:
    result = hotline("ask", "boom secret")
    assert result.exit_code == 1
    assert "ValueError" in result.stderr and "secret" not in result.stderr and "Traceback" not in result.stderr
