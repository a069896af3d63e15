"""What a Telegram update says, in the words of the service."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from telegram import ChatMember, ChatMemberUpdated, Message, Update

from bot.model import MEMBER, NOWHERE, Kind
from bot.safe import storable

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
_NOT_SAID = (
    "pinned_message",
    "message_auto_delete_timer_changed",
    "write_access_allowed",
    "chat_background_set",
    "connected_website",
    "successful_payment",
    "refunded_payment",
    "users_shared",
    "chat_shared",
    "gift",
    "unique_gift",
)
"""Messages that Telegram writes, not the resident."""
_GONE = frozenset({ChatMember.BANNED, ChatMember.LEFT})
_HERE = frozenset({ChatMember.MEMBER, ChatMember.ADMINISTRATOR, ChatMember.OWNER})
_END = r"(?![A-Za-z0-9_])"
"""Where a name ends: Chinese words may follow without a space."""
_ANY_BOT = re.compile(rf"@[A-Za-z0-9_]{{2,}}bot{_END}", re.IGNORECASE)
_COMMAND = re.compile(r"^[/／][^\s@]+(?:@([A-Za-z0-9_]+))?")


@dataclass(frozen=True, slots=True)
class Me:
    """Who the bot is, to know what is addressed to it in a group. The name is empty until getMe told."""

    id: int = 0
    username: str = ""

    def mentioned(self, text: str) -> re.Match[str] | None:
        """Where the text names the bot; as long as its name is not known, any bot."""
        return re.search(rf"@{re.escape(self.username)}{_END}", text, re.IGNORECASE) if self.username else _ANY_BOT.search(text)

    def without_name(self, text: str) -> str:
        """The words that are left without the bot's name."""
        name = rf"\s*@{re.escape(self.username)}{_END}[\s,，:：]*"
        return re.sub(name, " ", text, flags=re.IGNORECASE).strip() if self.username else text

    def commanded(self, text: str) -> bool:
        """Whether it is a command, and not one for another bot."""
        found = _COMMAND.match(text)
        return found is not None and (not self.username or found[1] in (None, "") or found[1].lower() == self.username.lower())


@dataclass(frozen=True, slots=True)
class Received:
    """What an update says, before it is known what a button stands for."""

    chat: str
    """In a group the number of who writes stands behind the group's."""
    text: str
    kind: Kind
    callback: str = ""
    """The id of a pressed button's query, to be answered."""
    data: str = ""
    """A pressed button's data."""
    label: str = ""
    """A pressed button's label."""
    private: bool = True
    """Whether the body may be kept as it is; False for what others said where the bot only listens."""
    overheard: bool = False
    """Whether it was said in a group and not to us: kept only where it shows a need that is for us to act on."""


def read(raw: Mapping[str, Any], me: Me) -> Received | None:
    """What the update says; None where a group talks among itself without words, which is nothing for us to keep.

    An update that the library cannot parse is read as far as it can be. One without words then has kind ``unparsed``.
    """
    try:
        update = Update.de_json(dict(raw), None)
        return _update(update, raw, me)
    except Exception:
        # Whatever a later Bot API sends: the library raises what it likes, and the update must be kept all the same.
        return _salvage(raw, me)


def _update(update: Update, raw: Mapping[str, Any], me: Me) -> Received | None:
    query = update.callback_query
    if query is not None:
        chat = query.message.chat.id if query.message is not None else query.from_user.id
        label = storable(_label(query.message, query.data))
        member = f"{chat}{MEMBER}{query.from_user.id}" if chat < 0 else str(chat)
        return Received(member, "", "button", callback=query.id, data=storable(query.data or ""), label=label)
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member)
    if (message := update.message) is not None:
        return _message(message, me)
    if (edited := update.edited_message) is not None:
        said = edited.text is not None or edited.caption is not None
        # A place that moves is sent again and again as an edit; nobody has said anything.
        return _message(edited, me) if said else Received(str(edited.chat.id), "", "noted", private=edited.chat.type == "private")
    where = update.effective_chat
    if where is not None:
        return Received(str(where.id), "", "noted", private=where.type == "private")
    return _noted(chat_in(raw))


