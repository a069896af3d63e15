"""``hotline chat --jsonl``: each line in has its line out; time, places, numbers and buttons; what is in force and what was written."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from bot.effects import Later, NoLater
from bot.model import Incoming, Reply, Turn
from bot.state import State
from bot.store.store import Store
from intents.rows import Words
from intents.understanding import Understanding
from tests.bot.commands import hotline, install_fakes, lines, module
from tests.fakes.engine import FakeEngine, fake_decide

pytestmark = pytest.mark.usefixtures("settings")
SHAPE = {"action", "topics", "slots", "replies", "buttons", "case", "events"}
WAIT = 300.0
seen: list[Incoming] = []


def decide(state: State, incoming: Incoming, got: Understanding, replies: Any, now: dt.datetime, known: Any = None) -> Turn:
    """As :func:`fake_decide`; and some words that set, drop, ask and forget."""
    seen.append(incoming)
    text = incoming.text
    if incoming.kind == "due":
        return Turn((Reply(f"come: {text}"),), state, understanding=got)
    if text == "later":
        effects = (Later("ask", WAIT, "1"), Later("ask", 3 * WAIT, "2"))
        return Turn((Reply("set"),), state, understanding=got, effects=effects)
    if text == "never mind":
        return Turn((Reply("dropped"),), state, understanding=got, effects=(NoLater("ask"),))
    if text == "where":
        return Turn((Reply("which district?"),), dataclasses.replace(state, asked="form.district"), understanding=got)
    if text == "forget 雁塔":
        return Turn((Reply("forgotten"),), State(), understanding=got)
    if incoming.kind != "text" and not text:
        return Turn((Reply(incoming.kind),), state, understanding=got)
    return fake_decide(state, incoming, got, replies, now, known)


@pytest.fixture(autouse=True)
def fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    install_fakes(monkeypatch)
    seen.clear()
    monkeypatch.setitem(sys.modules, "bot.conversation", module("bot.conversation", decide=decide))


def chat(*feed: Any, args: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """The answers to these lines; a text goes in as it is."""
    text = "".join((line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)) + "\n" for line in feed)
    answers = lines(hotline("chat", "--jsonl", *args, feed=text))
    assert len(answers) == len(feed) and all(set(answer) >= SHAPE for answer in answers)
    return answers


def test_a_conversation() -> None:
    new, first, pressed, hungry, again, lost = chat(
        {"new": True}, {"user": "雁塔透析"}, {"button": "雁塔"}, {"user": "没饭"}, {"new": True}, {"button": "雁塔"}
    )
    assert new["action"] == "none" and new["replies"] == [] and new["new"] and again == new
    assert first["action"] == "answer" and first["topics"] == [{"id": "care.dialysis", "score": 0.9}]
    assert first["replies"] == ["<answer> care.dialysis zh"] and first["buttons"] == [{"label": "雁塔"}]
    assert first["slots"] == {"district": "yanta", "city": "xian"} and first["case"] is None and first["events"] == []
    assert seen[1].kind == "button" and seen[1].text == "我在雁塔区" and pressed["slots"] == first["slots"]
    assert hungry["replies"] == ["<handoff> supplies.daily zh", "case 1"]
    assert lost["error"]["code"] == "unknown_button" and seen[-1].text == "没饭"


def test_every_line_has_an_answer_and_none_ends_the_rest() -> None:
    feed = [
        *('{"user": 5}', "{", "", "   ", "[]", "null", '"words"', "{}", '{"user": {}}', '{"photo": false}', '{"user": NaN}'),
        *('{"advance": "x"}', '{"advance": -1}', '{"advance": true}', '{"advance": 1e300}', '{"advance": null}', '{"button": 5}'),
        *('{"location": [1]}', '{"location": [91, 0]}', '{"location": ["a", "b"]}', '{"contact": ""}', '{"contact": [1]}'),
        *('{"photo": true, "caption": 5}', '{"user": "\\ud800"}', '{"user": "boom"}', '{"user": "undecided"}'),
    ]
    answers = chat(*feed, {"user": "没饭"})
    assert [answer["error"]["code"] for answer in answers[:4]] == ["bad_line", "bad_json", "bad_json", "bad_json"]
    assert all("error" in answer for answer in answers[:23])
    assert not any("error" in answer for answer in answers[23:])
    assert [answer["action"] for answer in answers[24:26]] == ["handoff", "handoff"], "a failure is a case for a person"
    assert answers[-1]["case"]["number"] == 1


def test_what_is_no_text() -> None:
    told = [
        {"location": [34.2, 108.9]},
        {"contact": "029-11111111"},
        {"contact": 12345},
        {"photo": True},
        {"photo": True, "caption": "没饭"},
        {"voice": True},
        {"user": {"voice": True}},
    ]
    answers = chat(*told)
    assert [incoming.kind for incoming in seen] == ["location", "contact", "contact", "photo", "photo", "voice", "voice"]
    assert json.loads(seen[0].raw) == {"message": {"location": {"latitude": 34.2, "longitude": 108.9}}}
    assert [json.loads(incoming.raw)["message"]["contact"] for incoming in seen[1:3]] == [
        {"phone_number": "029-11111111"},
        {"phone_number": "12345"},
    ]
    assert seen[4].text == "没饭" and answers[4]["case"]["priority"] == "P2"
    assert answers[3]["replies"] == ["photo"] and answers[3]["slots"] == {}


def test_the_case_is_the_open_one_and_events_are_told_once() -> None:
    first, more, quiet, urgent, other, own = chat(
        {"user": "没饭"}, {"user": "没饭"}, {"user": "hello"}, {"user": "胸痛"}, {"new": True}, {"user": "hello"}
    )
    assert first["case"] == {
        "number": 1,
        "status": "open",
        "priority": "P2",
        "reason": "handoff:supplies.daily",
        "topics": ["supplies.daily"],
    }
    assert (first["events"], more["events"], quiet["events"], urgent["events"]) == (["case.opened"], ["case.added"], [], ["case.raised"])
    assert quiet["case"] == first["case"] and urgent["case"]["priority"] == "P0" and urgent["case"]["number"] == 1
    assert other["case"] is None and own["case"] is None and own["events"] == []


def test_moments_come_due_within_the_line_that_passes_them() -> None:
    set_, early, first, both, done = chat({"user": "later"}, {"advance": 299}, {"advance": 2}, {"user": "later"}, {"advance": 10_000})
    assert set_["events"] == ["later", "later"]
    assert early["replies"] == [] and early["action"] == "none"
    assert first["replies"] == ["come: ask:1"] and first["action"] == "smalltalk" and first["topics"] == []
    assert both["replies"] == ["set"]
    assert done["replies"] == ["come: ask:1", "come: ask:2", "come: ask:2"], "at 601, 900 and 1201 seconds"
    assert [incoming.kind for incoming in seen].count("due") == 4


def test_what_was_dropped_or_is_somebody_elses_does_not_come() -> None:
    answers = chat({"user": "later"}, {"user": "never mind"}, {"advance": 10_000}, {"user": "later"}, {"new": True}, {"advance": 10_000})
    assert answers[1]["events"] == ["no_later"]
    assert answers[2]["replies"] == [] and answers[5]["replies"] == [] and answers[5]["case"] is None


def test_time_passes_by_what_is_said() -> None:
    chat({"user": "hello"}, {"advance": 86_400}, {"user": "hello"})
    assert dt.timedelta(days=1) <= seen[1].at - seen[0].at < dt.timedelta(days=1, minutes=5)


def test_what_was_forgotten_is_not_in_force() -> None:
    first, after = chat({"user": "雁塔透析"}, {"user": "forget 雁塔"})
    assert first["slots"]["district"] == "yanta" and after["slots"] == {}


def test_a_question_for_the_district_lists_them_all(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [("yanta", "雁塔区", "Yanta"), ("beilin", "碑林区", "Beilin"), ("huyi", "鄠邑区", "Huyi")]
    districts = {name: SimpleNamespace(name=Words(zh=zh, en=en)) for name, zh, en in names}
    real = FakeEngine.__init__

    def init(self: FakeEngine) -> None:
        real(self)
        self.knowledge.cities = {"xian": SimpleNamespace(districts=districts), "beijing": SimpleNamespace(districts={})}

    monkeypatch.setattr(FakeEngine, "__init__", init)
    asked, chosen = chat({"user": "where"}, {"button": "Huyi"})
    assert asked["buttons"] == [{"label": "Yanta"}, {"label": "Beilin"}, {"label": "Huyi"}]
    assert seen[-1].kind == "button" and seen[-1].text == "Huyi" and "error" not in chosen


def test_a_named_database_keeps_it_and_others_moments_stay() -> None:
    store = Store("hotline.db")
    before = Incoming("telegram", "7", "1", "later", dt.datetime.now(dt.UTC))
    store.accept(before)
    row = store.claim(before.address, before.at)
    assert row is not None
    store.finish(row, Turn((), State(), effects=(Later("ask", 60),)), row.version, before.at)
    moment = store.next_moment()
    answers = chat({"user": "没饭"}, {"user": "later"}, {"advance": 3_600}, args=("--database", "hotline.db"))
    assert answers[2]["replies"] == ["come: ask:1", "come: ask:2"]
    assert [case.reason for case in store.queue()] == ["handoff:supplies.daily"] and store.next_moment() == moment
    store.close()
