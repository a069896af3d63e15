"""Several answers in one reply: what one of them said, the next need not say again. Pure."""

from __future__ import annotations

from collections.abc import Sequence

_AMBULANCE = "120"


def shorten(texts: Sequence[str], danger: tuple[str, ...], once: tuple[str, ...]) -> list[str]:
    """The texts without what is said twice. A text's own first line always stays.

    ``danger``: beginnings of lines that only say to call 120 in danger; they give way where another line says when to call it.
    ``once``: beginnings of lines of which the first is enough.
    """
    blocks = [text.splitlines() for text in texts]
    lines = [line for block in blocks for line in block]
    closer = any(_AMBULANCE in line and not line.startswith(danger) for block in blocks for line in block[1:])
    seen: set[str] = set()
    shown = []
    for block in blocks:
        kept = block[:1] if block[:1] and block[0] not in seen else []
        seen |= {_what(line, danger, once) for line in block[:1]}
        for line in block[1:]:
            what = _what(line, danger, once)
            if what in seen or (what == danger[0] and closer and len(lines) > len(block)):
                continue
            seen.add(what)
            kept.append(line)
        shown.append("\n".join(kept))
    return [text for text in shown if text]


def _what(line: str, danger: tuple[str, ...], once: tuple[str, ...]) -> str:
    """What a line says, as far as we tell: the group it belongs to, or its own words."""
    if line.startswith(danger):
        return danger[0]
    return once[0] if line.startswith(once) else line
