"""The server: HTTP on 127.0.0.1, calls with their faults, long polls, and a control endpoint for other processes."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.fakes.bot_api import control, methods, updates
from tests.fakes.bot_api.faults import Fault, Rule
from tests.fakes.bot_api.pusher import Pusher
from tests.fakes.bot_api.state import Call, Sent, State
from tests.fakes.bot_api.web import Cut, Heard, converse, in_parts


class BotApi:
    """One bot's server. Methods may be called from any thread. Use :meth:`serve`, or run the module as a program."""

    def __init__(self, state: State | None = None, *, retry: float = 0.05) -> None:
        """``retry``: seconds between two attempts at the webhook."""
        self.state = state or State()
        self.url = ""
        self.lock = threading.RLock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed = asyncio.Event()
        self._pusher = Pusher(self.state, self.lock, retry)

    @property
    def sent(self) -> list[Sent]:
        """The messages that were taken, in order."""
        return self.state.sent

    @property
    def calls(self) -> list[str]:
        """The methods called, in order."""
        return [call.method for call in self.state.calls]

    @property
    def answered(self) -> list[str]:
        """The button presses that were answered."""
        return self.state.answered

    @property
    def confirmed(self) -> list[int]:
        """The updates that the bot has confirmed."""
        return self.state.confirmed

    def fault(self, method: str, *faults: Fault) -> None:
        """The next calls of ``method`` meet these, one each, in order."""
        self.script(*(Rule(method, fault) for fault in faults))

    def script(self, *rules: Rule) -> None:
        """Add rules; the first that a call meets counts."""
        with self.lock:
            self.state.rules += rules

    def says(self, text: str, chat: int = 7, **message: Any) -> int:
        """A resident writes; the update's number."""
        return self.update(message={"text": text, **self._message(chat), **message})

    def shows(self, kind: str, content: Any, chat: int = 7, **message: Any) -> int:
        """A resident sends a photo, a place …; the update's number."""
        return self.update(message={kind: content, **self._message(chat), **message})

    def presses(self, sent: Sent, index: int, *, ago: float = 0.0, **message: Any) -> int:
        """A resident presses a button of a message they got, so many seconds ago; the update's number."""
        query = updates.press(sent, index, self.state.number, **message)
        with self.lock:
            self.state.queries[query["id"]] = time.monotonic() - ago
        return self.update(callback_query=query)

    def update(self, **content: Any) -> int:
        """Any update; its number."""
        with self.lock:
            number = self.state.push(content)
        self.wake()
        return number

    def wake(self) -> None:
        """There may be updates for a poll or the webhook."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._look)

    def _look(self) -> None:
        self._changed.set()
        self._pusher.look()

    def _message(self, chat: int) -> dict[str, Any]:
        return updates.message(chat, self.state.number)

    async def listen(self, port: int, ready: Callable[[], object], end: asyncio.Event) -> None:
        """Serve on 127.0.0.1 until ``end`` is set."""
        self._loop = asyncio.get_running_loop()
        tasks: set[asyncio.Task[None]] = set()

        def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.create_task(converse(reader, writer, self._handle))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

        server = await asyncio.start_server(accepted, "127.0.0.1", port, backlog=1024, limit=4 * 1024 * 1024)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        ready()
        self._look()
        await end.wait()
        server.close()
        self._pusher.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @contextmanager
    def serve(self, port: int = 0) -> Iterator[BotApi]:
        """Serve in a thread until the block ends; on a free port unless one is given."""
        ready, end = threading.Event(), asyncio.Event()
        thread = threading.Thread(target=lambda: asyncio.run(self.listen(port, ready.set, end)), daemon=True)
        thread.start()
        try:
            if not ready.wait(10):
                raise OSError("the fake Bot API did not start")
            yield self
        finally:
            if self._loop is not None and not self._loop.is_closed():
                self._loop.call_soon_threadsafe(end.set)
            thread.join(10)

    async def _handle(self, heard: Heard) -> tuple[int, bytes]:
        parts = urlsplit(heard.target)
        data = dict(parse_qsl(parts.query, keep_blank_values=True))
        if parts.path.startswith("/control/"):
            with self.lock:
                answer = control.answer(self.state, parts.path.removeprefix("/control/"), data, heard.body)
            self._look()
            return answer
        if heard.headers.get("content-type", "").startswith("application/json"):
            given = json.loads(heard.body or b"{}")
            data |= {name: value if isinstance(value, str) else json.dumps(value) for name, value in given.items()}
        elif heard.headers.get("content-type", "").startswith("multipart/form-data"):
            data |= in_parts(heard.headers["content-type"], heard.body)
        else:
            data |= dict(parse_qsl(heard.body.decode(), keep_blank_values=True))
        token, _, method = parts.path.removeprefix("/bot").partition("/")
        return await self._call(token, method, data)

    async def _call(self, token: str, method: str, data: Mapping[str, str]) -> tuple[int, bytes]:
        chat = int(data["chat_id"]) if data.get("chat_id", "").lstrip("-").isdecimal() else None
        call = Call(method, chat, time.monotonic())
        with self.lock:
            self.state.calls.append(call)
            fault = self.state.fault_for(method, chat) if token == self.state.token else None
            call.fault = fault is not None
        status, body = 0, b""
        try:
            if token != self.state.token:
                status, body = methods.error(401, "Unauthorized")
            elif fault is None or fault.after:
                status, body = await self._answer(method, data)
            if fault is not None:
                status, body = await _faulty(fault, status, body)
        except Cut:
            status = 0
            raise
        finally:
            with self.lock:
                self.state.ended(call, status)
        return status, body

    async def _answer(self, method: str, data: Mapping[str, str]) -> tuple[int, bytes]:
        if method.lower() == "getupdates":
            return await self._get_updates(data)
        with self.lock:
            answer = methods.call(self.state, method, data)
        if method.lower() in ("setwebhook", "deletewebhook"):
            self._look()
        return answer

    async def _get_updates(self, data: Mapping[str, str]) -> tuple[int, bytes]:
        end = time.monotonic() + min(float(data.get("timeout", 0)), 50)
        offset, limit = int(data.get("offset", 0)), int(data.get("limit", 100))
        with self.lock:
            methods.allow(self.state, data)
            self.state.poll += 1
            mine = self.state.poll
        self._changed.set()  # an older poll ends
        while True:
            with self.lock:
                if self.state.webhook:
                    return methods.error(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook")
                if self.state.poll != mine:
                    return methods.error(409, "Conflict: terminated by other getUpdates request")
                found = self.state.waiting(offset, limit)
                self._changed.clear()
            left = end - time.monotonic()
            if found or left <= 0:
                return methods.ok(found)
            try:
                async with asyncio.timeout(left):
                    await self._changed.wait()
            except TimeoutError:
                continue


async def _faulty(fault: Fault, status: int, body: bytes) -> tuple[int, bytes]:
    """What the fault makes of an answer. Raises :class:`Cut`."""
    if fault.seconds:
        await asyncio.sleep(fault.seconds)
    if fault.status == 0:
        raise Cut(fault.reset)
    if fault.body is not None:
        return fault.status, fault.body
    if fault.status == 200:
        return status, body
    return methods.error(fault.status, fault.description, **fault.parameters)
