"""``hotline broadcast``: write to many, once each; look, approve, pause, cancel, report."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import click

from bot.cli_when import moment

if TYPE_CHECKING:
    from bot.broadcast import Broadcast
    from bot.casts import Casts

T = TypeVar("T")
Command = Callable[..., None]
ANYWAY = click.option("--anyway", is_flag=True, help="Although the same text was sent within a day.")
BY = click.option("--by", metavar="NAME", default=None, help="Who acts, as the audit keeps it; without: the name of this account.")
NUMBER = click.argument("number", type=click.IntRange(1))


@click.group(invoke_without_command=True)
@click.pass_context
def broadcast(ctx: click.Context) -> None:
    """List the broadcasts, or write and steer one. They go out while the service runs, to each person at most once."""
    if ctx.invoked_subcommand is not None:
        return
    with _casts(None) as casts:
        found = casts.newest()
        for one in found:
            click.echo(_line(one))
        if not found:
            click.echo("No broadcast was written yet.", err=True)


@broadcast.command()
@click.option("--zh", required=True, metavar="TEXT", help="The Chinese text; {city}, {district}, {hospital} and {date} are filled in.")
@click.option("--en", required=True, metavar="TEXT", help="The English text.")
@click.option("--kind", default="service", show_default=True, help="emergency, service or news.")
@click.option("--to", "whom", required=True, metavar="WORDS", help='Whom: "district=xian/yanta topic=care.dialysis -zone=sealed", or all.')
@click.option("--title", default="", help="For the staff only.")
@click.option("--at", "start", metavar="TIME", default=None, help="Not before then: 2h, 18:30, 2022-04-06 18:30 (Beijing time).")
@click.option("--every", metavar="WORDS", default="", help="Again and again: every Mon 9am, 每天早上8点.")
@click.option("--until", metavar="TIME", default=None, help="With --every: the last time.")
@click.option("--expires", type=click.IntRange(1, 240), default=None, metavar="HOURS", help="Not sent any more so long after its time.")
@click.option("--night", is_flag=True, help="Send it in the quiet hours too.")
@BY
def new(
    zh: str,
    en: str,
    kind: str,
    whom: str,
    title: str,
    start: str | None,
    every: str,
    until: str | None,
    expires: int | None,
    night: bool,
    by: str | None,
) -> None:
    """Write a draft and show whom it is for; nothing is sent yet."""
    from bot.audience import BadAudience, parse_audience
    from bot.broadcast import Draft
    from bot.casts.plans import plan_of
    from bot.clock import SystemClock

    now = SystemClock().now()
    with _casts(by) as casts:
        try:
            audience = parse_audience(whom)
        except BadAudience as error:
            raise click.ClickException(str(error)) from None
        plan = plan_of(
            now,
            start=moment(start, now) if start else None,
            every=every,
            until=moment(until, now) if until else None,
            hours=expires or casts.rules.expires_hours,
            quiet=not night,
        )
        number = casts.write(Draft(kind, zh, en, audience, plan, title))
        click.echo(f"Broadcast {number} is kept as a draft. To send it: hotline broadcast send {number}", err=True)
        _preview(casts, number)


@broadcast.command()
@NUMBER
def show(number: int) -> None:
    """Its texts, whom it is for, how many and ten of them; or how far it is."""
    with _casts(None) as casts:
        one = casts.one(number)
        click.echo(_line(one))
        if one.status in ("draft", "suggested", "waiting"):
            _preview(casts, number)
        else:
            _progress(casts, number)


@broadcast.command()
@NUMBER
@ANYWAY
@BY
def send(number: int, anyway: bool, by: str | None) -> None:
    """Send it when its plan says; above a number of people it waits for a second person."""

    def told(one: Broadcast) -> str:
        if one.status == "waiting":
            return f"Broadcast {number} is for {one.people} people: another person must say hotline broadcast approve {number} --by NAME"
        return f"Broadcast {number} goes out to {one.people} people when its time has come."

    _do(by, lambda casts: told(casts.send(number, anyway=anyway)))


@broadcast.command()
@NUMBER
@ANYWAY
@BY
def approve(number: int, anyway: bool, by: str | None) -> None:
    """Let it go, as another person than who wrote it or asked for it."""
    _do(by, lambda casts: f"Broadcast {number} goes out to {casts.approve(number, anyway=anyway).people} people when its time has come.")


def _simple(name: str, help: str, done: str, act: Callable[[Casts, int], object]) -> None:
    @broadcast.command(name=name, help=help)
    @NUMBER
    @BY
    def command(number: int, by: str | None) -> None:
        def work(casts: Casts) -> str:
            act(casts, number)
            return f"Broadcast {number} {done}."

        _do(by, work)


_simple("refuse", "Make a draft of it again that waits for approval.", "is a draft again", lambda casts, number: casts.refuse(number))
_simple("pause", "Send nothing more of it until it is resumed.", "is paused", lambda casts, number: casts.pause(number))
_simple("resume", "Go on where it was.", "goes on", lambda casts, number: casts.resume(number))
_simple("cancel", "Send nothing more of it, ever.", "is cancelled", lambda casts, number: casts.cancel(number))
_simple("discard", "Throw a draft or a suggestion away.", "is discarded", lambda casts, number: casts.discard(number))


@broadcast.command()
@NUMBER
@click.option("--again", is_flag=True, help="Send it again to all of them; they may then get it twice.")
@BY
def uncertain(number: int, again: bool, by: str | None) -> None:
    """Who may have it or not, as nobody knows."""
    with _casts(by) as casts:
        for run, doubts in casts.in_doubt(number).items():
            if again:
                click.echo(f"Sent again to {casts.again(number, run)}.", err=True)
                continue
            for doubt in doubts:
                click.echo(f"run {run}  {doubt.address}  {doubt.why}  {_time(doubt.since)}")


@broadcast.command()
def calendar() -> None:
    """What is planned for the next 14 days."""
    with _casts(None) as casts:
        planned = casts.calendar()
        for one in planned:
            click.echo(f"{_time(one.at)}  {_line(one.broadcast)}")
        if not planned:
            click.echo("Nothing is planned.", err=True)


@contextmanager
def _casts(by: str | None) -> Iterator[Casts]:
    """The use cases on the database that is set. What they refuse ends the command with its words."""
    from bot.casts import CastRefused, Casts
    from bot.casts.words import Letters
    from bot.clock import SystemClock
    from bot.replies import Replies
    from bot.settings import read_settings
    from bot.store.open import exists
    from bot.store.store import open_store
    from intents.broadcasts import read_cast_rules
    from intents.load import data_folder, load
    from intents.understanding import Context

    settings, clock = read_settings(), SystemClock()
    if not exists(settings.database):
        raise click.ClickException(f"{settings.database} does not exist yet; start the service or set HOTLINE_DATABASE")
    knowledge = load(settings.data_path or data_folder())
    letters = Letters(Replies(knowledge), lambda: knowledge, lambda: Context(date=settings.day(clock.now()), live=settings.live))
    store = open_store(settings, clock)
    try:
        yield Casts(store, clock, read_cast_rules(settings.data_path), letters, by or getpass.getuser())
    except CastRefused as error:
        raise click.ClickException(str(error)) from None
    finally:
        store.close()


def _do(by: str | None, act: Callable[[Casts], str]) -> None:
    with _casts(by) as casts:
        click.echo(act(casts), err=True)


def _line(one: Broadcast) -> str:
    from bot.audience import audience_words
    from bot.safe import one_line, printable

    next_at = f"  next {_time(one.next_at)}" if one.next_at else ""
    words = one_line(one.draft.title or one.draft.zh, 60)
    return printable(f"{one.id}  {one.status}  {one.draft.kind}  [{audience_words(one.draft.audience)}]{next_at}  {words}")


def _preview(casts: Casts, number: int) -> None:
    from bot.casts.plans import plan_words
    from bot.safe import printable

    draft = casts.one(number).draft
    preview = casts.preview(draft, number)
    click.echo(f"When: {'; '.join(plan_words(draft, casts.rules, 'en'))}.")
    click.echo(f"{preview.people} people now{', so another person must approve it' if preview.approval else ''}.")
    for one, text in preview.sample:
        click.echo(printable(f"--- {one.name or one.district or one.city or 'place unknown'}, {one.lang or 'zh'}\n{text}"))


def _progress(casts: Casts, number: int) -> None:
    for one in casts.progress(number):
        counts = one.run.counts
        parts = [f"{name} {getattr(counts, name)}" for name in ("sent", "waiting", "failed", "blocked", "uncertain", "skipped")]
        pace = f", {one.rate:.1f} a second" if one.rate else ""
        left = f", about {one.left} left" if one.left else ""
        left += f", rests for the night until {_time(one.rests)}" if one.rests else ""
        click.echo(f"{_time(one.run.slot)}  {one.run.status}  {counts.settled} of {counts.people}: {', '.join(parts)}{pace}{left}")
        click.echo(f"    wrote within 48 hours {one.wrote}, asked for help {one.helped}")
        for why, many in casts.why(one.run.id).items():
            click.echo(f"    {why} {many}")


def _time(at: object) -> str:
    import datetime as dt

    from bot.clock import CITY_TIME

    assert isinstance(at, dt.datetime)  # noqa: S101  (a moment of ours)
    return at.astimezone(CITY_TIME).strftime("%m-%d %H:%M")
