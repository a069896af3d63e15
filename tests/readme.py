"""The READMEs' exchanges: made by the real engine, never typed. ``python -m tests.readme update`` rewrites them, ``check`` compares."""

from __future__ import annotations

import datetime as dt
import re
import sys
from pathlib import Path

from click.testing import CliRunner

from bot.cli import main as hotline
from bot.cli_ask import show
from bot.replies import Replies
from intents.engine import Engine
from intents.understanding import Context

ROOT = Path(__file__).resolve().parent.parent
FILES = (ROOT / "README.md", ROOT / "README.zh.md")
BLOCK = re.compile(r'<!-- (ask|help): "([^"]*)" -->\n.*?<!-- end -->', re.DOTALL)
NOW = dt.datetime(2022, 4, 5, 4, 0, tzinfo=dt.UTC)


def rendered(text: str, engine: Engine) -> str:
    """The README with every marked block made anew."""
    replies = Replies(engine.knowledge)

    def make(match: re.Match[str]) -> str:
        kind, words = match.groups()
        if kind == "help":
            body = CliRunner().invoke(hotline, [*words.split(), "--help"], prog_name="hotline").output.rstrip()
            shown = f"$ hotline {words} --help".replace("  ", " ")
        else:
            got = engine.understand(words, Context())
            body = show(replies.compose(got, case_number=None, now=NOW))
            shown = f'$ hotline ask "{words}"'
        return f'<!-- {kind}: "{words}" -->\n```\n{shown}\n\n{body}\n```\n<!-- end -->'

    return BLOCK.sub(make, text)


def stale(engine: Engine) -> list[str]:
    """The names of READMEs whose exchanges are not what the program says."""
    return [path.name for path in FILES if rendered(path.read_text(encoding="utf-8"), engine) != path.read_text(encoding="utf-8")]


if __name__ == "__main__":
    opened = Engine.open()
    if sys.argv[1:] == ["update"]:
        for readme in FILES:
            readme.write_text(rendered(readme.read_text(encoding="utf-8"), opened), encoding="utf-8")
    else:
        names = stale(opened)
        print(f"stale: {', '.join(names)}; run make update-readme" if names else "the READMEs' exchanges are what the program says")
        sys.exit(bool(names))
