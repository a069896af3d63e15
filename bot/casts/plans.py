"""A plan from what somebody wrote: a moment, or a rule in plain words such as ``every Mon 9am`` or ``每周一早上9点``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from bot.broadcast import Draft, Plan
from bot.casts.refused import CastRefused
from bot.clock import CITY_TIME
from bot.conversation.when import when
from bot.reminder import Rule
from intents.broadcasts import EMERGENCY, CastRules
from intents.desk_texts import said


def plan_of(
    now: dt.datetime,
    *,
    start: dt.datetime | None = None,
    every: str = "",
    until: dt.datetime | None = None,
    hours: int = 24,
    quiet: bool = True,
) -> Plan:
    """``start``: not before then; ``every``: repeated; ``hours``: so late it still helps. Raises :class:`CastRefused`."""
    rule: Rule | None = None
    if every.strip():
        rule = when(every, now).rule
        if rule is None or (rule.on and not rule.step):
            raise CastRefused("write how often in words: every Mon 9am, 每天早上8点", "cast_every")
    if start is not None and rule is None and start < now - dt.timedelta(minutes=5):
        raise CastRefused("that time is over", "cast_over")
    return Plan(start, rule, until if rule else None, quiet, dt.timedelta(hours=hours))


def rule_words(rule: Rule, lang: str) -> str:
    """A rule as it may be written again: :func:`plan_of` reads it."""
    if rule.hours:
        return f"every {rule.hours} hours" if lang == "en" else f"每隔{rule.hours}小时"
    if rule.step:
        times = (" and at " if lang == "en" else "、").join(rule.times)
        return f"every {rule.step} days at {times} from {rule.on}" if lang == "en" else f"每{rule.step}天{times}，从{rule.on}起"
    if lang == "en":
        days = " ".join(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[day] for day in rule.days)
        return f"every {days or 'day'} at {' and at '.join(rule.times)}"
    return f"每{'周' + ''.join('一二三四五六日'[day] for day in rule.days) if rule.days else '天'}{'、'.join(rule.times)}"


def plan_words(draft: Draft, rules: CastRules, lang: str, say: Callable[..., str] = said) -> list[str]:
    """When it goes out, in words: whoever approves it must know. ``say`` gives a text of ``data/desk`` by key and language."""
    plan = draft.plan
    at = plan.start.astimezone(CITY_TIME).strftime("%Y-%m-%d %H:%M") if plan.start else ""
    if plan.rule is None:
        told = [say("cast.plan.at", lang, at=at) if at else say("cast.when.now", lang)]
    else:
        told = [rule_words(plan.rule, lang)]
        told += [say("cast.plan.from", lang, at=at)] if at else []
        told += [say("cast.plan.until", lang, day=day_of(plan.until).isoformat())] if plan.until else []
    told.append(say("cast.plan.expires", lang, n=int(plan.expires.total_seconds() // 3_600)))
    rests = plan.quiet and draft.kind != EMERGENCY
    told.append(say("cast.plan.quiet", lang, begins=rules.quiet.from_, ends=rules.quiet.until) if rests else say("cast.plan.night", lang))
    return told


def day_of(at: dt.datetime) -> dt.date:
    """The day in the cities' time."""
    return at.astimezone(CITY_TIME).date()
