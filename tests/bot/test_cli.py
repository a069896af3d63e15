"""The other commands, and what is said when data, settings or the database cannot be used."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from bot import cli
from bot.effects import PutSite
from bot.model import CaseDraft, Incoming, Turn
from bot.settings import Settings
from bot.site import Site
from bot.state import State
from bot.store.store import Store
from intents.problems import BrokenData, Problem
from tests.bot.commands import hotline, install_fakes, lines, module
from tests.fakes.engine import NOON, FakeEngine

pytestmark = pytest.mark.usefixtures("settings")


@pytest.fixture(autouse=True)
def fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    install_fakes(monkeypatch)


def test_chat_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter(["透析", "1", "  ", "9", "胸痛"])

    def ask(_: str) -> str:
        try:
            return next(typed)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr("builtins.input", ask)
    result = hotline("chat", "--lang", "zh")
    assert result.exit_code == 0
    assert result.stdout.startswith("terminal.hello zh\nterminal.replay zh date=2022-04-05\n")
    assert result.stdout.count("[1] 雁塔") == 3 and "<emergency>" in result.stdout and "case 1" in result.stdout


def test_chat_keeps_nothing_unless_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    feed = json.dumps({"user": "胸痛\x1b[2J" + "很" * 200}) + "\n"
    lines(hotline("chat", "--jsonl", feed=feed))
    assert not (tmp_path / "hotline.db").exists()
    lines(hotline("chat", "--jsonl", "--save", feed=feed))
    lines(hotline("chat", "--jsonl", "--database", "hotline.db", feed='{"user": "没饭"}'))
    listed = lines(hotline("queue", "--jsonl"))
    assert [(case["number"], case["priority"], case["reason"]) for case in listed] == [
        (1, "P0", "emergency:cardiac-01"),
        (2, "P2", "handoff:supplies.daily"),
    ]
    table = hotline("queue")
    assert table.exit_code == 0 and "emergency:cardiac-01" in table.stdout and "\x1b" not in table.stdout
    assert len(lines(hotline("queue", "--jsonl", "--limit", "1"))) == 1


def test_queue_of_one_site(settings: Settings) -> None:
    store = Store("hotline.db")
    for chat, effects in (("-5/1", (PutSite(Site("Hope Hotel")),)), ("-5/7", ()), ("8", ())):
        store.accept(Incoming("telegram", chat, chat, "没药了", NOON))
        row = store.claim(f"telegram:{chat}", NOON)
        assert row is not None
        draft = CaseDraft("P2", "handoff:medicine.chronic", (), site=1 if chat == "-5/7" else 0)
        store.finish(row, Turn((), State(), None if effects else draft, effects=effects), row.version, NOON)
    store.close()
    (case,) = lines(hotline("queue", "--jsonl", "--site", "hope hotel"))
    assert (case["address"], case["site"]) == ("telegram:7", "Hope Hotel")
    assert "Hope Hotel" in hotline("queue", "--site", "Hope Hotel").stdout
    assert "No open cases of a site" in hotline("queue", "--site", "nowhere").stderr


def test_queue_by_filters_and_search(settings: Settings) -> None:
    store = Store("hotline.db")
    for chat, words, draft in (
        ("1", "我妈要透析", CaseDraft("P1", "x", ("care.dialysis",), "xian", "yanta")),
        ("2", "no food, Dialysis is fine", CaseDraft("P2", "x", ("supplies.daily",), "xian", "beilin")),
        ("3", "透析完了", CaseDraft("P3", "x", ("care.dialysis",), "xian", "beilin")),
    ):
        store.accept(Incoming("telegram", chat, chat, words, NOON))
        row = store.claim(f"telegram:{chat}", NOON)
        assert row is not None
        store.finish(row, Turn((), State(), draft), row.version, NOON)
    store.close()
    assert hotline("case", "2", "--take", "--by", "ann").exit_code == 0

    def listed(*asked: str) -> list[int]:
        return [case["number"] for case in lines(hotline(*asked, "--jsonl"))]

    assert listed("queue", "--topic", "care.dialysis") == [1, 3] and listed("queue", "--district", "beilin") == [2, 3]
    assert listed("queue", "--priority", "P1", "--priority", "P3") == [1, 3]
    assert listed("queue", "--mine", "ann") == [2] and listed("queue", "--unassigned") == [1, 3]
    assert listed("queue", "--status", "any") == [3, 2, 1] and listed("queue", "--status", "closed") == []
    assert listed("search", "透析") == [3, 1] and listed("search", "dialysis", "food") == [2] and listed("search", "#2") == [2]
    assert listed("search", "透析", "--district", "yanta") == [1] and listed("search", "透析", "--limit", "1") == [3]
    assert "透析完了" in hotline("search", "透析").stdout and "No case has these words" in hotline("search", "豆腐脑").stderr
    assert "No closed cases" in hotline("queue", "--status", "closed").stderr


def test_queue_without_a_database_and_without_cases(settings: Settings, tmp_path: Path) -> None:
    result = hotline("queue")
    assert result.exit_code == 0 and "No cases" in result.stderr and not (tmp_path / "hotline.db").exists()
    Store("hotline.db").close()
    assert "No open cases" in hotline("queue").stderr


def test_queue_with_a_broken_database(tmp_path: Path) -> None:
    (tmp_path / "hotline.db").write_text("nothing of the kind" * 100)
    result = hotline("queue")
    assert result.exit_code == 2 and "hotline.db" in result.stderr and "Traceback" not in result.stderr


@pytest.mark.parametrize("args", [("ask", "x"), ("ask", "--jsonl"), ("chat", "--jsonl"), ("fit",), ("run",), ("eval", "f")])
def test_broken_data_is_named(monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...]) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise BrokenData([Problem("data/triage/heart.yaml", 12, "level: unknown", "use call_120")])

    monkeypatch.setattr(FakeEngine, "open", classmethod(refuse))
    monkeypatch.setitem(sys.modules, "intents.evaluate", module("intents.evaluate", main=refuse))
    result = hotline(*args, HOTLINE_PORT="0")
    assert result.exit_code == 2 and result.stdout == ""
    assert "data/triage/heart.yaml:12: level: unknown → use call_120" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("env", "name"),
    [
        ({"HOTLINE_DATE": "yesterday"}, "HOTLINE_DATE"),
        ({"HOTLINE_PORT": "http"}, "HOTLINE_PORT"),
        ({"HOTLINE_CITY": "atlantis"}, "HOTLINE_CITY"),
        ({"HOTLINE_DATA": "/nowhere"}, "HOTLINE_DATA"),
        ({"HOTLINE_TELEGRAM_BASE_URL": "ftp://x"}, "HOTLINE_TELEGRAM_BASE_URL"),
        ({"TELEGRAM_BOT_TOKEN": "123456:SECRET token"}, "TELEGRAM_BOT_TOKEN"),
        ({"HOTLINE_WEBHOOK_URL": "https://hotline.example.org/"}, "HOTLINE_WEBHOOK_URL"),
    ],
)
def test_a_wrong_setting_is_named(env: dict[str, str], name: str) -> None:
    result = hotline("ask", "x", **env)
    assert result.exit_code == 2 and name in result.stderr and "Traceback" not in result.stderr
    assert "SECRET" not in result.output + result.stderr


def test_check_and_eval_hand_over(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []

    def checks() -> int:
        return 1

    def evaluates(files: list[str]) -> None:
        seen.append(files)

    monkeypatch.setitem(sys.modules, "intents.check", module("intents.check", main=checks))
    monkeypatch.setitem(sys.modules, "intents.evaluate", module("intents.evaluate", main=evaluates))
    assert hotline("check").exit_code == 1
    assert hotline("eval", "a.jsonl", "--need", "x>=1").exit_code == 0
    assert seen == [["a.jsonl", "--need", "x>=1"]]
    assert hotline("eval").exit_code == 2


def test_fit_says_when_it_is_ready() -> None:
    result = hotline("fit")
    assert result.exit_code == 0 and "fake" in result.stderr


def test_help_names_every_command() -> None:
    result = hotline("--help")
    assert all(name in result.stdout for name in ("ask", "chat", "check", "eval", "fit", "queue", "run"))


def test_lines_through_a_pipe_are_read_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("一\n\xff二\n".encode() + b"\xff\n"), encoding="utf-8"))
    assert [cli._prompt() for _ in range(4)] == ["一", "\xff二", "\ufffd", None]
