"""Pushing updates to a webhook as Telegram does: chats side by side, each chat in order, again and again until it says 2xx."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from typing import Any

from tests.fakes.bot_api.state import State
from tests.fakes.bot_api.web import Caller

SECONDS = 10.0
"""How long an answer may take."""


class Pusher:
    """Takes over the waiting updates while a webhook is set. Runs on the server's loop, under its lock where it touches state."""

    def __init__(self, state: State, lock: Any, retry: float) -> None:
        self._state = state
        self._lock = lock
        self._retry = retry
        self._idle: list[Caller] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._queues: dict[object, deque[dict[str, Any]]] = {}
        self._ready: deque[object] = deque()
        self._url = ""

    def look(self) -> None:
        """Start what can be started. On the loop."""
        state = self._state
        with self._lock:
            if state.webhook != self._url:
                self._url = state.webhook
                self._queues.clear()
                self._ready.clear()
                state.fresh = deque(state.updates.values())
            if not self._url:
                state.fresh.clear()
                return
            if not state.updates:
                state.release()
            while state.fresh:
                update = state.fresh.popleft()
                key = _queue(update)
                if key not in self._queues:
                    self._queues[key] = deque()
                    self._ready.append(key)
                self._queues[key].append(update)
        while self._ready and len(self._tasks) < state.parallel:
            task = asyncio.create_task(self._chat(self._url, self._ready.popleft()))
            self._tasks.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            self.look()

    async def _chat(self, url: str, key: object) -> None:
        """Push what one chat has waiting, then make room for another."""
        caller = self._idle.pop() if self._idle else Caller()
        try:
            while self._url == url and (waiting := self._queues.get(key)):
                if await self._once(caller, url, waiting[0]) and waiting:
                    waiting.popleft()
            if self._url == url:
                self._queues.pop(key, None)
        finally:
            self._idle.append(caller)

    async def _once(self, caller: Caller, url: str, update: dict[str, Any]) -> bool:
        """One attempt; whether the update is settled."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": self._state.secret} if self._state.secret else {}
        try:
            status, answer = await caller.post(url, json.dumps(update).encode(), headers, SECONDS)
        except (OSError, EOFError, TimeoutError, ValueError, IndexError, asyncio.LimitOverrunError):
            status, answer = 0, {}
        if not 200 <= status < 300:
            self._state.refusals.append((update["update_id"], status, answer.get("retry-after", "")))
            await asyncio.sleep(self._retry)
            return False
        with self._lock:
            self._state.updates.pop(update["update_id"], None)
            self._state.confirmed.append(update["update_id"])
            if update in self._state.again:
                self._state.again.remove(update)
                self._state.hand_out(update)
        return True

    def close(self) -> None:
        """End all attempts."""
        for task in tuple(self._tasks):
            task.cancel()
        for caller in self._idle:
            caller.close()


def _queue(update: dict[str, Any]) -> object:
    """What keeps its order: the chat of an update."""
    for content in update.values():
        if isinstance(content, dict):
            message = content.get("message", content)
            chat = message.get("chat") if isinstance(message, dict) else None
            if isinstance(chat, dict):
                return chat.get("id")
    return update["update_id"]
