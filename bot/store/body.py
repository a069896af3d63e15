"""What the store reads of a body as it came from Telegram: the ids of files, and the message's own number."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_MESSAGES = ("message", "edited_message")


def files_in(raw: str) -> list[str]:
    """The ids of the files in it: of a picture that is there in several sizes the largest, which comes last."""
    message = _message(raw)
    sizes = message.get("photo")
    parts = [sizes[-1]] if isinstance(sizes, list) and sizes else []
    parts += [value for value in message.values() if isinstance(value, Mapping) and "file_id" in value]
    return [str(part["file_id"]) for part in parts if isinstance(part, Mapping) and "file_id" in part]


def number_in(raw: str) -> int:
    """The number that the message has in its chat; 0 where it has none, as the press of a button."""
    number = _message(raw).get("message_id")
    return number if isinstance(number, int) and not isinstance(number, bool) else 0


def _message(raw: str) -> Mapping[str, Any]:
    try:
        body = json.loads(raw)
    except ValueError:
        return {}
    found = next((body[name] for name in _MESSAGES if name in body), None) if isinstance(body, Mapping) else None
    return found if isinstance(found, Mapping) else {}
