"""What other processes ask of the server, as JSON: POST /control/says, /update, /rules, /set; GET /control/record, /state."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from tests.fakes.bot_api import updates
from tests.fakes.bot_api.faults import rules_of
from tests.fakes.bot_api.limits import Limits
from tests.fakes.bot_api.state import State


def answer(state: State, what: str, query: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
    """Do what is asked; 400 with the reason where it cannot be read."""
    work = _WORK.get(what)
    if work is None:
        return 404, b"{}"
    try:
        given = json.loads(body) if body else None
        return 200, json.dumps(work(state, query, given)).encode()
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        return 400, json.dumps({"error": f"{type(wrong).__name__}: {wrong}"}).encode()


def _says(state: State, _: Mapping[str, str], lines: list[dict[str, Any]]) -> list[int]:
    """``[{"chat": 7, "text": "…"}, …]``: residents write; the updates' numbers."""
    return [state.push({"message": {**updates.message(line["chat"], state.number), "text": line["text"]}}) for line in lines]


def _update(state: State, _: Mapping[str, str], contents: list[dict[str, Any]]) -> list[int]:
    """Updates as they are, without their numbers, which come back."""
    return [state.push(content) for content in contents]


def _rules(state: State, _: Mapping[str, str], script: list[dict[str, Any]]) -> int:
    """A new script in place of the old one; see ``faults.rules_of``."""
    state.rules = rules_of(script)
    return len(state.rules)


def _set(state: State, _: Mapping[str, str], values: dict[str, Any]) -> None:
    """``limits``, ``blocked``, ``migrated``, ``seed``."""
    if "limits" in values:
        state.limits = Limits(**values["limits"])
    if "blocked" in values:
        state.blocked = set(values["blocked"])
    if "migrated" in values:
        state.migrated = {int(old): new for old, new in values["migrated"].items()}
    if "seed" in values:
        state.dice.seed(values["seed"])


def _record(state: State, query: Mapping[str, str], _: object) -> dict[str, Any]:
    """What was sent, called and confirmed, each from the place that the query names (``sent=0&calls=0&confirmed=0``)."""
    sent = [
        {"chat": sent.chat, "text": sent.text, "buttons": sent.buttons, "at": sent.at, "photo": len(sent.photo)}
        for sent in state.sent[int(query.get("sent", 0)) :]
    ]
    return {
        "sent": sent,
        "calls": [asdict(call) for call in state.calls[int(query.get("calls", 0)) :]] if "calls" in query else [],
        "confirmed": state.confirmed[int(query.get("confirmed", 0)) :],
        "pushed": state.pushed if "pushed" in query else {},
    }


def _state(state: State, _: Mapping[str, str], __: object) -> dict[str, Any]:
    """How much of everything there is."""
    return {
        "waiting": len(state.updates) + len(state.held) + len(state.again),
        "confirmed": len(state.confirmed),
        "sent": len(state.sent),
        "calls": len(state.calls),
        "refused": state.limits.refused,
        "refusals": len(state.refusals),
        "webhook": state.webhook,
    }


_WORK: dict[str, Callable[[State, Mapping[str, str], Any], Any]] = {
    "says": _says,
    "update": _update,
    "rules": _rules,
    "set": _set,
    "record": _record,
    "state": _state,
}
