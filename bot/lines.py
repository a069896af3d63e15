"""JSON lines of ``hotline ask --jsonl`` and ``hotline chat --jsonl``: read from bytes, checked, written as ASCII."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal, get_args

from bot.errors import BadLine
from bot.safe import storable
from intents.rows import Patient, Zone

LONGEST = 8_000_000
"""Bytes of a line that are read; a longer one is refused."""


@dataclass(frozen=True, slots=True)
class Question:
    """One line of ``hotline ask --jsonl``. The city of the request and that of its context are one."""

    id: str | float | None
    text: str
    lang: Literal["", "zh", "en"] = ""
    city: str = ""
    district: str = ""
    zone: str = ""
    patient: str = ""
    topics: tuple[str, ...] = ()


def raw_lines(stream: BinaryIO, *, blanks: bool = False) -> Iterator[bytes | None]:
    """The lines of a stream that hold anything, or with ``blanks`` all of them; None for one that is too long."""
    while line := stream.readline(LONGEST):
        if len(line) == LONGEST and not line.endswith(b"\n"):
            while (rest := stream.readline(LONGEST)) and not rest.endswith(b"\n"):
                pass
            yield None
        elif blanks or line.strip():
            yield line


def parse(line: bytes | None) -> dict[str, Any]:
    """The object on a line. Raises :class:`BadLine`."""
    if line is None:
        raise BadLine("too_long", f"the line is longer than {LONGEST} bytes")
    try:
        value = json.loads(line.decode("utf-8-sig"), parse_constant=_refuse)
    except UnicodeDecodeError:
        raise BadLine("bad_encoding", "the line is no UTF-8") from None
    except (ValueError, RecursionError):
        raise BadLine("bad_json", "the line is no JSON") from None
    if not isinstance(value, dict):
        raise BadLine("bad_line", "the line is no JSON object")
    return value


def question(value: Mapping[str, Any]) -> Question:
    """The question in an object; unknown keys are left alone. Raises :class:`BadLine`."""
    own = value.get("id")
    if isinstance(own, bool) or not isinstance(own, str | int | float | None):
        raise BadLine("bad_id", "id must be a string or a number")
    try:
        lang = _string(value, "lang", "bad_lang")
        if lang not in ("", "zh", "en"):
            raise BadLine("bad_lang", "lang must be zh or en")
        if "text" not in value or not isinstance(value["text"], str):
            raise BadLine("bad_text", "text must be a string")
        context = value.get("context")
        if context is None:
            context = {}
        if not isinstance(context, Mapping):
            raise BadLine("bad_context", "context must be an object")
        zone, patient = _string(context, "zone"), _string(context, "patient")
        if zone not in ("", *get_args(Zone)):
            raise BadLine("bad_context", f"zone must be one of {', '.join(get_args(Zone))}")
        if patient not in ("", *get_args(Patient)):
            raise BadLine("bad_context", f"patient must be one of {', '.join(get_args(Patient))}")
        topics = context.get("topics")
        if topics is None:
            topics = []
        if not isinstance(topics, list) or not all(isinstance(topic, str) for topic in topics):
            raise BadLine("bad_context", "topics must be a list of topic ids")
        city = _string(value, "city", "bad_city") or _string(context, "city")
        district = _string(context, "district")
    except BadLine as error:
        error.line_id = own
        raise
    return Question(own, storable(value["text"]), lang, city, district, zone, patient, tuple(topics))  # type: ignore[arg-type]


def _string(value: Mapping[str, Any], key: str, code: str = "bad_context") -> str:
    found = value.get(key)
    if found is not None and not isinstance(found, str):
        raise BadLine(code, f"{key} must be a string")
    return (found or "").strip()


def _refuse(name: str) -> Any:
    raise ValueError(name)


def error_of(error: BadLine) -> dict[str, Any]:
    """The line that answers a bad one."""
    return {"id": error.line_id, "error": {"code": error.code, "message": str(error)}}


def ascii_line(value: Any) -> str:
    """One line of ASCII JSON without its end."""
    return json.dumps(value, ensure_ascii=True)
