"""A Bot API server of our own: in-process HTTP on 127.0.0.1, with faults by script."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

TOKEN = "123456:SECRET-token_of_the_test"


@dataclass(frozen=True)
class Fault:
    """What happens instead of an answer. ``status`` 0: the connection is closed; ``after``: only once the call took effect."""

    status: int = 0
    description: str = ""
    parameters: dict[str, int] = field(default_factory=dict)
    body: bytes | None = None
    seconds: float = 0.0
    after: bool = False


@dataclass(frozen=True)
class Sent:
    """A message that Telegram took."""

    chat: int
    text: str
    buttons: tuple[tuple[str, str], ...]
    """Label and data of each."""
    fields: dict[str, str]
    at: float
    """Seconds on the monotonic clock."""


class BotApi:
    """Holds updates until an offset confirms them, and what was sent. Use :meth:`serve`."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.answered: list[str] = []
        self.calls: list[str] = []
        self.confirmed: list[int] = []
        self.migrated: dict[int, int] = {}
        self.refused_buttons = False
        self.url = ""
        self._updates: list[dict[str, Any]] = []
        self._faults: dict[str, list[Fault]] = {}
        self._number = 1000
        self._changed = threading.Condition()
        self._closing = False

    def fault(self, method: str, *faults: Fault) -> None:
        """The next calls of ``method`` meet these, one each, in order."""
        with self._changed:
            self._faults.setdefault(method, []).extend(faults)

    def says(self, text: str, chat: int = 7, **message: Any) -> int:
        """A resident writes; the update's number."""
        return self.update(message={"text": text, **self._message(chat), **message})

    def shows(self, kind: str, content: Any, chat: int = 7, **message: Any) -> int:
        """A resident sends a photo, a place …; the update's number."""
        return self.update(message={kind: content, **self._message(chat), **message})

    def presses(self, sent: Sent, index: int) -> int:
        """A resident presses a button of a message they got; the update's number."""
        rows = [[{"text": label, "callback_data": data}] for label, data in sent.buttons]
        message = {**self._message(sent.chat), "text": sent.text, "reply_markup": {"inline_keyboard": rows}}
        user = {"id": sent.chat, "is_bot": False, "first_name": "R"}
        query = {"id": f"q{self._number}", "from": user, "chat_instance": "1", "data": sent.buttons[index][1], "message": message}
        return self.update(callback_query=query)

    def update(self, **content: Any) -> int:
        """Any update; its number."""
        with self._changed:
            self._number += 1
            self._updates.append({"update_id": self._number, **content})
            self._changed.notify_all()
            return self._number

    def _message(self, chat: int) -> dict[str, Any]:
        user = {"id": chat, "is_bot": False, "first_name": "R"}
        return {"message_id": self._number, "date": 1649131200, "chat": {"id": chat, "type": "private"}, "from": user}

    @contextmanager
    def serve(self) -> Iterator[BotApi]:
        """Listen on a free port of 127.0.0.1 until the block ends."""
        api = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                parts = urlsplit(self.path)
                data = dict(parse_qsl(parts.query) + parse_qsl(self.rfile.read(length).decode(), keep_blank_values=True))
                token, _, method = parts.path.removeprefix("/bot").partition("/")
                status, body = api._call(token, method, data)
                if status == 0:
                    self.close_connection = True
                    return
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST

            def log_message(self, format: str, *args: Any) -> None:
                return

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                return

        server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            with self._changed:
                self._closing = True
                self._changed.notify_all()
            server.shutdown()
            server.server_close()
            thread.join(5)

    def _call(self, token: str, method: str, data: dict[str, str]) -> tuple[int, bytes]:
        with self._changed:
            self.calls.append(method)
            if token != TOKEN:
                return _error(401, "Unauthorized")
            waiting = self._faults.get(method)
            fault = waiting.pop(0) if waiting else None
        if fault is not None and not fault.after:
            return _faulty(fault)
        answer = getattr(self, f"_{method}", lambda _: _error(404, "Not Found: method not found"))(data)
        return _faulty(fault) if fault is not None else answer

    def _getMe(self, data: dict[str, str]) -> tuple[int, bytes]:
        return _ok({"id": 123456, "is_bot": True, "first_name": "Green", "username": "green_bot"})

    def _getUpdates(self, data: dict[str, str]) -> tuple[int, bytes]:
        end = time.monotonic() + min(float(data.get("timeout", 0)), 5)
        offset = int(data.get("offset", 0))
        with self._changed:
            self.confirmed += [update["update_id"] for update in self._updates if update["update_id"] < offset]
            self._updates = [update for update in self._updates if update["update_id"] >= offset]
            while not self._updates and not self._closing and (left := end - time.monotonic()) > 0:
                self._changed.wait(left)
            return _ok(self._updates[: int(data.get("limit", 100))])

    def _sendMessage(self, data: dict[str, str]) -> tuple[int, bytes]:
        chat = int(data["chat_id"])
        if chat in self.migrated:
            return _error(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=self.migrated[chat])
        rows = json.loads(data.get("reply_markup", "{}")).get("inline_keyboard", [])
        buttons = tuple((button["text"], button["callback_data"]) for row in rows for button in row)
        if not data.get("text", "").strip() or len(data["text"]) > 4096:
            return _error(400, "Bad Request: message text is empty or too long")
        if buttons and (self.refused_buttons or any(len(value.encode()) > 64 for _, value in buttons)):
            return _error(400, "Bad Request: BUTTON_DATA_INVALID")
        with self._changed:
            self._number += 1
            self.sent.append(Sent(chat, data["text"], buttons, data, time.monotonic()))
            return _ok({"message_id": self._number, "date": 1649131200, "chat": {"id": chat, "type": "private"}, "text": data["text"]})

    def _answerCallbackQuery(self, data: dict[str, str]) -> tuple[int, bytes]:
        self.answered.append(data["callback_query_id"])
        return _ok(True)


def _faulty(fault: Fault) -> tuple[int, bytes]:
    time.sleep(fault.seconds)
    if fault.body is not None:
        return fault.status, fault.body
    return _error(fault.status, fault.description, **fault.parameters)


def _ok(result: Any) -> tuple[int, bytes]:
    return 200, json.dumps({"ok": True, "result": result}).encode()


def _error(status: int, description: str, **parameters: int) -> tuple[int, bytes]:
    answer: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    return status, json.dumps(answer | ({"parameters": parameters} if parameters else {})).encode()
