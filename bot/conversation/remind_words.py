"""Reminders in words: what for, when, and the turn that speaks of them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re

from bot.clock import CITY_TIME
from bot.conversation.talk import Talk
from bot.effects import Effect
from bot.model import Person, Reply, Turn
from bot.reminder import Reminder, ReminderKind
from intents.understanding import Action, Scored

PREFIX = "remind."
"""What was asked, where a question of reminders stands."""
_KINDS: tuple[tuple[ReminderKind, re.Pattern[str]], ...] = (
    ("dialysis", re.compile(r"透析|血透|腹透|dialysis", re.IGNORECASE)),
    ("oncology", re.compile(r"化疗|化療|放疗|放療|chemo|radiotherapy|radiation", re.IGNORECASE)),
    ("maternity", re.compile(r"产检|產檢|孕检|antenatal|prenatal", re.IGNORECASE)),
    ("test", re.compile(r"核酸|\bpcr\b|nucleic", re.IGNORECASE)),
    ("temperature", re.compile(r"体温|體溫|temperature", re.IGNORECASE)),
    ("medicine", re.compile(r"药|藥|胰岛素|胰島素|打针|medicine|medication|\bmeds\b|pills?|insulin|tablets?", re.IGNORECASE)),
)
TOPIC = (Scored("service.reminder", 1.0),)
_WEEK = {"zh": "一二三四五六日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}


def kind_of(text: str) -> ReminderKind:
    """What a sentence wants to be reminded of."""
    return next((kind for kind, pattern in _KINDS if pattern.search(text)), "other")


def lines(talk: Talk, person: Person) -> list[str]:
    """The reminders of a chat in words, one a line."""
    say, lang = talk.replies.say, talk.got.lang
    return [
        say(f"remind.line.{one.status}", lang, number=one.number, when=in_words(talk, one), what=what(talk, one))
        for one in person.reminders
    ]


def what(talk: Talk, reminder: Reminder) -> str:
    """What it is for, as a resident reads it."""
    kind = talk.replies.say(f"remind.kind.{reminder.kind}", talk.got.lang)
    return kind if reminder.kind != "other" else f"{kind}“{reminder.words}”"


def in_words(talk: Talk, reminder: Reminder) -> str:
    """The rule in words, as it was understood: who set it sees at once where it was not."""
    say, lang, rule = talk.replies.say, talk.got.lang, reminder.rule
    if rule.hours:
        return say("remind.every_hours", lang, hours=rule.hours)
    times = (", " if lang == "en" else "、").join(rule.times)
    if rule.step:
        return say("remind.step", lang, date=rule.on, days=rule.step, times=times)
    if rule.on:
        return say("remind.on", lang, date=rule.on, weekday=_weekday(lang, dt.date.fromisoformat(rule.on).weekday()), times=times)
    if not rule.days:
        return say("remind.daily", lang, times=times)
    return say("remind.weekly", lang, days=(", " if lang == "en" else "、").join(_weekday(lang, one) for one in rule.days), times=times)


def _weekday(lang: str, number: int) -> str:
    return _WEEK["en"][number] if lang == "en" else f"周{_WEEK['zh'][number]}"


def moment_words(talk: Talk, at: dt.datetime) -> str:
    """Month, day, weekday and time of a moment in the cities' time."""
    local = at.astimezone(CITY_TIME)
    return f"{local.strftime('%m-%d')} {_weekday(talk.got.lang, local.weekday())} {local.strftime('%H:%M')}"


def turn_of(
    talk: Talk, replies: tuple[Reply, ...], *effects: Effect, action: Action = "answer", asked: str = "", state_remind: str | None = None
) -> Turn:
    """A turn about reminders; a question of theirs that is answered is none any more."""
    got = dataclasses.replace(talk.got, action=action, topics=TOPIC, ask="", options=(), alarms=())
    before = talk.state
    asked = asked or ("" if before.asked.startswith(PREFIX) else before.asked)
    pending = before.remind if state_remind is None and asked.startswith(PREFIX) else state_remind or ""
    state = dataclasses.replace(
        before, asked=asked, remind=pending, spoke=talk.got.lang, traditional=talk.got.traditional, updated_at=talk.now
    )
    return Turn(replies, state, understanding=got, effects=effects)
