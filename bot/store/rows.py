"""How values lie in the tables: JSON as text, times as epoch milliseconds."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from typing import Any

from bot.clock import from_ms, to_ms
from bot.model import Button
from bot.safe import storable
from bot.state import State

_DEFAULTS = {field.name: field.default for field in dataclasses.fields(State)}


def dump(value: Any) -> str:
    """JSON as the tables keep it: one spelling for one value, so that it can be hashed."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def dump_buttons(buttons: Iterable[Button]) -> str:
    """Buttons as JSON."""
    return dump([{"label": storable(button.label), "text": storable(button.text)} for button in buttons])


def load_buttons(text: str) -> tuple[Button, ...]:
    """Buttons from JSON."""
    return tuple(Button(item["label"], item["text"]) for item in json.loads(text))


_TIMES = ("updated_at", "staff_at")


def dump_state(state: State) -> str:
    """A conversation's state as JSON, of which most stays empty: what has its default is left out."""
    # Not asdict: it copies every value deeply.
    values = {name: value for name, default in _DEFAULTS.items() if (value := getattr(state, name)) != default}
    values |= {name: to_ms(values[name]) for name in _TIMES if name in values}
    return storable(dump(values))


def load_state(text: str) -> State:
    """A state from JSON. Fields that this version does not know are left out, missing ones get their default."""
    values = {name: _frozen(value) for name, value in json.loads(text).items() if name in _DEFAULTS}
    values |= {name: from_ms(at) for name in _TIMES if (at := values.get(name)) is not None}
    return State(**values)


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value
