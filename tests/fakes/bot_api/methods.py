"""The methods of the Bot API that the service calls."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from tests.fakes.bot_api.state import Sent, State

Answer = tuple[int, bytes]
MOST = 4096
"""UTF-16 units of a message."""
MOST_CAPTION = 1024
PNG = b"\x89PNG\r\n\x1a\n"
PRESS_SECONDS = 150
"""After this a pressed button can no longer be answered."""


def ok(result: Any) -> Answer:
    """An answer that it worked."""
    return 200, json.dumps({"ok": True, "result": result}).encode()


def error(status: int, description: str, **parameters: int) -> Answer:
    """An answer that it did not."""
    answer: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    return status, json.dumps(answer | ({"parameters": parameters} if parameters else {})).encode()


def call(state: State, method: str, data: Mapping[str, str]) -> Answer:
    """Do what a method does. ``getUpdates`` waits and is the server's."""
    work = _METHODS.get(method.lower())
    if work is None:
        return error(404, "Not Found: method not found")
    try:
        return work(state, data)
    except (KeyError, ValueError) as wrong:
        return error(400, f"Bad Request: {wrong}")


def _get_me(state: State, _: Mapping[str, str]) -> Answer:
    return ok({"id": int(state.token.partition(":")[0]), "is_bot": True, "first_name": "Green", "username": "green_bot"})


def _send_message(state: State, data: Mapping[str, str]) -> Answer:
    text = data.get("text", "")
    if not text.strip() or len(text.encode("utf-16-le", "surrogatepass")) // 2 > MOST:
        wrong = error(400, "Bad Request: message text is empty" if not text.strip() else "Bad Request: message is too long")
        return _refused(state, data) or wrong
    return _take(state, data, text, b"")


def _send_photo(state: State, data: Mapping[str, str]) -> Answer:
    caption, photo = data.get("caption", ""), data["photo"].encode("latin-1")
    if len(caption.encode("utf-16-le", "surrogatepass")) // 2 > MOST_CAPTION:
        return _refused(state, data) or error(400, "Bad Request: message caption is too long")
    if not photo.startswith(PNG):
        return _refused(state, data) or error(400, "Bad Request: IMAGE_PROCESS_FAILED")
    return _take(state, data, caption, photo)


def _refused(state: State, data: Mapping[str, str]) -> Answer | None:
    """What is wrong with the chat, whatever is sent to it."""
    chat = int(data["chat_id"])
    if chat in state.migrated:
        return error(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=state.migrated[chat])
    if chat in state.blocked:
        return error(403, "Forbidden: bot was blocked by the user" if chat > 0 else "Forbidden: bot was kicked from the group chat")
    return None


