"""Runs ``hotline`` with an engine that needs no data."""

from __future__ import annotations

import json
import logging
import sys
import threading
import types
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import bot
from bot.cli import main
from tests.fakes.engine import FakeEngine, FakeReplies, fake_decide

BELOW = [str(Path(bot.__file__).parent / "conversation")]
"""What lies below the package that is faked is real."""


def module(name: str, **content: Any) -> types.ModuleType:
    """A module made of what it holds."""
    made = types.ModuleType(name)
    made.__dict__.update(content)
    return made


def install_fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the fakes where the command imports the real ones."""
    for holder in (sys, threading):  # "run" sets these for its process
        monkeypatch.setattr(holder, "excepthook", holder.excepthook)
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    monkeypatch.setitem(sys.modules, "intents.engine", module("intents.engine", Engine=FakeEngine))
    monkeypatch.setitem(sys.modules, "bot.replies", module("bot.replies", Replies=FakeReplies))
    monkeypatch.setitem(sys.modules, "bot.conversation", module("bot.conversation", decide=fake_decide, __path__=BELOW))


def hotline(*args: str, feed: str | bytes | None = None, **env: str) -> Result:
    """Run the command with standard input and environment."""
    return CliRunner(env=env).invoke(main, list(args), input=feed)


def lines(result: Result) -> list[dict[str, Any]]:
    """The JSON lines it printed."""
    assert result.exit_code == 0, result.output
    assert result.stdout.isascii()
    return [json.loads(line) for line in result.stdout.splitlines()]
