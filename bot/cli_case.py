"""``hotline case``: one case, whole; taken, answered, noted, given another priority, closed or opened again."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Any, get_args

import click

from bot.model import Priority
from bot.staff import Outcome

if TYPE_CHECKING:
    from bot.desk import Desk
    from bot.model import Case
    from bot.store.store import Store

LINES = 30
"""Lines of the conversation that are shown."""


@click.command(name="case")
@click.argument("number", type=click.IntRange(1))
@click.option("--answer", metavar="TEXT", default=None, help="Write to the resident, in the chat they write in.")
@click.option("--close", type=click.Choice(get_args(Outcome)), default=None, help="Close it with this outcome; the resident is told.")
@click.option("--take", is_flag=True, help="Work on it: it is yours for a while, and back in the queue where you fall silent.")
@click.option("--over", is_flag=True, help="With --take: also where somebody else works on it.")
@click.option("--release", is_flag=True, help="Give it back to the queue.")
@click.option("--note", metavar="TEXT", default=None, help="Keep a note for your colleagues; it never is sent.")
@click.option("--priority", type=click.Choice(get_args(Priority)), default=None, help="Give it another priority; say why with --reason.")
@click.option("--reason", metavar="TEXT", default="", help="Why the priority is another one.")
@click.option("--seen", type=click.IntRange(1), default=None, metavar="VERSION", help="Act only if it is still at this version.")
@click.option("--snooze", metavar="WHEN", default=None, help="Put it off: 2h, 18:30, 2022-04-06 18:30 (Beijing time), or answer.")
@click.option("--check-back", metavar="WHEN", default=None, help="Ask the resident then how it is now: 2h, 18:30, a date; or none.")
@click.option("--reopen", is_flag=True, help="Open it again, within 72 hours; the resident is told.")
@click.option("--by", metavar="NAME", default=None, help="Who acts, as the audit keeps it; without: the name of this account.")
def case(number: int, by: str | None, over: bool, reason: str, seen: int | None, **acts: Any) -> None:
    """Show the case with this NUMBER, or act on it.

    An answer, a close or a reopening reaches the resident within seconds while the service runs.
    """
    given = {name: value for name, value in acts.items() if value not in (None, False)}
    if len(given) > 1:
        raise click.UsageError("one thing at a time: " + ", ".join("--" + name.replace("_", "-") for name in acts))
    if (over and "take" not in given) or (reason and "priority" not in given) or (seen and not given):
        raise click.UsageError("--over goes with --take, --reason with --priority, --seen with something to do")
    from bot.clock import SystemClock
    from bot.desk import Desk, Refused
    from bot.settings import read_settings
    from bot.store.open import exists
    from bot.store.store import open_store
    from intents.problems import BrokenData
    from intents.targets import read_targets

    settings, clock = read_settings(), SystemClock()
    if not exists(settings.database):
        raise click.ClickException(f"{settings.database} does not exist yet; start the service or set HOTLINE_DATABASE")
    store = open_store(settings, clock)
    try:
        if not given:
            _show(store, number)
            return
        desk = Desk(store, clock, by or getpass.getuser(), targets=read_targets(settings.data_path))
        click.echo(_act(desk, number, given, seen=seen, over=over, reason=reason), err=True)
    except (Refused, BrokenData) as error:
        raise click.ClickException(str(error)) from None
    finally:
        store.close()


def _act(desk: Desk, number: int, given: dict[str, Any], *, seen: int | None, over: bool, reason: str) -> str:
    """Do the one thing that was asked for; what is to be said of it."""
    match given:
        case {"take": _}:
            desk.take(number, seen=seen, over=over)
            return f"Case {number} is yours."
        case {"release": _}:
            desk.release(number)
            return f"Case {number} is back in the queue."
        case {"note": text}:
            desk.note(number, text)
            return "Kept for your colleagues."
        case {"snooze": when}:
            from bot.cli_when import moment
            from bot.clock import SystemClock

            desk.snooze(number, None if when == "answer" else moment(when, SystemClock().now()), seen=seen)
            return f"Case {number} is put off; what its resident writes brings it back."
        case {"check_back": when}:
            from bot.cli_when import moment
            from bot.clock import SystemClock

            desk.check_back(number, None if when == "none" else moment(when, SystemClock().now()))
            return f"The resident of case {number} is {'not asked any more' if when == 'none' else 'asked then how it is'}."
        case {"priority": level}:
            desk.set_priority(number, level, reason, seen=seen)
            return f"Case {number} is {level}."
        case {"answer": text}:
            desk.answer(number, text, seen=seen)
        case {"close": why}:
            desk.close(number, why, seen=seen)
        case _:
            desk.reopen(number, seen=seen)
    return "Kept; it reaches the resident while the service runs."


def _show(store: Store, number: int) -> None:
    from bot.cli_queue import links_of
    from bot.clock import CITY_TIME, SystemClock
    from bot.safe import one_line, printable
    from bot.store import audit, files, notes

    found = store.case(number)
    if found is None:
        raise click.ClickException(f"there is no case {number}")
    place = "/".join(part for part in (found.city, found.district) if part) or "-"
    opened = found.opened_at.astimezone(CITY_TIME).strftime("%Y-%m-%d %H:%M")
    rated = {1: ", helped", -1: ", did not help"}.get(found.rating, "")
    click.echo(f"case {number}: {found.priority}, {found.status}{rated}, opened {opened}, {place}")
    if who := found.held_by(SystemClock().now()):
        click.echo(f"{who} works on it")
    click.echo(f"clocks: {_clocks(store, found)}")
    click.echo(f"why: {found.reason}; topics: {', '.join(found.topics) or '-'}")
    for name, value in found.facts:
        click.echo(printable(f"{name}: {one_line(value, 300)}"))
    if found.links:
        click.echo(f"may belong together:{links_of(found)}")
    for file in store.read(lambda db: files.of(db, number)):
        click.echo(printable(f"{file.at.astimezone(CITY_TIME).strftime('%m-%d %H:%M')} {file.kind}: {one_line(file.id, 200)}"))
    for note in store.read(lambda db: notes.of(db, number)):
        about = "priority" if note.kind == "priority" else "note"
        click.echo(printable(f"{note.at.astimezone(CITY_TIME).strftime('%m-%d %H:%M')} {about} by {note.who}: {one_line(note.text, 300)}"))
    click.echo("")
    for line in store.history(found.address)[-LINES:] if found.address else ():
        who = "resident" if line.author == "resident" else "sent    "
        at = line.at.astimezone(CITY_TIME).strftime("%m-%d %H:%M")
        click.echo(printable(f"{at} {who} {one_line(line.text, 300)}"))
    click.echo("")
    for link in store.trail(number):
        detail = ", ".join(f"{name} {value}" for name, value in link.detail.items())
        click.echo(f"{link.at.astimezone(CITY_TIME).strftime('%m-%d %H:%M')} {link.kind}{f' ({detail})' if detail else ''}")
    version = store.read(lambda db: audit.version(db, number))
    click.echo(f"audit: {'intact' if store.intact(number) else 'BROKEN'}, version {version}", err=not store.intact(number))


def _clocks(store: Store, case: Case) -> str:
    """How the clocks of a case stand, in words."""
    from bot.clock import CITY_TIME, SystemClock
    from bot.clocks import clocks
    from bot.store.clocks import targets_of

    now = SystemClock().now()
    targets = store.read(targets_of)
    told = []
    for one in clocks(case.course, case.priority, targets, now) if targets else ():
        minutes = int(abs((one.due - now).total_seconds()) // 60) if one.due else 0
        span = {"running": f"in {minutes} min", "overdue": f"overdue by {minutes} min"}.get(one.state, one.state)
        told.append(f"{one.name.replace('_', ' ')} {span}")
    if case.course.put_off:
        until = (
            case.course.snoozed.astimezone(CITY_TIME).strftime("until %m-%d %H:%M") if case.course.snoozed else "until the resident writes"
        )
        told.append(f"put off {until}")
    return ", ".join(told) or "none (the service has not been started yet, or the case is closed)"