def _noted(chat: str) -> Received:
    return Received(chat, "", "noted", private=not chat.startswith("-"))


def _message(message: Message, me: Me) -> Received | None:
    chat = str(message.chat.id)
    if message.migrate_to_chat_id is not None:
        return Received(chat, str(message.migrate_to_chat_id), "moved")
    if message.migrate_from_chat_id is not None:
        return Received(str(message.migrate_from_chat_id), chat, "moved")
    text = storable(message.text or message.caption or "")
    if message.chat.type != "private":
        return _in_group(message, text, me)
    if any(getattr(message, name, None) is not None for name in _NOT_SAID):
        return Received(chat, "", "noted")
    return Received(chat, text, _kind(message))


def _membership(change: ChatMemberUpdated) -> Received:
    """The bot was blocked or removed, or let in again."""
    chat, status = change.chat, change.new_chat_member.status
    if status in _GONE:
        why = "blocked" if chat.type == "private" else "kicked" if status == ChatMember.BANNED else "removed"
        return Received(str(chat.id), why, "left")
    return Received(str(chat.id), "", "back" if status in _HERE else "noted")


def _kind(message: Message) -> Kind:
    if message.text is not None:
        return "text"
    return next((kind for name, kind in _MEDIA if getattr(message, name)), "other")


def _label(message: object, data: str | None) -> str:
    markup = message.reply_markup if isinstance(message, Message) else None
    rows = markup.inline_keyboard if markup is not None else ()
    return next((button.text for row in rows for button in row if button.callback_data == data), "")


def _in_group(message: Message, text: str, me: Me) -> Received | None:
    # Who writes in the name of the group or of a channel is an administrator whom Telegram does not name.
    sender = message.sender_chat or message.from_user
    chat = f"{message.chat.id}{MEMBER}{sender.id}" if sender is not None else str(message.chat.id)
    addressed = _addressed(message, text, me)
    if not addressed and not text:
        return None
    said = me.without_name(text)
    return Received(chat, said, _kind(message), overheard=not addressed)


def _addressed(message: Message, text: str, me: Me) -> bool:
    if text[:1] in {"/", "／"}:
        return me.commanded(text) or (bool(me.username) and me.mentioned(text) is not None)
    if me.mentioned(text):
        return True
    answered = message.reply_to_message
    return bool(me.id and answered is not None and answered.from_user is not None and answered.from_user.id == me.id)


def _salvage(raw: Mapping[str, Any], me: Me) -> Received | None:
    query = raw.get("callback_query")
    outer: Any = query if isinstance(query, Mapping) else raw
    message = outer.get("message") or outer.get("edited_message")
    chat = message.get("chat") if isinstance(message, Mapping) else None
    number = chat.get("id") if isinstance(chat, Mapping) else None
    if not isinstance(message, Mapping) or not isinstance(number, int):
        return Received(chat_in(raw), "", "unparsed")
    if outer is query:
        data = query.get("data")
        return Received(str(number), "", "button", callback=str(query.get("id", "")), data=storable(data) if isinstance(data, str) else "")
    text = message.get("text") or message.get("caption")
    sender = message.get("from")
    member = sender.get("id") if isinstance(sender, Mapping) else None
    where = f"{number}{MEMBER}{member}" if number < 0 and isinstance(member, int) else str(number)
    if isinstance(text, str):
        said = storable(text)
        overheard = number < 0 and not me.commanded(said) and me.mentioned(said) is None
        return Received(where, me.without_name(said) if number < 0 else said, "text" if "text" in message else "other", overheard=overheard)
    if number < 0:
        return None
    return Received(str(number), "", "unparsed")


def chat_in(raw: Mapping[str, Any]) -> str:
    """The chat of an update of whatever kind, where it can be found."""
    for content in raw.values():
        if isinstance(content, Mapping):
            inner = content.get("message")
            for place in (content, inner if isinstance(inner, Mapping) else {}):
                chat = place.get("chat")
                number = chat.get("id") if isinstance(chat, Mapping) else None
                if isinstance(number, int):
                    return str(number)
    return NOWHERE
