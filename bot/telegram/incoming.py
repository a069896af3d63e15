"""A Telegram update as an Incoming."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from telegram import Message, Update

from bot.safe import storable

Kind = Literal["text", "button", "photo", "voice", "document", "location", "contact", "other"]
NOWHERE = "unknown"
"""The chat of an update that names none; it is kept for the operators and never answered."""
_MEDIA: tuple[tuple[str, Kind], ...] = (
    ("photo", "photo"),
    ("voice", "voice"),
    ("audio", "voice"),
    ("video_note", "voice"),
    ("document", "document"),
    ("location", "location"),
    ("venue", "location"),
    ("contact", "contact"),
)


@dataclass(frozen=True, slots=True)
class Me:
    """Who the bot is, as far as getMe told; to know what is addressed to it in a group."""

    id: int = 0
    username: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """What an update says, before it is known what a button stands for."""

    chat: str
    text: str
    kind: Kind
    callback: str = ""
    """The id of a pressed button's query, to be answered."""
    data: str = ""
    """A pressed button's data."""
    label: str = ""
    """A pressed button's label."""


def read(raw: Mapping[str, Any], me: Me) -> Received | None:
    """What the update says; None where nobody spoke to the bot (another kind of update, a group's own talk).

    An update that the library cannot parse is read as far as it can be, and then has kind ``other``.
    """
    try:
        update = Update.de_json(dict(raw), None)
    except Exception:
        return _salvage(raw)
    query = update.callback_query
    if query is not None:
        chat = query.message.chat.id if query.message is not None else query.from_user.id
        label = storable(_label(query.message, query.data))
        return Received(str(chat), "", "button", callback=query.id, data=storable(query.data or ""), label=label)
    message = update.message or update.edited_message
    if message is None:
        return None
    text = storable(message.text or message.caption or "")
    if message.chat.type != "private" and not _addressed(message, text, me):
        return None
    return Received(str(message.chat.id), text, _kind(message))


def body(raw: Mapping[str, Any]) -> str:
    """The update as ASCII JSON, which carries even lone surrogates safely."""
    return json.dumps(raw, ensure_ascii=True, separators=(",", ":"))


def _kind(message: Message) -> Kind:
    if message.text is not None:
        return "text"
    return next((kind for name, kind in _MEDIA if getattr(message, name)), "other")


def _label(message: object, data: str | None) -> str:
    markup = message.reply_markup if isinstance(message, Message) else None
    rows = markup.inline_keyboard if markup is not None else ()
    return next((button.text for row in rows for button in row if button.callback_data == data), "")


def _addressed(message: Message, text: str, me: Me) -> bool:
    if text.startswith("/") or (me.username and f"@{me.username.lower()}" in text.lower()):
        return True
    answered = message.reply_to_message
    return bool(me.id and answered is not None and answered.from_user is not None and answered.from_user.id == me.id)


def _salvage(raw: Mapping[str, Any]) -> Received:
    query = raw.get("callback_query")
    outer: Any = query if isinstance(query, Mapping) else raw
    message = outer.get("message") or outer.get("edited_message")
    chat = message.get("chat") if isinstance(message, Mapping) else None
    number = chat.get("id") if isinstance(chat, Mapping) else None
    if not isinstance(message, Mapping) or not isinstance(number, int):
        return Received(NOWHERE, "", "other")
    if outer is query:
        data = query.get("data")
        return Received(str(number), "", "button", callback=str(query.get("id", "")), data=storable(data) if isinstance(data, str) else "")
    text = message.get("text") or message.get("caption")
    if isinstance(text, str):
        return Received(str(number), storable(text), "text" if "text" in message else "other")
    return Received(str(number), "", "other")
