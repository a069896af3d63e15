"""Residents' reminders: set in plain words or step by step, shown, changed, paused, stopped."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re

from bot.conversation.remind_due import QUIET, answered
from bot.conversation.remind_words import PREFIX, in_words, kind_of, lines, moment_words, turn_of, what
from bot.conversation.talk import Talk
from bot.conversation.when import When, changed, runs_out, sample_ends, when, without_moment
from bot.effects import ChangeReminder, EditReminder, NoLater, PutReminder
from bot.model import DATA, Button, Person, Reply, Turn
from bot.reminder import KINDS, Reminder, ReminderKind, ReminderStatus, Rule

EDIT = "remind.edit."
"""What was asked: when the reminder of this number is to come from now on."""
LONGEST = 120
"""Characters of a sentence that sets a reminder."""
_ASKS = re.compile(r"提醒|闹钟|鬧鐘|\bremind|\balarm\b", re.IGNORECASE)
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
_OFTEN = ("morning", "evening", "tomorrow")
_USUAL: dict[ReminderKind, tuple[str, ...]] = {
    "dialysis": ("mwf", "tts", "morning", "tomorrow"),
    "temperature": ("both", "morning"),
    "medicine": ("morning", "both", "eight_hours"),
}
"""The moments that can be pressed, by what the reminder is for."""


def remind(talk: Talk) -> Turn | None:
    """What is said of reminders, and the answers to one that was sent. Danger goes before all of it."""
    if (turn := answered(talk)) is not None:
        return turn
    if talk.danger or not talk.text:
        return None
    asked, text, name = talk.state.asked, talk.rest or talk.text, talk.command
    waits = asked.startswith(PREFIX)
    if waits and (name == "no" or talk.pressed("button.remind.no")):
        return turn_of(talk, talk.say("remind.left"), state_remind="")
    if name not in {"", "remind"} or len(text) > LONGEST:
        return None
    bare = text.strip("。.!！?？ ")
    if _SHOW.fullmatch(bare) and (name != "remind" or "提醒" in bare or talk.known.reminders):
        return _list(talk)
    for status, pattern in _CHANGES:
        if found := pattern.fullmatch(bare):
            return _change(talk, status, int(next(filter(None, found.groups()), "0")))
    if waits and asked.startswith(EDIT):
        if (turn := _edited(talk, asked.removeprefix(EDIT), text)) is not None:
            return turn
    elif found := _EDIT.fullmatch(bare):
        return _edit(talk, found)
    wants = name == "remind" or _ASKS.search(text) is not None
    if not wants and not waits:
        return _ask_what(talk) if talk.got.main == "service.reminder" and talk.got.action == "answer" else None
    whole = f"{talk.state.remind}，{text}" if waits and talk.state.remind else text
    found_when = _when(whole, talk.now)
    if found_when.rule is not None:
        return _set(talk, whole, found_when)
    if waits and not wants and found_when.problem == "nothing":
        return None  # Something else is written about: the question of ours can wait.
    if found_when.problem == "nothing" and not waits and talk.got.main != "service.reminder" and name != "remind":
        return None
    return _ask_what(talk, found_when.problem, whole)


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
    rule, first, kind = found.rule or Rule(), found.first or talk.now, kind_of(text)
    reminder = Reminder(0, 0, kind, text, rule, next_at=first)
    said = talk.offer(
        "remind.set", "button.remind.list", when=in_words(talk, reminder), what=what(talk, reminder), next=moment_words(talk, first)
    )
    if talk.incoming.channel != "telegram":
        said = (*said, *talk.say("remind.page"))
    return turn_of(talk, said, PutReminder(kind, text, rule), state_remind="")


def _list(talk: Talk) -> Turn:
    """All reminders, with a button to stop each."""
    stop, all_on = talk.replies.say("button.remind.stop", talk.got.lang), [one for one in talk.known.reminders if one.status == "active"]
    edit = talk.replies.say("button.remind.edit", talk.got.lang)
    buttons = tuple(Button(f"{label}{one.number}", f"{label}{one.number}") for one in all_on[:4] for label in (edit, stop))

    def about(person: Person) -> str:
        found = lines(talk, person)
        return talk.say("remind.list", lines="\n".join(found))[0].text if found else talk.say("remind.none")[0].text

    turn = turn_of(talk, talk.with_buttons(Reply(DATA), buttons))
    return dataclasses.replace(turn, about=about)


def _change(talk: Talk, status: ReminderStatus, number: int) -> Turn:
    there = [one for one in talk.known.reminders if number in (0, one.number)]
    if not there:
        return _list(talk)
    which = str(number) if number else talk.replies.say("remind.all", talk.got.lang)
    return turn_of(talk, talk.say(f"remind.changed.{status}", number=which), ChangeReminder(number, status), NoLater(QUIET))


def _edit(talk: Talk, found: re.Match[str]) -> Turn:
    """One of the reminders comes at other times; where none is named the only one, or the one of this kind, is meant."""
    named = next((value for name in ("no", "no2", "no3") if (value := found[name])), "")
    what = next((value for name in ("what", "what2", "what3") if (value := found[name])), "")
    told = next((value for name in ("zh", "zh2", "en") if (value := found[name])), "").strip()
    kind, there = kind_of(what), talk.known.reminders
    meant = [one for one in there if named == str(one.number)] if named else [one for one in there if kind in ("other", one.kind)]
    if len(meant) != 1:
        return _list(talk)
    if told and (turn := _edited(talk, str(meant[0].number), told)) is not None:
        return turn
    said = talk.offer("remind.edit.ask", "button.remind.no", number=meant[0].number, when=in_words(talk, meant[0]))
    return turn_of(talk, said, action="clarify", asked=f"{EDIT}{meant[0].number}")


def _edited(talk: Talk, number: str, text: str) -> Turn | None:
    """The reminder as the words change it; None where they say nothing of when."""
    one = next((one for one in talk.known.reminders if number == str(one.number)), None)
    if one is None:
        return None
    found = changed(text, one.rule, talk.now)
    if found.rule is None:
        if found.problem == "nothing" and not _ASKS.search(talk.text):
            return None  # Something else is written about.
        said = talk.offer(f"remind.ask.{found.problem if found.problem != 'nothing' else 'need_time'}", "button.remind.no")
        return turn_of(talk, said, action="clarify", asked=f"{EDIT}{number}")
    after = dataclasses.replace(one, rule=found.rule, next_at=found.first)
    said = talk.offer(
        "remind.edited",
        "button.remind.list",
        number=one.number,
        when=in_words(talk, after),
        what=what(talk, after),
        next=moment_words(talk, found.first or talk.now),
    )
    return turn_of(talk, said, EditReminder(one.number, found.rule), NoLater(QUIET), state_remind="")


def _ask_what(talk: Talk, problem: str = "nothing", text: str = "") -> Turn:
    """What is missing is asked, and an impossible time kindly."""
    # A time that does not exist must not be read again with the next answer.
    pending = text if problem in {"need_time", "need_day"} else without_moment(text) if problem in {"time", "date", "past"} else ""
    kind = kind_of(text)
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
