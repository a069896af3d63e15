"""The fake Bot API itself: what it holds back, repeats, refuses and records."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.bot_api import TOKEN, BotApi, Limits, rules_of

ROOT = Path(__file__).resolve().parents[3]


def ask(server: str, method: str, /, **data: Any) -> Any:
    request = urllib.request.Request(f"{server}/bot{TOKEN}/{method}", json.dumps(data).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        return json.load(error)


def control(url: str, what: str, content: Any = None) -> Any:
    body = None if content is None else json.dumps(content).encode()
    with urllib.request.urlopen(f"{url}/control/{what}", body, timeout=5) as answer:
        return json.load(answer)


def numbers(answer: Any) -> list[int]:
    return [update["update_id"] for update in answer["result"]]


@contextmanager
def hook(answers: Callable[[dict[str, Any]], int]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            update = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            update["secret"] = self.headers.get("X-Telegram-Bot-Api-Secret-Token")
            self.send_response(answers(update))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/hook"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def wait(done: Callable[[], object]) -> None:
    until = time.monotonic() + 10
    while not done():
        assert time.monotonic() < until
        time.sleep(0.005)


def test_updates_stay_until_an_offset_confirms_them(api: BotApi) -> None:
    first, second = api.says("一"), api.says("二")
    assert numbers(ask(api.url, "getUpdates")) == [first, second]
    assert numbers(ask(api.url, "getUpdates", offset=second)) == [second]
    assert numbers(ask(api.url, "getUpdates", offset=second + 1)) == []
    assert api.confirmed == [first, second]


def test_a_poll_waits_and_a_newer_one_ends_it(api: BotApi) -> None:
    answers: list[Any] = []
    older = threading.Thread(target=lambda: answers.append(ask(api.url, "getUpdates", timeout=5)))
    older.start()
    wait(lambda: api.state.poll == 1)
    newer = threading.Thread(target=lambda: answers.append(ask(api.url, "getUpdates", timeout=5)))
    newer.start()
    older.join(5)
    assert answers[0]["error_code"] == 409
    number = api.says("在吗")
    newer.join(5)
    assert numbers(answers[1]) == [number]


def test_updates_come_twice_out_of_order_and_of_unknown_kinds(api: BotApi) -> None:
    api.script(*rules_of([{"fault": "duplicate"}, {"fault": "reorder", "skip": 0}, {"fault": "unknown"}]))
    twice, late, known = api.says("a"), api.says("b"), api.says("c")
    given = ask(api.url, "getUpdates")["result"]
    assert [update["update_id"] for update in given] == [twice, known - 1, late, known]
    assert "telepathy" in given[1]
    assert numbers(ask(api.url, "getUpdates", offset=known + 1)) == [twice]
    assert numbers(ask(api.url, "getUpdates", offset=known + 1)) == []


def test_only_the_kinds_that_were_asked_for(api: BotApi) -> None:
    ask(api.url, "getUpdates", allowed_updates=["message"])
    api.update(poll={"id": "1"})
    number = api.says("a")
    assert numbers(ask(api.url, "getUpdates")) == [number]


def test_rules_count_skip_and_choose_chats(api: BotApi) -> None:
    api.script(*rules_of([{"fault": "403", "chat": 2, "times": 0}, {"fault": "429", "skip": 1, "times": 2, "retry_after": 3}]))
    results = [ask(api.url, "sendMessage", chat_id=chat, text="x") for chat in (1, 2, 1, 1, 1, 2)]
    assert [result.get("error_code", 200) for result in results] == [200, 403, 429, 429, 200, 403]
    assert results[2]["parameters"] == {"retry_after": 3}
    assert [call.status for call in api.state.calls] == [200, 403, 429, 429, 200, 403]


def test_a_script_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(KeyError):
        rules_of([{"fault": "earthquake"}])
    with pytest.raises(TypeError):
        rules_of([{"fault": "429", "reply_after": 3}])


@pytest.mark.parametrize(("fault", "taken"), [("reset", 0), ("reset_after", 1), ("close", 0), ("close_after", 1)])
def test_a_cut_connection_before_and_after_the_effect(api: BotApi, fault: str, taken: int) -> None:
    api.script(*rules_of([{"fault": fault}]))
    with pytest.raises((OSError, EOFError)):
        ask(api.url, "sendMessage", chat_id=1, text="x")
    assert len(api.sent) == taken


def test_chance_is_seeded(api: BotApi) -> None:
    def run() -> list[bool]:
        api.state.dice.seed(7)
        api.state.rules = rules_of([{"fault": "500", "chance": 0.5, "times": 0}])
        return [ask(api.url, "sendMessage", chat_id=1, text="x")["ok"] for _ in range(20)]

    first = run()
    assert run() == first and len(set(first)) == 2


def test_limits() -> None:
    limits = Limits(bulk=3, chat=1, group=2, slack=0.0)
    assert [limits.wait(1, 0.0), limits.wait(1, 0.5), limits.wait(2, 0.5), limits.wait(3, 0.6), limits.wait(4, 0.7)] == [0, 1, 0, 0, 1]
    assert [limits.wait(-5, 10.0), limits.wait(-5, 20.0), limits.wait(-5, 30.0), limits.wait(-5, 70.5)] == [0, 0, 40, 0]
    assert limits.refused == 3


def test_limits_refuse_with_429(api: BotApi) -> None:
    api.state.limits = Limits(chat=1)
    assert ask(api.url, "sendMessage", chat_id=1, text="x")["ok"]
    assert ask(api.url, "sendMessage", chat_id=1, text="x")["parameters"] == {"retry_after": 1}


def test_a_webhook_gets_each_chat_in_order_until_it_agrees(api: BotApi) -> None:
    seen: list[tuple[int, str]] = []
    refuse = {3}

    def answers(update: dict[str, Any]) -> int:
        assert update["secret"] == "s3cret"
        chat, text = update["message"]["chat"]["id"], update["message"]["text"]
        if text == "0" and chat in refuse:
            refuse.remove(chat)
            return 503
        seen.append((chat, text))
        return 200

    for text in range(10):
        for chat in range(5):
            api.says(str(text), chat=chat + 1)
    with hook(answers) as url:
        assert ask(api.url, "setWebhook", url=url, secret_token="s3cret")["ok"]
        assert ask(api.url, "getUpdates")["error_code"] == 409
        wait(lambda: len(api.confirmed) == 50)
        for chat in range(1, 6):
            assert [text for number, text in seen if number == chat] == [str(n) for n in range(10)]
        assert [status for _, status, _ in api.state.refusals] == [503]
        ask(api.url, "deleteWebhook")
        late = api.says("später")
        assert numbers(ask(api.url, "getUpdates")) == [late]


def test_a_webhook_gets_duplicates_and_what_was_held_back(api: BotApi) -> None:
    seen: list[int] = []
    api.script(*rules_of([{"fault": "duplicate"}, {"fault": "reorder"}]))
    with hook(lambda update: seen.append(update["update_id"]) or 200) as url:
        ask(api.url, "setWebhook", url=url, max_connections=1)
        twice = api.says("a")
        wait(lambda: seen.count(twice) == 2)
        held = api.says("b")
        wait(lambda: held in seen)


def test_the_program_serves_other_processes(tmp_path: Path) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text("- {fault: '500', method: getMe}\n", encoding="utf-8")
    record = tmp_path / "record.jsonl"
    command = [sys.executable, "-m", "tests.fakes.bot_api", "--rules", str(rules), "--limits", "--record", str(record)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert [ask(url, "getMe")["ok"] for _ in range(2)] == [False, True]
        pushed = control(url, "says", [{"chat": 5, "text": "在吗"}])
        assert numbers(ask(url, "getUpdates")) == pushed
        control(url, "update", [{"my_chat_member": {}}])
        control(url, "set", {"blocked": [9]})
        assert control(url, "rules", []) == 0
        ask(url, "sendMessage", chat_id=5, text="好")
        assert [ask(url, "sendMessage", chat_id=chat, text="x")["error_code"] for chat in (5, 9)] == [429, 403]
        recorded = control(url, "record?calls=0&pushed=1")
        assert [sent["text"] for sent in recorded["sent"]] == ["好"]
        assert [call["method"] for call in recorded["calls"]][:2] == ["getMe", "getMe"] and len(recorded["pushed"]) == 2
        assert control(url, "state")["refused"] == 1
        with pytest.raises(urllib.error.HTTPError):
            control(url, "rules", [{"fault": "none"}])
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close() if process.stdout else None
    assert [json.loads(line)["what"] for line in record.read_text(encoding="utf-8").splitlines()].count("sent") == 1
