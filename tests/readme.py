"""What the documents show of the program: made by it, never typed.

python -m tests.readme check     compares, and names the documents that are stale
python -m tests.readme update    rewrites them

Between ``<!-- KIND: "words" -->`` and ``<!-- end -->`` stands what the program says; KIND is one of

ask       the reply of ``hotline ask``, for the words
chat      the same through the whole service, on a database in memory: a case gets its number
queue     ``hotline queue`` after these messages, each from a chat of its own, parted by `` / ``
help      ``hotline … --help`` of the command named (none: of all)
figures   the figures of ``tests/messages/figures.json`` beside their floors
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from click.testing import CliRunner

from bot.cli import main as hotline
from bot.cli_ask import Asker, show
from bot.cli_chat import Chat
from bot.cli_queue import print_table
from bot.clock import FrozenClock
from bot.engine import open_engine
from bot.hotline import Hotline
from bot.lines import Question
from bot.replies import Replies
from bot.settings import REPLAY, Settings
from bot.store.store import Store
from intents.engine import Engine
from intents.evaluate import FLOORS

ROOT = Path(__file__).resolve().parent.parent
READMES = (ROOT / "README.md", ROOT / "README.zh.md")
FILES = (*READMES, ROOT / "deploy" / "handbook.md")
BLOCK = re.compile(r'<!-- (ask|chat|queue|help|figures): "([^"]*)" -->\n.*?<!-- end -->', re.DOTALL)
NOON = datetime(REPLAY.year, REPLAY.month, REPLAY.day, 4, tzinfo=UTC)
BETWEEN = timedelta(minutes=7)
"""From one message of a queue to the next."""


class Maker:
    """Makes the blocks with the real engine and replies."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._replies = Replies(engine.knowledge)
        self._settings = Settings(database=":memory:", date=REPLAY.isoformat(), city="")

    def ask(self, words: str) -> str:
        """A question and its answer on the command line."""
        said: list[str] = []
        Asker(self._engine, self._replies, self._settings, FrozenClock(NOON)).text(Question(None, words, ""), said.append)
        return fenced(f'hotline ask "{words}"', "", *said)

    def chat(self, words: str) -> str:
        """A message and what the service answers, its case recorded."""
        with self._service() as (chat, service, _):
            replies, _, _ = chat.send(service, words)
        return fenced("hotline chat", f"> {words}", "", show(replies))

    def queue(self, words: str) -> str:
        """The queue after these messages."""
        with self._service() as (chat, service, clock):
            for one in words.split(" / "):
                chat.restart()
                chat.send(service, one)
                clock.advance(BETWEEN.total_seconds())
            table = io.StringIO()
            with contextlib.redirect_stdout(table):
                print_table(service.queue(), clock.now())
        return fenced("hotline queue", "", *table.getvalue().splitlines())

    def help(self, words: str) -> str:
        """What ``--help`` prints in a terminal of 80 columns: click leaves two of them free."""
        command = [*words.split(), "--help"]
        output = CliRunner().invoke(hotline, command, prog_name="hotline", terminal_width=78).output
        return fenced(" ".join(["hotline", *command]), "", output)

    def figures(self, _: str) -> str:
        """A table: each figure, its floor, and what it is on each labelled set."""
        sets = json.loads((ROOT / "tests" / "messages" / "figures.json").read_text(encoding="utf-8"))
        rows = ["| figure | floor | " + " | ".join(sets) + " |", "| --- | --- |" + " --- |" * len(sets)]
        for name, bound in FLOORS.items():
            cells = [figure(values.get(name), bound) for values in sets.values()]
            rows.append(f"| {name} | {bound.replace('>=', '≥').replace('<=', '≤')} | " + " | ".join(cells) + " |")
        return "\n".join(rows)

    @contextlib.contextmanager
    def _service(self):  # type: ignore[no-untyped-def]
        clock = FrozenClock(NOON)
        store = Store(":memory:", clock)
        chat = Chat(clock)
        try:
            yield chat, Hotline(self._engine, self._replies, store, self._settings, clock, watch=chat.watch, patience=60), clock
        finally:
            store.close()


def figure(value: float | None, bound: str) -> str:
    """A figure as a cell of the table; bold where it misses its floor."""
    if value is None:
        return "–"
    missed = value < float(bound[2:]) if bound.startswith(">=") else value > float(bound[2:])
    return f"**{value:.3f}**" if missed else f"{value:.3f}"


def fenced(command: str, *lines: str) -> str:
    """A command and what it prints, as a block of code without trailing spaces."""
    body = "\n".join(line.rstrip() for line in "\n".join(lines).rstrip().split("\n"))
    return f"```text\n$ {command}\n{body}\n```"


def rendered(text: str, engine: Engine) -> str:
    """The document with every marked block made anew."""
    maker = Maker(engine)

    def make(match: re.Match[str]) -> str:
        kind, words = match.groups()
        return f'<!-- {kind}: "{words}" -->\n{getattr(maker, kind)(words)}\n<!-- end -->'

    return BLOCK.sub(make, text)


def stale(engine: Engine) -> list[str]:
    """The documents that do not show what the program says."""
    texts = {path: path.read_text(encoding="utf-8") for path in FILES}
    return [path.relative_to(ROOT).as_posix() for path, text in texts.items() if rendered(text, engine) != text]


def main() -> int:
    """``update`` rewrites, ``check`` compares; 1 where something is stale."""
    engine = open_engine(Settings())
    if sys.argv[1:] == ["update"]:
        for path in FILES:
            path.write_text(rendered(path.read_text(encoding="utf-8"), engine), encoding="utf-8")
        return 0
    names = stale(engine)
    print(f"stale: {', '.join(names)}; run make update-readme" if names else "the documents show what the program says")
    return int(bool(names))


if __name__ == "__main__":
    sys.exit(main())
