"""What was understood, as the JSON of ``hotline ask`` and ``hotline chat``. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.model import Button, Reply
from intents.directory import phones
from intents.understanding import Understanding


def understood(understanding: Understanding) -> dict[str, Any]:
    """The fields that both commands share: action, topics, slots, lang, citations, facilities, hotlines, flags."""
    lang = understanding.lang
    return {
        "action": understanding.action,
        "topics": [{"id": topic.id, "score": round(float(topic.score), 4)} for topic in understanding.topics],
        "slots": dict(understanding.slots),
        "lang": lang,
        "citations": [
            {"directive": c.directive, "provision": c.provision, "title": c.title[lang], "date": c.date.isoformat()}
            for c in understanding.citations
        ],
        "facilities": [
            {"id": f.id, "name": f.name_en if lang == "en" and f.name_en else f.name, "phone": " / ".join(phones(f, understanding.context))}
            for f in understanding.facilities
        ],
        "hotlines": [{"id": h.id, "name": h.name.in_(lang), "phone": h.number if h.shown else ""} for h in understanding.hotlines],
        "flags": [flag.id for flag in understanding.flags],
    }


def asked(line_id: object, understanding: Understanding, replies: Iterable[Reply]) -> dict[str, Any]:
    """One line of ``hotline ask --jsonl``."""
    replies = tuple(replies)
    shape = understood(understanding)
    return {
        "id": line_id,
        "action": shape.pop("action"),
        "topics": shape.pop("topics"),
        "slots": shape.pop("slots"),
        "lang": shape.pop("lang"),
        "reply": "\n\n".join(reply.text for reply in replies),
        "buttons": [button.label for button in buttons_of(replies)],
        **shape,
    }


def everything(understanding: Understanding, replies: Iterable[Reply]) -> dict[str, Any]:
    """``hotline ask --json``: the line, and what only we care about."""
    context = understanding.context
    shape = asked(None, understanding, replies)
    del shape["id"]
    return shape | {
        "traditional": understanding.traditional,
        "alarms": [flag.id for flag in understanding.alarms],
        "unpublished": list(understanding.unpublished),
        "ask": understanding.ask,
        "options": list(understanding.options),
        "context": {
            "city": context.city,
            "district": context.district,
            "zone": context.zone,
            "patient": context.patient,
            "topics": list(context.topics),
        },
        "date": context.date.isoformat(),
        "replay": not context.live,
    }


def buttons_of(replies: Iterable[Reply]) -> list[Button]:
    """All buttons below the replies, in order."""
    return [button for reply in replies for button in reply.buttons]
