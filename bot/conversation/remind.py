"""Residents' reminders: set in plain words or step by step, shown, changed, paused, stopped."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re

from bot.conversation.computed import runs_out, sample_ends
from bot.conversation.leave import kinds_of_notices, left
from bot.conversation.remind_asks import Wish, asks, wish
from bot.conversation.remind_due import answered
from bot.conversation.remind_there import change, ended, moved, of_those_there, shown
from bot.conversation.remind_words import PREFIX, in_words, kind_of, moment_words, turn_of, what
from bot.conversation.steps import without_step
from bot.conversation.talk import Talk
from bot.conversation.when import When, when, without_moment
from bot.effects import PutReminder
from bot.model import Turn
from bot.reminder import KINDS, MOST, Reminder, ReminderKind, Rule

LONGEST = 120
"""Characters of a sentence that sets a reminder."""
_ASKS = re.compile(r"提醒(?!一?下?(?:你|您|大家|各位|他们|居民))|闹钟|鬧鐘|\bremind|\balarm\b", re.IGNORECASE)
_CALLS = re.compile(
    r"(?:喊|叫)(?:我|额)(?:一声|一下|起来|起床)|叫醒我|到点(?:喊|叫)|(?:喊|叫|震|响)(?:我|额)?一(?:声|下)"
    r"|记得(?:喊|叫)我|\b(?:ping|wake|nudge) me\b"
    r"|\bdon'?t let me forget\b",
    re.IGNORECASE,
)
"""What asks for it in other words; it may also be somebody who was called, so a time must stand with it."""
_OFTEN = ("morning", "evening", "tomorrow")
_USUAL: dict[ReminderKind, tuple[str, ...]] = {
    "dialysis": ("mwf", "tts", "morning", "tomorrow"),
    "temperature": ("both", "morning"),
    "medicine": ("morning", "both", "eight_hours"),
}
"""The moments that can be pressed, by what the reminder is for."""


def remind(talk: Talk) -> Turn | None:
    """What is said of reminders, and the answers to one that was sent. Danger goes before all of it."""
    # Pressed, it answers the reminder however late; written, it may be the answer to something else, or danger.
    if (talk.incoming.kind == "button" or not (talk.danger or talk.state.asked)) and (turn := answered(talk)) is not None:
        return turn
    if talk.danger or not talk.text:
        return None
    asked, text, name = talk.state.asked, talk.rest or talk.text, talk.command
    waits = asked.startswith(PREFIX)
    if waits and (name == "no" or talk.pressed("button.remind.no")):
        return turn_of(talk, talk.say("remind.left"), state_remind="")
    if name not in {"", "remind"} or len(text) > LONGEST:
        return None
    if (turn := of_those_there(talk, text.strip("。.!！?？ "), text)) is not None:
        return turn
    free = name != "remind" and (not waits or _ASKS.search(text) is not None) and not talk.incoming.group
    if free and (wanted := wish(text, sure=_is_ours(talk))):
        return _wished(talk, text, wanted)
    wants = name == "remind" or _ASKS.search(text) is not None or _calls(talk, text)
    if not wants and not waits:
        return _about(talk) if _is_ours(talk) else None
    whole = f"{talk.state.remind}，{text}" if waits and talk.state.remind else text
    found_when = _when(whole, talk.now)
    if found_when.rule is not None:
        return _set(talk, whole, found_when)
    if waits and not wants and found_when.problem == "nothing":
        return None  # Something else is written about: the question of ours can wait.
    if found_when.problem == "nothing" and not waits and talk.got.main != "service.reminder" and name != "remind":
        return None
    if not waits and name != "remind" and asks(text):
        if found_when.problem == "nothing":
            return _about(talk)
        if talk.got.main != "service.reminder" and found_when.problem in {"several", "step", "monthly"}:
            return None  # What else is asked is answered first.
    return _ask_what(talk, found_when.problem, whole)


def _is_ours(talk: Talk) -> bool:
    return talk.got.main == "service.reminder" and talk.got.action in {"answer", "clarify"}


def _calls(talk: Talk, text: str) -> bool:
    return _CALLS.search(text) is not None and when(text, talk.now).problem in {"", "need_time", "several", "step"}


def _wished(talk: Talk, text: str, wanted: Wish) -> Turn | None:
    """What is wanted of reminders that are there, or of notices, in one's own words; None where it is no matter of theirs."""
    if wanted in {"end", "grief"}:
        return ended(talk, text, grief=wanted == "grief")
    if wanted == "change":
        return moved(talk, text)
    if wanted in {"show", "skip"}:
        return shown(talk)
    if wanted in {"pause", "resume"}:
        return change(talk, "paused" if wanted == "pause" else "active", 0)
    if wanted == "trouble":
        # Where it did harm a person must look: need() says what to do now and opens a case.
        return None if talk.got.action == "handoff" else turn_of(talk, talk.offer("remind.trouble", "button.remind.list", "button.person"))
    if wanted == "leave":
        return left(talk)
    if wanted == "notices":
        return kinds_of_notices(talk)
    return turn_of(talk, talk.say("cast.night")) if wanted == "night" else None


