"""One message in its conversation, as every handler is given it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from bot.heed import in_danger
from bot.model import Button, Expectation, Incoming, Known, Reply
from bot.replies import Replies
from bot.state import State
from bot.texts import MENU, SITE_COMMANDS
from intents.understanding import Understanding

SHORT = 16
"""So few characters need not show whether they are traditional ones: those of before count."""
FEW_WORDS = 2
"""So few words of Latin script do not show a language."""
_ENGLISH = re.compile(
    r"\b(?:hello|hi|hey|help|yes|no|not|thanks?|please|sorry|wh(?:ere|at|en|y|o)|how|my|i|the|is|are|need|mother|mum|mom|father|dad|baby|pain"
    r"|fever|bleeding|ambulance|hospital|medicine|insulin|dialysis|english)\b",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class Talk:
    """What a handler decides on. ``got`` is in the language and the characters of the reply. What many handlers ask is found out once."""

    state: State
    incoming: Incoming
    got: Understanding
    replies: Replies
    now: dt.datetime
    known: Known

    @cached_property
    def text(self) -> str:
        """The message's words."""
        return self.incoming.text.strip()

    @cached_property
    def _folded(self) -> str:
        return self.text.casefold()

    @cached_property
    def command(self) -> str:
        """The command that a message is, or stands for in plain words; empty where it is none."""
        if self.incoming.kind not in {"text", "button"}:
            return ""
        text = self.text.replace("／", "/", 1) if self.text.startswith("／") else self.text
        if text.startswith("/"):
            name = text[1:].split(maxsplit=1)[0].split("@")[0].lower() if text[1:].strip() else ""
            return name if name in MENU or name in SITE_COMMANDS else ""
        return self.replies.meant(text)

    @property
    def rest(self) -> str:
        """What stands behind the word of a command."""
        return self.text.partition(" ")[2].strip() if self.text[:1] in {"/", "／"} else ""

    @property
    def case(self) -> int:
        """The number of the open case that the conversation is about; 0 where there is none."""
        known = self.known.case
        return 0 if known is not None and known.status == "closed" else self.state.case

    @property
    def danger(self) -> bool:
        """Whether the message itself shows danger: after an emergency every fragment belongs to it, a command of its own does not."""
        return in_danger(self.got)

    @property
    def taken(self) -> bool:
        """Whether a person works on the open case already: then it is no longer said that nobody has read it."""
        found = self.known.case
        return bool(self.case) and found is not None and found.answered_at is not None

    def pressed(self, key: str) -> bool:
        """Whether the message is this button of ``data/replies``, pressed or written."""
        return self._folded in self.replies.labels(key)

    def button(self, key: str) -> Button:
        """The button of this key, in the language of the reply."""
        label = self.replies.say(key, self.got.lang)
        return Button(label, label)

    def offer(self, key: str, *buttons: str, **values: Any) -> tuple[Reply, ...]:
        """One sentence with buttons below it."""
        plain = Reply(self.replies.say(self._key(key), self.got.lang, **values))
        return self.with_buttons(plain, tuple(self.button(name) for name in buttons))

    def with_buttons(self, reply: Reply, buttons: tuple[Button, ...]) -> tuple[Reply, ...]:
        """A reply with these buttons, in the resident's characters."""
        whole = (Reply(reply.text, buttons),)
        return self.replies.traditional(whole) if self.got.traditional and self.got.lang == "zh" else whole

    def expects(self, expected: Expectation) -> str:
        """What somebody in the queue may expect, in words: an honest one, for they may wait for it."""
        say, lang, minutes = self.replies.say, self.got.lang, expected.usual_minutes
        if expected.taken:
            return self._in_script(say("expects.taken", lang))
        ahead = "none" if not expected.ahead else "more" if expected.more else "one" if expected.ahead == 1 else "some"
        hours = "" if minutes is None else "minutes" if minutes < 50 else "hour" if minutes < 90 else "hours"
        # A rounded time is none that somebody counts on to the minute.
        value = max(5, round((minutes or 0) / 5) * 5) if hours == "minutes" else round((minutes or 0) / 60)
        when = say("expects.at_hour" if expected.this_hour else "expects.lately", lang)
        span = say(f"expects.{hours}", lang, many=value) if hours else ""
        usual = say("expects.usual", lang, when=when, span=span) if hours else say("expects.unknown", lang)
        parts = (say("expects.unread", lang), say(f"expects.{ahead}", lang, many=expected.ahead), usual)
        return self._in_script(("" if lang == "zh" else " ").join(parts))

    def _in_script(self, said: str) -> str:
        return self.replies.traditional((Reply(said),))[0].text if self.got.traditional and self.got.lang == "zh" else said

    def say(self, key: str, **values: Any) -> tuple[Reply, ...]:
        """One sentence of ``data/replies`` as a reply of its own."""
        return self.replies.plain(self.got, self._key(key), **values)

    def _key(self, key: str) -> str:
        return f"{key}.taken" if self.taken and self.replies.has(f"{key}.taken") else key


def talk_of(state: State, incoming: Incoming, understanding: Understanding, replies: Replies, now: dt.datetime, known: Known) -> Talk:
    """The message with its language settled, and a city that is not ours remembered."""
    lang = _language(state, incoming, understanding)
    traditional = understanding.traditional or (state.traditional and len(incoming.text.strip()) <= SHORT)
    got = dataclasses.replace(understanding, lang=lang, traditional=traditional and lang == "zh")
    if state.elsewhere and not got.slots.get("city") and "city" not in got.unpublished:
        got = dataclasses.replace(got, unpublished=(*got.unpublished, "city"))
    return Talk(state.woken(now), incoming, got, replies, now, known)


def _language(state: State, incoming: Incoming, understanding: Understanding) -> Literal["zh", "en"]:
    """The language chosen; else the message's own, where it has words; else that of before."""
    chosen = incoming.lang or state.lang
    if incoming.kind == "button" and state.spoke:
        return chosen or state.spoke  # its words are ours, in the language of the reply that it stood below
    text = incoming.text.strip()
    own = bool(_WORDS.search(text)) and not text.startswith("/")
    # "weiyang" or "39 du" is no English, nor "reopen" pinyin: so little goes with what was spoken before.
    own = own and not (state.spoke and text.isascii() and len(text.split()) <= FEW_WORDS and not _ENGLISH.search(text))
    return chosen or (understanding.lang if own else state.spoke or "zh")
