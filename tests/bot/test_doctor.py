"""The doctor says what is wrong and how to mend it, changes nothing and shows no token."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from bot import doctor
from bot.clock import FrozenClock, SystemClock
from bot.model import Reply
from bot.settings import Settings
from bot.store import outbox, survey
from bot.store.store import Store
from tests.bot.commands import hotline
from tests.fakes.engine import NOON

TOKEN = "123456:SECRET-token_of_the_test"
pytestmark = pytest.mark.usefixtures("settings")


class Api(BaseHTTPRequestHandler):
    """As much of a Bot API as the doctor asks; a token that is not ours is refused."""

    at: dt.datetime | None = None
    hears: bool = True
    heads: list[str] = []  # noqa: RUF012  (shared on purpose)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        me: dict[str, Any] = {
            "id": 123456,
            "is_bot": True,
            "first_name": "b",
            "username": "hotline_bot",
            "url": "",
            "has_custom_certificate": False,
        }
        me["can_read_all_group_messages"] = self.hears
        good = f"/bot{TOKEN}/" in self.path
        body = {"ok": True, "result": {**me, "pending_update_count": 4}} if good else {"ok": False, "error_code": 401, "description": "U"}
        raw = json.dumps(body).encode()
        self.send_response(200 if good else 401)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def do_HEAD(self) -> None:
        self.heads.append(self.path)
        self.send_response(404)
        self.end_headers()

    def date_time_string(self, timestamp: Any = None) -> str:
        return super().date_time_string(self.at.timestamp() if self.at else None)

    def log_message(self, *_: Any) -> None:
        """Nothing is printed."""


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Api, "at", None)
    with HTTPServer(("127.0.0.1", 0), Api) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def found(code: int = 0, **env: str) -> dict[str, list[dict[str, str]]]:
    """The findings by what they are about."""
    result = hotline("doctor", "--json", **env)
    assert result.exit_code == code, result.output
    assert "SECRET" not in result.output
    read = json.loads(result.stdout)
    assert read["ok"] is (code == 0)
    return {about: [row for row in read["findings"] if row["about"] == about] for about in {row["about"] for row in read["findings"]}}


def states(rows: list[dict[str, str]]) -> list[str]:
    return [row["state"] for row in rows]


def test_a_new_machine_is_well_and_stays_as_it_is(tmp_path: Path) -> None:
    shown = hotline("doctor")
    assert shown.exit_code == 0 and "the page only" in shown.stdout and "broken" not in shown.stdout
    assert len(shown.stdout.splitlines()) >= 6 and list(tmp_path.iterdir()) == []


def test_settings() -> None:
    rows = found(2, HOTLINE_PORT="http", HOTLINE_DATE="never")["settings"]
    assert states(rows) == ["broken", "broken"] and all(row["mend"] for row in rows)
    assert "HOTLINE_DATBASE" in found(HOTLINE_DATBASE="x.db")["settings"][0]["says"]
    assert "atlantis" in found(2, HOTLINE_CITY="atlantis")["settings"][-1]["says"]
    assert states(found(2, HOTLINE_DATA="/nowhere")["data"]) == ["broken"]


def test_what_is_late_dead_and_uncertain() -> None:
    store, now = Store("hotline.db"), SystemClock().now()
    past = now - dt.timedelta(hours=2)
    for number in range(3):
        store.write(lambda db, n=number: outbox.put(db, "telegram", f"telegram:{n}", n, (Reply("secretword"),), "reply", past))  # type: ignore[misc]
    rows = store.take("telegram", 2, now)
    store.dead(rows[0].id, 1, "blocked", now)
    store.uncertain(rows[1].id, 1, "timeout", now)
    looked = found()
    store.close()
    assert states(looked["messages"]) == ["look", "look"] and "1 messages to send, the oldest for 120" in looked["messages"][0]["says"]
    assert "1 dead, 1 uncertain" in looked["messages"][1]["says"] and "secretword" not in str(looked)


def test_databases_that_cannot_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "words.db").write_text("nothing of the kind" * 100)
    for bad in ("words.db", "nowhere/x.db", "postgresql://me:SECRET@127.0.0.1:1/h"):
        assert "broken" in states(found(2, HOTLINE_DATABASE=bad)["database"])
    assert states(found(HOTLINE_DATABASE=":memory:")["database"]) == ["look"]
    store = Store("hotline.db")
    store.write(lambda db: db.execute("INSERT INTO migrations (version, at) VALUES (99, 0)"))
    store.close()
    assert "newer program" in found(2)["database"][0]["mend"]


@pytest.mark.parametrize(("free", "state"), [(2**20, "broken"), (2**29, "look"), (2**40, "ok")])
def test_the_disk(free: int, state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Store("hotline.db").close()
    monkeypatch.setattr(survey, "room", lambda _: free)
    assert found(2 if state == "broken" else 0)["database"][1]["state"] == state


def test_telegram_and_the_clock(api: str, monkeypatch: pytest.MonkeyPatch) -> None:
    env = {"TELEGRAM_BOT_TOKEN": TOKEN, "HOTLINE_TELEGRAM_BASE_URL": api}
    well = found(**env)
    assert states(well["telegram"] + well["clock"]) == ["ok", "ok"] and "@hotline_bot, 4 messages" in well["telegram"][0]["says"]
    assert set(Api.heads) == {"/"}
    assert states(found(**env, HOTLINE_WEBHOOK_URL="https://h.example.org/t")["telegram"]) == ["look"]
    for minutes, state in ((2, "look"), (-2, "look"), (60, "broken"), (-60, "broken")):
        monkeypatch.setattr(Api, "at", SystemClock().now() + dt.timedelta(minutes=minutes))
        assert states(found(2 if state == "broken" else 0, **env)["clock"]) == [state]
    monkeypatch.setattr(Api, "at", None)
    assert "privacy mode" not in well["telegram"][0]["says"]
    monkeypatch.setattr(Api, "hears", False)
    assert "privacy mode" in found(**env)["telegram"][0]["says"]
    assert "refuses the token" in found(2, **{**env, "TELEGRAM_BOT_TOKEN": "123456:SECRET-of-somebody-else"})["telegram"][0]["says"]
    away = found(2, **{**env, "HOTLINE_TELEGRAM_BASE_URL": "http://127.0.0.1:1"})
    assert states(away["telegram"] + away["clock"]) == ["broken", "look"]


def test_the_age_of_the_data() -> None:
    assert "replay" in found()["data"][0]["says"]
    live = found(HOTLINE_DATE="today")["data"][0]
    assert live["state"] == "look" and "withheld" in live["says"]
    rows = list(doctor._data(Settings(date="today"), FrozenClock(NOON)))
    assert rows[0].about == "data"
