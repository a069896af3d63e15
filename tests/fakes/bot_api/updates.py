"""Updates as Telegram words them."""

from __future__ import annotations

from typing import Any

from tests.fakes.bot_api.state import Sent

SPOKEN = 1649131200
"""The date of every message: 5 April 2022, noon in China."""


def message(chat: int, number: int) -> dict[str, Any]:
    """The frame of a message: a private chat unless the number is negative, else a group with one member who writes."""
    user = {"id": abs(chat), "is_bot": False, "first_name": "R"}
    where = {"id": chat, "type": "private", "first_name": "R"} if chat >= 0 else {"id": chat, "type": "group", "title": "G"}
    return {"message_id": number, "date": SPOKEN, "chat": where, "from": user}


def press(sent: Sent, index: int, number: int, **changed: Any) -> dict[str, Any]:
    """A pressed button below a message; ``changed`` replaces fields of that message."""
    rows = [[{"text": label, "callback_data": data}] for label, data in sent.buttons]
    shown = {**message(sent.chat, number), "text": sent.text, "reply_markup": {"inline_keyboard": rows}, **changed}
    user = {"id": abs(sent.chat), "is_bot": False, "first_name": "R"}
    return {"id": f"q{number}", "from": user, "chat_instance": "1", "data": sent.buttons[index][1], "message": shown}


def membership(chat: int, status: str) -> dict[str, Any]:
    """The bot was blocked, kicked (``kicked``), removed (``left``) or let in again (``member``)."""
    bot = {"id": 123456, "is_bot": True, "first_name": "Green", "username": "green_bot"}
    frame = message(chat, 1)
    old = {"user": bot, "status": "member" if status != "member" else "left"}
    new: dict[str, Any] = {"user": bot, "status": status} | ({"until_date": 0} if status == "kicked" else {})
    return {"chat": frame["chat"], "from": frame["from"], "date": SPOKEN, "old_chat_member": old, "new_chat_member": new}
