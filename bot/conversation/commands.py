"""What a command says. The need of before is kept."""

from __future__ import annotations

import dataclasses

from bot.conversation.talk import Talk
from bot.model import Reply, Turn
from intents.understanding import Scored

_COMMANDS = {"/start": "start", "/help": "help"}
_SMALLTALK = (Scored("smalltalk", 1.0),)


def command(talk: Talk) -> Turn | None:
    """Answer a command; in both languages to somebody of whom none is known. Danger goes first."""
    name = talk.text.split(maxsplit=1)[0].split("@")[0].lower() if talk.text.startswith("/") else ""
    if name not in _COMMANDS or talk.got.action == "emergency":
        return None
    state, got = talk.state, talk.got
    known = talk.incoming.lang or state.lang or state.spoke
    values = {"date": got.context.date.isoformat()}
    said = tuple(Reply(talk.replies.say(_COMMANDS[name], lang, **values)) for lang in ([got.lang] if known else ["zh", "en"]))
    talked = dataclasses.replace(got, action="smalltalk", topics=_SMALLTALK)
    return Turn(said, dataclasses.replace(state, updated_at=talk.now), understanding=talked)
