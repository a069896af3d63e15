"""A reply as Telegram takes it: parts of a bearable length, buttons with short data."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.model import Button, Message

MOST = 4000
"""UTF-16 code units of one part; Telegram takes 4096 characters."""
_DATA = 64
_LABEL = 60
_TEXT, _INDEX = "=", "#"
_BREAKS = ("\n\n", "\n", "。", "！", "？", ". ", "；", "，", ", ", " ")


def split(text: str, most: int = MOST) -> list[str]:
    """The text in parts of at most ``most`` UTF-16 units, cut at paragraphs, else lines, else sentences; blank text has none."""
    parts = []
    rest = text.strip()
    while _units(rest) > most:
        head = _head(rest, most)
        at = next((cut for mark in _BREAKS if (cut := _after(head, mark)) >= len(head) // 3), len(head))
        parts.append(rest[:at].rstrip())
        rest = rest[at:].lstrip()
    return [part for part in [*parts, rest] if part]


def keyboard(buttons: Sequence[Button]) -> InlineKeyboardMarkup | None:
    """One button a row. Its data is its text where that is short enough, else its place in the reply."""
    if not buttons:
        return None
    rows = []
    for index, button in enumerate(buttons):
        data = _TEXT + button.text
        if len(data.encode("utf-8", "replace")) > _DATA:
            data = f"{_INDEX}{index}"
        rows.append([InlineKeyboardButton(button.label[:_LABEL], callback_data=data)])
    return InlineKeyboardMarkup(rows)


def pressed(data: str, label: str, history: Sequence[Message]) -> tuple[str, bool]:
    """The words a pressed button stands for, and whether the bot really offered it.

    A button that nobody offered, or that history no longer holds, counts as its own words typed by the resident.
    """
    offered = [message.buttons for message in reversed(history) if message.author == "bot" and message.buttons]
    if data.startswith(_TEXT):
        words = data[len(_TEXT) :]
        return words, any(button.text == words for buttons in offered for button in buttons)
    number = data[len(_INDEX) :] if data.startswith(_INDEX) else ""
    index = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else -1
    if index >= 0:
        for buttons in offered:
            if index < len(buttons) and (not label or buttons[index].label[:_LABEL] == label):
                return buttons[index].text, True
    return label, False


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _head(text: str, most: int) -> str:
    """The longest start of the text that has at most ``most`` units."""
    head = text[:most]
    while _units(head) > most:
        head = head[: len(head) - max(1, (_units(head) - most) // 2)]
    return head


def _after(text: str, mark: str) -> int:
    found = text.rfind(mark)
    return 0 if found < 0 else found + len(mark)
