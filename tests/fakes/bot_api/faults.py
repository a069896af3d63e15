"""Faults by script: which calls meet which fault, how often, by chance or in turn."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

FOREVER = 60.0
"""Seconds that a call which times out is held; the caller gives up before."""


@dataclass(frozen=True)
class Fault:
    """What happens instead of an answer, or besides it."""

    status: int = 0
    """An HTTP status; 0: the connection is cut without an answer; 200 without a body: the call's own answer."""
    description: str = ""
    parameters: Mapping[str, int] = field(default_factory=dict)
    body: bytes | None = None
    seconds: float = 0.0
    """How long the answer, or its absence, takes."""
    after: bool = False
    """The call takes effect first."""
    reset: bool = False
    """The connection is not closed but reset."""


@dataclass
class Rule:
    """One line of a script. ``method`` is a name or a pattern; ``update`` stands for the updates handed out."""

    method: str
    fault: Fault | str
    times: int = 1
    """How many calls meet it; 0: any number."""
    skip: int = 0
    """So many matching calls pass first."""
    chance: float = 1.0
    chat: int | None = None

    def meets(self, method: str, chat: int | None, dice: random.Random) -> bool:
        """Whether this call meets the fault; counts it."""
        if self.times < 0 or not fnmatchcase(method, self.method) or self.chat not in (None, chat):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.chance < 1.0 and dice.random() >= self.chance:
            return False
        if self.times:
            self.times -= 1
            self.times = self.times or -1
        return True


ON_UPDATES = frozenset({"duplicate", "reorder", "unknown"})
"""Faults of ``update``: handed out twice; handed out before the one that came earlier; preceded by one of an unknown kind."""
_KINDS = {
    "429": Fault(429, "Too Many Requests: retry after {retry_after}"),
    "403": Fault(403, "Forbidden: bot was blocked by the user"),
    "400": Fault(400, "Bad Request: chat not found"),
    "401": Fault(401, "Unauthorized"),
    "409": Fault(409, "Conflict: terminated by other getUpdates request"),
    "migrate": Fault(400, "Bad Request: group chat was upgraded to a supergroup chat"),
    "500": Fault(500, "Internal Server Error"),
    "502": Fault(502, body=b"<html><title>502 Bad Gateway</title></html>"),
    "garbage": Fault(200, body=b'{"ok": tr'),
    "timeout": Fault(seconds=FOREVER),
    "timeout_after": Fault(seconds=FOREVER, after=True),
    "close": Fault(),
    "close_after": Fault(after=True),
    "reset": Fault(reset=True),
    "reset_after": Fault(reset=True, after=True),
    "slow": Fault(200, seconds=1.0, after=True),
}


def fault_of(kind: str, *, seconds: float | None = None, retry_after: int = 1, to: int = 0, description: str = "") -> Fault:
    """A fault by its name: 429, 403, 400, 401, 409, migrate, 500, 502, garbage, timeout, close, reset (each also _after) or slow."""
    fault = _KINDS[kind]
    parameters = {"429": {"retry_after": retry_after}, "migrate": {"migrate_to_chat_id": to}}.get(kind, {})
    said = description or fault.description.format(retry_after=retry_after)
    return replace(fault, description=said, parameters=parameters, seconds=fault.seconds if seconds is None else seconds)


def rules_of(script: Iterable[Mapping[str, Any]]) -> list[Rule]:
    """The rules of a script in YAML or JSON. Raises KeyError or TypeError where a line cannot be read."""
    rules = []
    for line in script:
        given = dict(line)
        kind = str(given.pop("fault"))
        matching = {name: given.pop(name) for name in ("times", "skip", "chance", "chat") if name in given}
        method = given.pop("method", "update" if kind in ON_UPDATES else "sendMessage")
        if kind in ON_UPDATES and given:
            raise TypeError(f"{kind} takes no {', '.join(given)}")
        rules.append(Rule(method, kind if kind in ON_UPDATES else fault_of(kind, **given), **matching))
    return rules
