"""What is said when a moment has come that was set before: nobody has written, the time itself asks."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

from bot.conversation import check, remind_due
from bot.conversation.ladders import CAME, ask_came
from bot.conversation.staff import staff
from bot.conversation.talk import Talk
from bot.model import Turn

Later = Callable[[Talk, str], Turn | None]
KINDS: Mapping[str, Later] = {
    CAME: ask_came,
    "staff": staff,
    "remind": remind_due.ask,
    remind_due.QUIET: remind_due.quiet,
    check.CHECK: check.ask_check,
    check.SILENT: check.unchecked,
}
"""What to do, by the kind of :class:`bot.effects.Later`; each is given the rest of its key."""


def later(talk: Talk) -> Turn | None:
    """Do what was set for this moment. What nobody knows any more, as after an update, says nothing."""
    if talk.incoming.kind != "due":
        return None
    kind, _, detail = talk.incoming.text.partition(":")
    known = KINDS.get(kind)
    turn = known(talk, detail) if known else None
    return turn or Turn((), talk.state, understanding=dataclasses.replace(talk.got, action="smalltalk", topics=()))