def _about(talk: Talk) -> Turn:
    """What reminders and notices can do."""
    return turn_of(talk, talk.offer("remind.about", "button.remind.list"))


def _when(text: str, now: dt.datetime) -> When:
    found = when(text, now)
    kind = kind_of(text)
    more = None
    if found.rule is None and found.problem in {"nothing", "need_time"}:
        more = runs_out(text, now) if kind == "medicine" else None
    if kind == "test" and re.search(r"做的|做了|做完|测的|took|taken|had", text):
        more = sample_ends(text, now)
    return more if more is not None and more.rule is not None else found


def _set(talk: Talk, text: str, found: When) -> Turn:
    if sum(one.status != "done" for one in talk.known.reminders) >= MOST:
        return turn_of(talk, talk.offer("remind.full", "button.remind.list", many=MOST), state_remind="")
    rule, first, kind = found.rule or Rule(), found.first or talk.now, kind_of(text)
    reminder = Reminder(0, 0, kind, text, rule, next_at=first)
    said = talk.offer(
        "remind.set", "button.remind.list", when=in_words(talk, reminder), what=what(talk, reminder), next=moment_words(talk, first)
    )
    if talk.incoming.channel != "telegram":
        said = (*said, *talk.say("remind.page"))
    return turn_of(talk, said, PutReminder(kind, text, rule), state_remind="")


def _ask_what(talk: Talk, problem: str = "nothing", text: str = "") -> Turn:
    """What is missing is asked, and an impossible time kindly."""
    # A time that does not exist must not be read again with the next answer.
    pending = text if problem in {"need_time", "need_day"} else without_moment(text) if problem in {"time", "date", "past"} else ""
    kind = kind_of(text)
    if problem in {"step", "monthly"}:
        pending = without_moment(without_step(text))
    elif problem == "several":
        pending = talk.replies.say(f"button.remind.for.{kind}", talk.got.lang) if kind != "other" else ""
    if problem == "nothing" and kind != "other":
        # It is known what for: only the time is missing, and the usual ones can be pressed.
        pending = text
        said = talk.offer("remind.ask.when", *(f"button.remind.at.{one}" for one in _USUAL.get(kind, _OFTEN)), "button.remind.no")
    elif problem == "nothing":
        said = talk.offer("remind.ask.nothing", *(f"button.remind.for.{one}" for one in KINDS if one != "other"), "button.remind.no")
    else:
        said = talk.offer(f"remind.ask.{problem}", "button.remind.no")
    turn = turn_of(talk, said, action="clarify", asked=f"{PREFIX}{problem}")
    return dataclasses.replace(turn, state=dataclasses.replace(turn.state, remind=pending))