def _take(state: State, data: Mapping[str, str], text: str, photo: bytes) -> Answer:
    chat = int(data["chat_id"])
    if wrong := _refused(state, data):
        return wrong
    rows = json.loads(data.get("reply_markup") or "{}").get("inline_keyboard", [])
    buttons = tuple((button["text"], button["callback_data"]) for row in rows for button in row)
    if buttons and (state.refused_buttons or any(len(value.encode()) > 64 for _, value in buttons)):
        return error(400, "Bad Request: BUTTON_DATA_INVALID")
    now = time.monotonic()
    if seconds := state.limits.wait(chat, now):
        return error(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
    kind = "private" if chat > 0 else "supergroup"
    state.number += 1
    state.shown[state.number] = sent = Sent(chat, text, buttons, dict(data), now, photo, state.number)
    state.took(sent)
    return ok({"message_id": state.number, "date": int(time.time()), "chat": {"id": chat, "type": kind}, "text": text})


def _answer_callback_query(state: State, data: Mapping[str, str]) -> Answer:
    query = data["callback_query_id"]
    if time.monotonic() - state.queries.get(query, time.monotonic()) > PRESS_SECONDS:
        return error(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
    state.answered.append(query)
    state.toasts.append((query, data.get("text", "")))
    return ok(True)


def _get_chat(state: State, data: Mapping[str, str]) -> Answer:
    chat = int(data["chat_id"])
    kind = "private" if chat > 0 else "supergroup"
    return _refused(state, data) or ok({"id": chat, "type": kind, **({"is_forum": True} if chat in state.forums else {})})


def _create_forum_topic(state: State, data: Mapping[str, str]) -> Answer:
    if wrong := _refused(state, data):
        return wrong
    if int(data["chat_id"]) not in state.forums:
        return error(400, "Bad Request: the chat is not a forum")
    state.number += 1
    state.topics[state.number] = data["name"]
    return ok({"message_thread_id": state.number, "name": data["name"], "icon_color": 7322096})


def _edit(state: State, data: Mapping[str, str]) -> Answer:
    """The text, or only the buttons."""
    if wrong := _refused(state, data):
        return wrong
    old = state.shown.get(int(data["message_id"]))
    if old is None:
        return error(400, "Bad Request: message to edit not found")
    rows = json.loads(data.get("reply_markup") or "{}").get("inline_keyboard", [])
    buttons = tuple((button["text"], button["callback_data"]) for row in rows for button in row)
    new = replace(old, text=data.get("text", old.text), buttons=buttons)
    if (new.text, new.buttons) == (old.text, old.buttons):
        return error(400, "Bad Request: message is not modified: specified new message content and reply markup are exactly the same")
    state.shown[old.number] = new
    return ok({"message_id": old.number, "date": int(time.time()), "chat": {"id": old.chat, "type": "supergroup"}, "text": new.text})


def _delete_message(state: State, data: Mapping[str, str]) -> Answer:
    if state.shown.pop(int(data["message_id"]), None) is None:
        return error(400, "Bad Request: message to delete not found")
    return ok(True)


def _set_message_reaction(state: State, data: Mapping[str, str]) -> Answer:
    state.reactions[int(data["message_id"])] = json.loads(data["reaction"])[0]["emoji"]
    return ok(True)


def _get_chat_member(state: State, data: Mapping[str, str]) -> Answer:
    number = int(data["user_id"])
    user = {"id": number, "is_bot": False, "first_name": "R"}
    if number not in state.managers:
        return ok({"user": user, "status": "member"})
    rights = (
        "can_be_edited",
        "is_anonymous",
        "can_manage_chat",
        "can_delete_messages",
        "can_manage_video_chats",
        "can_restrict_members",
        "can_promote_members",
        "can_change_info",
        "can_invite_users",
        "can_post_stories",
        "can_edit_stories",
        "can_delete_stories",
    )
    return ok({"user": user, "status": "administrator", **dict.fromkeys(rights, False)})


def _set_webhook(state: State, data: Mapping[str, str]) -> Answer:
    _allow(state, data)
    state.webhook, state.secret = data.get("url", ""), data.get("secret_token", "")
    state.parallel = int(data.get("max_connections", 40))
    return _drop(state, data)


def _delete_webhook(state: State, data: Mapping[str, str]) -> Answer:
    state.webhook = state.secret = ""
    return _drop(state, data)


def _drop(state: State, data: Mapping[str, str]) -> Answer:
    if data.get("drop_pending_updates", "").lower() == "true":
        state.updates.clear()
        state.fresh.clear()
    return ok(True)


def _get_webhook_info(state: State, _: Mapping[str, str]) -> Answer:
    return ok({"url": state.webhook, "has_custom_certificate": False, "pending_update_count": len(state.updates)})


def _set_my_commands(state: State, data: Mapping[str, str]) -> Answer:
    scope = json.loads(data["scope"])["type"] if "scope" in data else "default"
    state.commands[scope, data.get("language_code", "")] = json.loads(data["commands"])
    return ok(True)


def _get_file(_: State, data: Mapping[str, str]) -> Answer:
    return ok({"file_id": data["file_id"], "file_unique_id": "u", "file_path": "photos/1.jpg"})


def _allow(state: State, data: Mapping[str, str]) -> None:
    if "allowed_updates" in data:
        state.allowed = tuple(json.loads(data["allowed_updates"] or "[]"))


_METHODS: dict[str, Callable[[State, Mapping[str, str]], Answer]] = {
    "getme": _get_me,
    "sendmessage": _send_message,
    "sendphoto": _send_photo,
    "answercallbackquery": _answer_callback_query,
    "setwebhook": _set_webhook,
    "deletewebhook": _delete_webhook,
    "getwebhookinfo": _get_webhook_info,
    "setmycommands": _set_my_commands,
    "getfile": _get_file,
    "getchatmember": _get_chat_member,
    "getchat": _get_chat,
    "createforumtopic": _create_forum_topic,
    "editmessagetext": _edit,
    "editmessagereplymarkup": _edit,
    "deletemessage": _delete_message,
    "setmessagereaction": _set_message_reaction,
}
allow = _allow
