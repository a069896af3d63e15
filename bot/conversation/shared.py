"""A place or a contact that is shared: kept with the case as it came. No name is made of coordinates."""

from __future__ import annotations

import dataclasses
import json
import math
import re
from typing import Any

from bot.conversation.form import noted
from bot.conversation.talk import Talk
from bot.model import Turn
from bot.state import FADES

SPOT = "spot"
"""Among the facts: latitude and longitude in degrees, as shared."""
REACH = "reach"
_NUMBER = re.compile(r"[^0-9+ -]")
_FIELDS = {"location": SPOT, "contact": REACH}


def shared(talk: Talk) -> Turn | None:
    """Note it with the open case, or keep it until there is one; what cannot be read is left to be asked for in words."""
    kind = talk.incoming.kind
    value = "" if talk.text or kind not in _FIELDS else read(talk.incoming.raw)
    if not value:
        return None
    if talk.case:
        return noted(talk, _FIELDS[kind], value)
    kept = {**dict(_kept(talk)), _FIELDS[kind]: value}
    state = dataclasses.replace(talk.state, shared=tuple(kept.items()), updated_at=talk.now)
    asked = dataclasses.replace(talk.got, action="clarify", topics=(), ask="words")
    return Turn(talk.say(f"shared.{kind}"), state, understanding=asked)


def handed_on(talk: Talk, turn: Turn) -> Turn:
    """A case that is opened takes what was shared before it."""
    if turn.case is None or not talk.state.shared:
        return turn
    case = dataclasses.replace(turn.case, facts=tuple({**dict(_kept(talk)), **dict(turn.case.facts)}.items()))
    return dataclasses.replace(turn, case=case, state=dataclasses.replace(turn.state, shared=()))


def read(raw: str) -> str:
    """The coordinates or the number in a channel's body, as text; empty where there is neither."""
    try:
        message = json.loads(raw)["message"]
        place, contact = message.get("location"), message.get("contact")
        if isinstance(place, dict) and "latitude" in place:
            return _coordinates(place["latitude"], place["longitude"])
        return _NUMBER.sub("", str(contact["phone_number"]))[:40].strip() if isinstance(contact, dict) else ""
    except (ValueError, TypeError, KeyError, AttributeError):
        return ""


def _coordinates(latitude: Any, longitude: Any) -> str:
    one, other = float(latitude), float(longitude)
    fits = math.isfinite(one) and math.isfinite(other) and abs(one) <= 90 and abs(other) <= 180
    return f"{one:.5f}, {other:.5f}" if fits else ""


def _kept(talk: Talk) -> tuple[tuple[str, str], ...]:
    """What was shared within the same conversation."""
    since = talk.state.updated_at
    return talk.state.shared if since is None or talk.now - since <= FADES else ()
