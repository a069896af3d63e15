"""Residents' reminders that are there: shown, at another time, resting, going on, ended."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re

from bot.conversation.remind_asks import ends_all
from bot.conversation.remind_due import QUIET
from bot.conversation.remind_words import PREFIX, in_words, kind_of, lines, moment_words, turn_of, what
from bot.conversation.talk import Talk
from bot.conversation.times import times_of
from bot.conversation.weekdays import bare_days
from bot.conversation.when import changed
from bot.effects import ChangeReminder, EditReminder, NoLater
from bot.model import DATA, Button, Person, Reply, Turn
from bot.reminder import Reminder, ReminderStatus, Rule

EDIT = f"{PREFIX}edit."
"""What was asked: when the reminder of this number is to come from now on."""
_NAMED = re.compile(r"提醒|闹钟|鬧鐘|\bremind|\balarm\b", re.IGNORECASE)
_SHOW = re.compile(
    r"(?:看|查|有(?:哪些|什么))?(?:一下)?我?的?(?:全部)?提醒(?:有哪些|列表)?|(?:show |list )?(?:my |all )?reminders?", re.IGNORECASE
)
_CHANGES: tuple[tuple[ReminderStatus, re.Pattern[str]], ...] = (
    ("paused", re.compile(r"(?:先)?暂停(?:全部|所有)?提醒 ?(\d*)|pause (?:all |the |my )?reminders? ?(\d*)", re.IGNORECASE)),
    (
        "active",
        re.compile(r"(?:恢复|继续|接着)(?:全部|所有)?提醒 ?(\d*)|(?:resume|continue) (?:all |the |my )?reminders? ?(\d*)", re.IGNORECASE),
    ),
    (
        "done",
        re.compile(
            r"(?:停|停掉|停止|取消|删掉|删除|关掉|不要|别)(?:全部|所有)?(?:的)?提醒(?:我)?(?:了)? ?(\d*)"
            r"|(?:stop|cancel|delete|remove|no more) (?:all |the |my )?reminders? ?(\d*)",
            re.IGNORECASE,
        ),
    ),
)
_EDIT = re.compile(
    r"(?:把|将|將)?(?P<what>[^，,]{0,8}?)提醒 ?(?P<no>\d*)(?:的(?:时间|日子))?(?:[改换換](?:成|到|为|為)?)[:： ]*(?P<zh>.*)"
    r"|(?:改|修改|更改|换)(?P<what2>[^，,\d]{0,8}?)提醒 ?(?P<no2>\d*)[:：，, ]*(?P<zh2>.*)"
    r"|(?:change|move|edit|update|reschedule) (?:my |the )?(?P<what3>[a-z ]{0,20}?)reminder ?(?P<no3>\d*)[:, ]*(?:to )?(?P<en>.*)",
    re.IGNORECASE,
)
_TO = re.compile(r"[改换換挪调調]?[到成为為]|\bto\b", re.IGNORECASE)
_BARE_LIST = re.compile(r"^(?=[一二三四五六日天]{2,}$)")


def of_those_there(talk: Talk, bare: str, text: str) -> Turn | None:
    """What is said of them as it is told how to say it. ``bare``: the text without its last signs."""
    if _SHOW.fullmatch(bare) and (talk.command != "remind" or "提醒" in bare or talk.known.reminders):
        return shown(talk)
    for status, pattern in _CHANGES:
        if found := pattern.fullmatch(bare):
            return change(talk, status, int(next(filter(None, found.groups()), "0")))
    if talk.state.asked.startswith(EDIT):
        return _edited(talk, talk.state.asked.removeprefix(EDIT), text)
    return _edit(talk, found) if (found := _EDIT.fullmatch(bare)) else None


def shown(talk: Talk) -> Turn:
    """All reminders, with a button to stop each."""
    stop, all_on = talk.replies.say("button.remind.stop", talk.got.lang), [one for one in talk.known.reminders if one.status == "active"]
    edit = talk.replies.say("button.remind.edit", talk.got.lang)
    buttons = tuple(Button(f"{label}{one.number}", f"{label}{one.number}") for one in all_on[:4] for label in (edit, stop))

    def about(person: Person) -> str:
        found = lines(talk, person)
        return talk.say("remind.list", lines="\n".join(found))[0].text if found else talk.say("remind.none")[0].text

    turn = turn_of(talk, talk.with_buttons(Reply(DATA), buttons))
    return dataclasses.replace(turn, about=about)


def change(talk: Talk, status: ReminderStatus, number: int) -> Turn:
    """One reminder, or with 0 all of them, rests, goes on or ends."""
    there = [one for one in talk.known.reminders if number in (0, one.number)]
    if not there:
        return shown(talk)
    which = str(number) if number else talk.replies.say("remind.all", talk.got.lang)
    return turn_of(talk, talk.say(f"remind.changed.{status}", number=which), ChangeReminder(number, status), NoLater(QUIET))


def _edit(talk: Talk, found: re.Match[str]) -> Turn:
    """One of the reminders comes at other times; where none is named the only one, or the one of this kind, is meant."""
    named = next((value for name in ("no", "no2", "no3") if (value := found[name])), "")
    what = next((value for name in ("what", "what2", "what3") if (value := found[name])), "")
    told = next((value for name in ("zh", "zh2", "en") if (value := found[name])), "").strip()
    was, told = _halves(told) if told.casefold().startswith("from ") else (what, told)
    kind, there = kind_of(what), talk.known.reminders
    meant = [one for one in there if named == str(one.number)] if named else [one for one in there if kind in ("other", one.kind)]
    if len(meant) != 1:
        return shown(talk)
    if told and (turn := _edited(talk, str(meant[0].number), told, was)) is not None:
        return turn
    return _ask_edit(talk, meant[0])


def _ask_edit(talk: Talk, one: Reminder) -> Turn:
    said = talk.offer("remind.edit.ask", "button.remind.no", number=one.number, when=in_words(talk, one))
    return turn_of(talk, said, action="clarify", asked=f"{EDIT}{one.number}")


def _edited(talk: Talk, number: str, text: str, was: str = "") -> Turn | None:
    """The reminder as the words change it; None where they say nothing of when. ``was``: what they say of how it was."""
    one = next((one for one in talk.known.reminders if number == str(one.number)), None)
    if one is None:
        return None
    found = changed(text, one.rule, talk.now, was)
    if found.rule is None:
        if found.problem == "nothing" and _NAMED.search(talk.text) is None:
            return None  # Something else is written about.
        said = talk.offer(f"remind.ask.{found.problem if found.problem != 'nothing' else 'need_time'}", "button.remind.no")
        return turn_of(talk, said, action="clarify", asked=f"{EDIT}{number}")
    return _put(talk, one, found.rule, found.first or talk.now)


def _put(talk: Talk, one: Reminder, rule: Rule, first: dt.datetime) -> Turn:
    after = dataclasses.replace(one, rule=rule, next_at=first)
    said = talk.offer(
        "remind.edited",
        "button.remind.list",
        number=one.number,
        when=in_words(talk, after),
        what=what(talk, after),
        next=moment_words(talk, first),
    )
    return turn_of(talk, said, EditReminder(one.number, rule), NoLater(QUIET), state_remind="")


def ended(talk: Talk, text: str, *, grief: bool) -> Turn:
    """Reminders end: those of the kind or the time that is named, the only one, or all where that is said; else it is asked which.

    Where one of several days or times is named the others stay: nobody who cancels Wednesday gives up dialysis.
    """
    there = [one for one in talk.known.reminders if one.status != "done"]
    meant = _meant(there, text)
    if grief and len(meant) > 1 and not ends_all(text):
        return shown(talk)  # some may be the writer's own
    if grief:
        effects = [ChangeReminder(one.number, "done") for one in meant or there]
        return turn_of(talk, talk.say("remind.grief"), *effects, NoLater(QUIET))
    words = text.casefold()
    if len(meant) == 1:
        less = _less(meant[0].rule, times_of(words)[0], bare_days(words))
        first = less.next(talk.now) if less is not None else None
        return _put(talk, meant[0], less, first) if less is not None and first is not None else change(talk, "done", meant[0].number)
    if there and meant == there and not times_of(words)[0] and ends_all(text):
        return change(talk, "done", 0)
    return shown(talk)


def moved(talk: Talk, text: str) -> Turn:
    """A reminder is to come at another time; the one that is named by its kind or by how it was, or the only one."""
    was, told = _halves(text)
    there = [one for one in talk.known.reminders if one.status != "done"]
    kind = kind_of(text)
    meant = _meant(there, was) or [one for one in there if kind in ("other", one.kind)]
    if len(meant) != 1:
        return shown(talk)
    return _edited(talk, str(meant[0].number), _BARE_LIST.sub("周", told), was) or _ask_edit(talk, meant[0])


def _halves(text: str) -> tuple[str, str]:
    """How it was, and how it is to be."""
    *_, last = (None, *_TO.finditer(text))
    return ("", text) if last is None else (text[: last.start()], text[last.end() :].strip())


def _meant(there: list[Reminder], words: str) -> list[Reminder]:
    """Those that are named by what they are for, by a time or by a day."""
    kind, times, days = kind_of(words), set(times_of(words.casefold())[0]), set(bare_days(words.casefold()))
    named = [one for one in there if kind in ("other", one.kind)]
    closer = [one for one in named if times & set(one.rule.times) or days & set(one.rule.days)]
    return named if not (times or days) else closer


def _less(rule: Rule, times: tuple[str, ...], days: tuple[int, ...]) -> Rule | None:
    """The rule without the days or times that are named; None where nothing or all of it would be left."""
    left_days = tuple(one for one in rule.days if one not in days)
    if days and left_days and left_days != rule.days:
        return dataclasses.replace(rule, days=left_days)
    left = tuple(one for one in rule.times if one not in times)
    return dataclasses.replace(rule, times=left) if times and left and left != rule.times else None
