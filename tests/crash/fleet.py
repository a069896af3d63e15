"""The service as real processes that are killed and started again, behind one address that webhooks can be sent to."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from tests.fakes.bot_api import TOKEN

PATH = "/telegram"
START_SECONDS = 300.0
"""A busy machine takes long to start a process; that is no failure of the service."""
END_SECONDS = 20.0


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


class Balancer:
    """Hands each connection to one of the processes that listen, in turn."""

    def __init__(self, ports: list[int]) -> None:
        self._ports = ports
        self._turn = 0
        self._ends: set[asyncio.StreamWriter] = set()
        self._ready = threading.Event()
        self._end = asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self.url = ""
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),), daemon=True)
        self._thread.start()
        self._ready.wait()

    async def _serve(self) -> None:
        tasks: set[asyncio.Task[None]] = set()

        def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self._ends.add(writer)
            task = asyncio.create_task(self._connect(reader, writer))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

        server = await asyncio.start_server(accepted, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{PATH}"
        self._ready.set()
        await self._end.wait()
        server.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        # A task that was cancelled before its first step has closed nothing.
        for writer in tuple(self._ends):
            writer.transport.abort()
        await asyncio.sleep(0.01)  # their sockets are closed in the loop's next rounds

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in self._ports:
            self._turn += 1
            with contextlib.suppress(OSError):
                there = await asyncio.open_connection("127.0.0.1", self._ports[self._turn % len(self._ports)])
                self._ends.add(there[1])
                ways = [asyncio.create_task(_copy(reader, there[1])), asyncio.create_task(_copy(there[0], writer))]
                try:
                    # Where one side has gone, the other must learn it at once.
                    await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for way in ways:
                        way.cancel()
                    await self._close(there[1])
                break
        await self._close(writer)

    async def _close(self, writer: asyncio.StreamWriter) -> None:
        """Send what is left, close one end and wait until its socket is closed too."""
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        self._ends.discard(writer)

    def close(self) -> None:
        """Close all connections."""
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()
        self._loop.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()


class Member:
    """One process of the service, with a port of its own."""

    def __init__(self, folder: Path, number: int, environment: Mapping[str, str]) -> None:
        self.port = free_port()
        self.starts = 0
        self._environment = {**environment, "HOTLINE_PORT": str(self.port)}
        self.log = folder / f"process-{number}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, webhook: str) -> None:
        """Start it; with an empty ``webhook`` it polls."""
        self.starts += 1
        command = [str(Path(sys.executable).with_name("hotline")), "run"]
        # Now with a process that understands beside it, now without: both must bear to be killed.
        turn = {"HOTLINE_UNDERSTANDERS": str(self.starts % 2)}
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, env={**self._environment, **turn, "HOTLINE_WEBHOOK_URL": webhook}, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def listens(self, seconds: float = START_SECONDS) -> bool:
        """Wait until it listens; False where it has ended by itself, or takes longer."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self._process is not None and self._process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return True
            time.sleep(0.02)
        return False

    def last_lines(self) -> str:
        """How it ended, or that it still runs, and the end of its log: the folder is gone when somebody wants to know."""
        ended = self._process.poll() if self._process is not None else None
        return f"exit {ended}\n{self.log.read_text(encoding='utf-8', errors='replace')[-2_000:]}"

    def kill(self) -> None:
        """``kill -9``."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def end(self) -> int:
        """Ask it to end; its exit code. Killed where it takes longer than :data:`END_SECONDS`."""
        if self._process is None:
            return 0
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            return -signal.SIGKILL


def environment(folder: Path, database: str, base_url: str) -> dict[str, str]:
    """The settings of every process; none of the caller's own."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("HOTLINE_", "TELEGRAM_"))}
    cache = os.environ.get("HOTLINE_CACHE")
    return {
        **inherited,
        **({"HOTLINE_CACHE": cache} if cache else {}),
        "HOTLINE_DATABASE": database,
        "HOTLINE_LOG_FORMAT": "json",
        "HOTLINE_RATE_BULK": "0",
        "HOTLINE_RATE_CHAT": "0",
        "HOTLINE_RATE_GROUP": "0",
        "HOTLINE_TELEGRAM_BASE_URL": base_url,
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TMPDIR": str(folder),
    }
