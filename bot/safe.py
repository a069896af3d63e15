"""Text from outside made safe to keep and safe to print. Pure."""

from __future__ import annotations

import re

_SURROGATE = re.compile(r"[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SPACE = re.compile(r"\s+")


def storable(text: str) -> str:
    """The text as UTF-8 and every database can carry it: pairs of surrogates joined, lone ones replaced by U+FFFD, NUL left out."""
    text = text.replace("\x00", "")
    if not _SURROGATE.search(text):
        return text
    joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _SURROGATE.sub("\ufffd", joined)


def printable(text: str) -> str:
    """The text without what would steer a terminal: controls, escapes and changes of direction."""
    return storable(_CONTROL.sub("", text))


def one_line(text: str, width: int = 80) -> str:
    """The beginning of a text in one printable line of at most ``width`` characters."""
    flat = _SPACE.sub(" ", printable(text[: width * 4])).strip()
    return flat if len(flat) <= width else flat[: width - 1] + "…"
